// PKCE against RFC 7636, appendix B, and the address of a login.
#include "auth/pkce.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace xtap::auth {
namespace {

constexpr std::array<std::uint8_t, 32> appendix_b{116, 24,  223, 180, 151, 153, 224, 37,  79,  250, 96,
                                                  125, 216, 173, 187, 186, 22,  212, 37,  77,  105, 214,
                                                  191, 240, 91,  88,  5,   88,  83,  132, 141, 121};

TEST(Pkce, MakesTheVerifierAndChallengeOfRfc7636) {
    RandomBytes random;
    for (std::size_t index = 0; index < random.size(); ++index)
        random[index] = static_cast<char>(appendix_b[index]);
    EXPECT_EQ(random_text(random).reveal(), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    EXPECT_EQ(code_challenge(random_text(random).reveal()), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST(Pkce, AVerifierHasTheLengthAndTheLettersThatAreAllowed) {
    RandomBytes random;
    random.fill('\xff');
    const api::Secret verifier = random_text(random);
    EXPECT_EQ(verifier.reveal().size(), 43u);
    EXPECT_EQ(verifier.reveal().find_first_not_of(
                  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"),
              std::string_view::npos);
}

TEST(Pkce, TheAddressAsksForWhatIsWantedAndHidesTheVerifier) {
    Login login;
    login.endpoint = "https://api.x.com/2/oauth2/authorize";
    login.client_id = "M1M5R3BM";
    login.redirect_uri = "http://127.0.0.1:8000/callback?x=1&y";
    login.scope = "tweet.read users.read offline.access";
    login.state = "st&te";
    login.code_verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    EXPECT_EQ(authorization_url(login),
              "https://api.x.com/2/oauth2/authorize?response_type=code&client_id=M1M5R3BM&"
              "redirect_uri=http%3A%2F%2F127.0.0.1%3A8000%2Fcallback%3Fx%3D1%26y&"
              "scope=tweet.read%20users.read%20offline.access&state=st%26te&"
              "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256");
}

} // namespace
} // namespace xtap::auth
