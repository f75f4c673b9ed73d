// OAuth 1.0a against the worked example in X's public documentation and those of RFC 5849, and the corners of
// what is signed.
#include "auth/oauth1.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace xtap::auth {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

// "Creating a signature".
constexpr Oauth1Keys x_keys{"xvz1evFS4wEEPTGEFPHBog", "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
                            "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
                            "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE"};
constexpr SignedRequest x_request{
    "POST", "https://api.twitter.com/1.1/statuses/update.json?include_entities=true",
    "status=Hello%20Ladies%20%2B%20Gentlemen%2C%20a%20signed%20OAuth%20request%21"};
constexpr std::string_view x_nonce = "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg";
constexpr std::int64_t x_time = 1318622958;

std::string base_of(std::string_view method, std::string_view url, std::string_view form = {}) {
    return std::string(signature_base({method, url, form}, {}).reveal());
}

TEST(Oauth1, SignsTheExampleOfXsDocumentation) {
    const std::array<Oauth1Field, 6> fields{{{"oauth_consumer_key", x_keys.consumer_key},
                                             {"oauth_nonce", x_nonce},
                                             {"oauth_signature_method", "HMAC-SHA1"},
                                             {"oauth_timestamp", "1318622958"},
                                             {"oauth_token", x_keys.token},
                                             {"oauth_version", "1.0"}}};
    const api::Secret base = signature_base(x_request, fields);
    EXPECT_EQ(base.reveal(),
              "POST&https%3A%2F%2Fapi.twitter.com%2F1.1%2Fstatuses%2Fupdate.json&include_entities%3Dtrue%26"
              "oauth_consumer_key%3Dxvz1evFS4wEEPTGEFPHBog%26"
              "oauth_nonce%3DkYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg%26"
              "oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1318622958%26"
              "oauth_token%3D370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb%26oauth_version%3D1.0%26"
              "status%3DHello%2520Ladies%2520%252B%2520Gentlemen%252C%2520a%2520signed%2520OAuth%2520request%"
              "2521");
    EXPECT_EQ(oauth1_signature(base.reveal(), x_keys.consumer_secret, x_keys.token_secret).reveal(),
              "hCtSmYh+iHYCEqBWrE7C7hYmtUk=");
}

TEST(Oauth1, WritesTheHeaderOfTheExample) {
    EXPECT_EQ(oauth1_authorization(x_request, x_keys, x_nonce, x_time).reveal(),
              "OAuth oauth_consumer_key=\"xvz1evFS4wEEPTGEFPHBog\", "
              "oauth_nonce=\"kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg\", "
              "oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"1318622958\", "
              "oauth_token=\"370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb\", oauth_version=\"1.0\", "
              "oauth_signature=\"hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D\"");
}

// A list goes out with raw commas, and is signed as if they had been encoded.
TEST(Oauth1, SignsTheSameHoweverTheQueryIsEncoded) {
    SignedRequest plus = x_request, raw = x_request;
    plus.form = "status=Hello+Ladies+%2b+Gentlemen,+a+signed+OAuth+request!";
    raw.url = "https://api.twitter.com/1.1/statuses/update.json?%69nclude_entities=true";
    for (const SignedRequest &same : {plus, raw})
        EXPECT_THAT(std::string(oauth1_authorization(same, x_keys, x_nonce, x_time).reveal()),
                    EndsWith("oauth_signature=\"hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D\""));
}

TEST(Oauth1, EachPartOfTheRequestIsSigned) {
    const std::string original(oauth1_authorization(x_request, x_keys, x_nonce, x_time).reveal());
    SignedRequest method = x_request, path = x_request, query = x_request, form = x_request;
    method.method = "PUT";
    path.url = "https://api.twitter.com/1.1/statuses/Update.json?include_entities=true";
    query.url = "https://api.twitter.com/1.1/statuses/update.json?include_entities=false";
    form.form = "status=Hello";
    for (const SignedRequest &other : {method, path, query, form})
        EXPECT_NE(oauth1_authorization(other, x_keys, x_nonce, x_time).reveal(), original);
    EXPECT_NE(oauth1_authorization(x_request, x_keys, x_nonce, x_time + 1).reveal(), original);
    EXPECT_NE(oauth1_authorization(x_request, x_keys, "another", x_time).reveal(), original);
}

// RFC 5849, section 1.2: printer.example.com asks for temporary credentials, a token, a photo.
TEST(Oauth1, SignsTheThreeRequestsOfRfc5849) {
    const std::string_view consumer = "kd94hf93k423kf44";
    const std::array<Oauth1Field, 5> initiate{{{"oauth_consumer_key", "dpf43f3p2l4k3l03"},
                                               {"oauth_signature_method", "HMAC-SHA1"},
                                               {"oauth_timestamp", "137131200"},
                                               {"oauth_nonce", "wIjqoS"},
                                               {"oauth_callback", "http://printer.example.com/ready"}}};
    EXPECT_EQ(oauth1_signature(
                  signature_base({"POST", "https://photos.example.net/initiate", {}}, initiate).reveal(),
                  consumer, "")
                  .reveal(),
              "74KNZJeDHnMBp0EMJ9ZHt/XKycU=");
    const std::array<Oauth1Field, 6> token{{{"oauth_consumer_key", "dpf43f3p2l4k3l03"},
                                            {"oauth_token", "hh5s93j4hdidpola"},
                                            {"oauth_signature_method", "HMAC-SHA1"},
                                            {"oauth_timestamp", "137131201"},
                                            {"oauth_nonce", "walatlh"},
                                            {"oauth_verifier", "hfdp7dh39dks9884"}}};
    EXPECT_EQ(
        oauth1_signature(signature_base({"POST", "https://photos.example.net/token", {}}, token).reveal(),
                         consumer, "hdhd0244k9j7ao03")
            .reveal(),
        "gKgrFCywp7rO0OXSjdot/IHF7IU=");
    const std::array<Oauth1Field, 5> photo{{{"oauth_consumer_key", "dpf43f3p2l4k3l03"},
                                            {"oauth_token", "nnch734d00sl2jdk"},
                                            {"oauth_signature_method", "HMAC-SHA1"},
                                            {"oauth_timestamp", "137131202"},
                                            {"oauth_nonce", "chapoH"}}};
    const SignedRequest request{
        "GET", "http://photos.example.net/photos?file=vacation.jpg&size=original", {}};
    EXPECT_EQ(
        oauth1_signature(signature_base(request, photo).reveal(), consumer, "pfkkdhi9sl3r4s00").reveal(),
        "MdpQcU8iPSUjWoN/UDMsK2sui9I=");
}

// RFC 5849, section 3.4.1.1: the same name twice, empty values, escapes of escapes, a plus in the form.
TEST(Oauth1, BuildsTheBaseStringOfRfc5849) {
    const std::array<Oauth1Field, 5> fields{{{"oauth_consumer_key", "9djdj82h48djs9d2"},
                                             {"oauth_token", "kkk9d7dh3k39sjv7"},
                                             {"oauth_signature_method", "HMAC-SHA1"},
                                             {"oauth_timestamp", "137131201"},
                                             {"oauth_nonce", "7d8f3e4a"}}};
    const SignedRequest request{"POST", "http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b",
                                "c2&a3=2+q"};
    EXPECT_EQ(signature_base(request, fields).reveal(),
              "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%"
              "25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%"
              "26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%"
              "3Dkkk9d7dh3k39sjv7");
}

TEST(Oauth1, LeavesOutDefaultPortsOnly) {
    EXPECT_EQ(base_of("GET", "https://a.example:443/x"), "GET&https%3A%2F%2Fa.example%2Fx&");
    EXPECT_EQ(base_of("GET", "http://a.example:80/x"), "GET&http%3A%2F%2Fa.example%2Fx&");
    EXPECT_EQ(base_of("GET", "https://a.example:80/x"), "GET&https%3A%2F%2Fa.example%3A80%2Fx&");
    EXPECT_EQ(base_of("GET", "http://127.0.0.1:8080/x"), "GET&http%3A%2F%2F127.0.0.1%3A8080%2Fx&");
    EXPECT_EQ(base_of("GET", "http://[::1]:8080/x"), "GET&http%3A%2F%2F%5B%3A%3A1%5D%3A8080%2Fx&");
}

TEST(Oauth1, WritesSchemeAndHostSmallAndKeepsThePath) {
    EXPECT_EQ(base_of("GET", "HTTPS://API.X.Com/2/Users"), "GET&https%3A%2F%2Fapi.x.com%2F2%2FUsers&");
    EXPECT_EQ(base_of("GET", "https://api.x.com"), "GET&https%3A%2F%2Fapi.x.com%2F&");
    EXPECT_EQ(base_of("GET", "https://api.x.com?a=b"), "GET&https%3A%2F%2Fapi.x.com%2F&a%3Db");
    EXPECT_EQ(base_of("GET", "https://api.x.com/a%2Fb"), "GET&https%3A%2F%2Fapi.x.com%2Fa%252Fb&");
}

TEST(Oauth1, SortsAfterEncodingByBytes) {
    // As they are, '~' (0x7e) stands behind 'z' and before U+00E4; encoded, '%' stands before all of them.
    EXPECT_THAT(base_of("GET", "https://a/?~=1&\xC3\xA4=2&z=3&B=4"),
                EndsWith("&%25C3%25A4%3D2%26B%3D4%26z%3D3%26~%3D1"));
    EXPECT_THAT(base_of("GET", "https://a/?a=2&a=10&a=%7e&a=%20"),
                EndsWith("&a%3D%2520%26a%3D10%26a%3D2%26a%3D~"));
    // A name that begins another one comes first, whatever its value.
    EXPECT_THAT(base_of("GET", "https://a/?a1=x&a=z"), EndsWith("&a%3Dz%26a1%3Dx"));
}

TEST(Oauth1, KeepsDuplicatesAndEmptyValuesAndSkipsEmptyPairs) {
    EXPECT_THAT(base_of("GET", "https://a/?x=1&x=1&y=&z&&=v"),
                EndsWith("&%3Dv%26x%3D1%26x%3D1%26y%3D%26z%3D"));
    EXPECT_THAT(base_of("GET", "https://a/?x=1=2"), EndsWith("&x%3D1%253D2"));
}

TEST(Oauth1, EncodesCommasOfListsAndEscapesInCapitals) {
    EXPECT_THAT(base_of("GET", "https://a/?ids=1,2&c=%e2%98%83"),
                EndsWith("&c%3D%25E2%2598%2583%26ids%3D1%252C2"));
}

TEST(Oauth1, EncodesTheSecretsInTheKey) {
    EXPECT_NE(oauth1_signature("base", "a&b", "c").reveal(), oauth1_signature("base", "a", "b&c").reveal());
}

TEST(Oauth1, NothingGivenCanBreakOutOfTheHeader) {
    const std::string header(
        oauth1_authorization({"GET", "https://a/", {}}, {"k\"\r\nX: y", "s", "t\",", "u"}, "n\"", 1)
            .reveal());
    EXPECT_THAT(header, HasSubstr("oauth_consumer_key=\"k%22%0D%0AX%3A%20y\""));
    EXPECT_THAT(header, HasSubstr("oauth_token=\"t%22%2C\""));
    EXPECT_EQ(header.find('\r'), std::string::npos);
}

} // namespace
} // namespace xtap::auth
