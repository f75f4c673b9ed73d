// Every operation of the table that does not stream, sent with all its parameters, and what arrived.
#include "caller.hpp"
#include "scripted_server.hpp"

#include <gtest/gtest.h>
#include <set>

namespace xtap::test {
namespace {

Json description_of(const std::string &operation) {
    std::string room(64 * 1024, '\0');
    std::size_t size = 0;
    if (xtap_operation_describe(operation.c_str(), room.data(), room.size(), &size, nullptr) != XTAP_OK)
        throw std::runtime_error(operation);
    room.resize(size);
    return Json::parse(room);
}

// One value that the table allows, for each pattern that occurs in it.
std::string matching(const std::string &pattern) {
    static const std::map<std::string, std::string> kValues = {
        {"^[0-9]{1,19}$", "1346889436626259968"},
        {"^[a-zA-Z0-9]{1,13}$", "1SLjjRbBNPdyQ"},
        {"^[1-9][0-9]{0,18}$", "9"},
        {"^([0-9]{1,19}|[0-9]{1,19}-[0-9]{1,19}|g[0-9]{1,19})$", "123-456"},
        {"^[a-zA-Z0-9]{1,50}$", "abc123"},
        {"^([0-9]{1,19}-[0-9]{1,19}|[0-9]{15,19})$", "123-456"},
        {"^([0-9]+)_([0-9]+)$", "13_456"},
        {"^[A-Za-z0-9_]{1,15}$", "XDevelopers"},
        {"^[A-Za-z0-9_' ]{1,50}$", "it's me"},
        {"^[0-9]{12}$", "202611210900"},
        {"^[A-Za-z0-9._~-]{43,128}$", std::string(43, 'v')},
    };
    const auto found = kValues.find(pattern);
    if (found == kValues.end()) throw std::runtime_error("no value for the pattern " + pattern);
    return found->second;
}

std::string value_of(const Json &parameter) {
    const std::string type = parameter["type"].text();
    if (type == "integer") return std::to_string(parameter.value("minimum", std::int64_t{5}));
    if (type == "boolean") return "true";
    if (type == "date-time")
        return parameter["name"].get<std::string>().starts_with("end") ? "2026-02-01T00:00:00Z"
                                                                       : "2026-01-01T00:00:00Z";
    if (parameter.contains("values")) return parameter["values"][0].text();
    if (parameter.contains("pattern")) return matching(parameter["pattern"].text());
    const std::string awkward = " &=/?#%+";
    const auto length = static_cast<std::size_t>(std::max(parameter.value("min_length", 0), 16));
    return std::string(length - awkward.size(), 'a') + awkward;
}

std::string encoded(const std::string &text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        char hex[4];
        std::snprintf(hex, sizeof hex, "%%%02X", byte);
        out += std::isalnum(byte) || std::string_view("-._~").find(c) != std::string_view::npos
                   ? std::string(1, c)
                   : std::string(hex);
    }
    return out;
}

// Commas separate the items of a list; what the query holds is taken apart again before it is compared.
std::multiset<std::string> parts_of(const std::string &query) {
    std::multiset<std::string> parts;
    for (std::size_t from = 0; from < query.size();) {
        const std::size_t end = std::min(query.find('&', from), query.size());
        parts.insert(query.substr(from, end - from));
        from = end + 1;
    }
    return parts;
}

struct Expected {
    std::string path, form;
    std::multiset<std::string> query;
};

std::vector<std::string> operations_to_send() {
    std::vector<std::string> ids;
    for (std::size_t index = 0; index < xtap_operation_count(); ++index) {
        const Json description = description_of(xtap_operation_id(index));
        if (!description["streaming"].get<bool>() && description.value("response", "json") != "local")
            ids.push_back(description["id"].text());
    }
    return ids;
}

class EveryOperation : public testing::TestWithParam<std::string> {};

const Settings kEveryCredential = {
    {"bearer_token", "AAAAbearer"},
    {"oauth2_access_token", "user-token"},
    {"oauth1_token", "1-user"},
    {"oauth1_token_secret", "user-secret"},
    {"api_key", "app-key"},
    {"api_secret", "app-secret"},
    {"oauth2_client_id", "client-id"},
    {"oauth2_client_secret", "client-secret"},
};

Expected fill_in(const Json &description, xtap_request *request) {
    Expected expected{.path = description["path"].text(), .form = {}, .query = {}};
    for (const Json &parameter : description["parameters"]) {
        if (parameter.contains("dropped")) continue;
        const std::string name = parameter["name"].text(), value = value_of(parameter);
        Error error;
        EXPECT_EQ(xtap_request_set(request, name.c_str(), value.c_str(), &error), XTAP_OK) << error.text();
        if (parameter["in"] == "path") {
            const std::string place = "{" + name + "}";
            expected.path.replace(expected.path.find(place), place.size(), encoded(value));
        } else if (parameter["in"] == "query") {
            expected.query.insert(encoded(name) + "=" + encoded(value));
        } else {
            expected.form += name + "\n";
        }
    }
    return expected;
}

std::string body_kind(const Json &description) {
    return description.contains("body") ? description["body"][0].get<std::string>() : "none";
}

// The beginning of the Authorization header that the first fitting kind of credential gives.
std::string authorization(const Json &description) {
    std::set<std::string> schemes;
    for (const Json &security : description["security"])
        schemes.insert(security["scheme"].get<std::string>());
    if (schemes.empty()) return "";
    if (schemes.contains("bearer")) return "Bearer AAAAbearer";
    if (schemes.contains("oauth2")) return "Bearer user-token";
    if (schemes.contains("oauth1")) return "OAuth oauth_consumer_key=\"app-key\"";
    return schemes.contains("client") ? "Basic Y2xpZW50LWlkOmNsaWVudC1zZWNyZXQ="
                                      : "Basic YXBwLWtleTphcHAtc2VjcmV0";
}

TEST_P(EveryOperation, ArrivesAsItIsDescribed) {
    const Json description = description_of(GetParam());
    ScriptedServer server;
    server.answer("/2/oauth2/token", {{.body = R"({"token_type":"bearer","access_token":"new-token"})"}});
    const Caller caller(server.url(), kEveryCredential);
    const RequestHandle request = caller.request(GetParam());
    const Expected expected = fill_in(description, request.get());
    const std::string kind = body_kind(description);
    if (kind == "json") {
        ASSERT_EQ(xtap_request_body(request.get(), R"({"a":[1]})", 9, nullptr), XTAP_OK);
    } else if (kind == "multipart") {
        ASSERT_EQ(xtap_request_attach(request.get(), "media", "a.png", "\x89PNG\0\r\n", 7, nullptr), XTAP_OK);
    }
    const Answered answered = Caller::send(request.get());
    ASSERT_EQ(answered.status, XTAP_OK) << answered.error.text();
    const std::vector<HttpRequest> all = server.asked();
    ASSERT_EQ(all.size(), 1u);
    const HttpRequest &asked = all[0];
    EXPECT_EQ(asked.method(), description["method"]);
    const std::string target = asked.target();
    EXPECT_EQ(target.substr(0, target.find('?')), expected.path);
    const std::size_t query = target.find('?');
    EXPECT_EQ(parts_of(query == std::string::npos ? "" : target.substr(query + 1)), expected.query);
    EXPECT_TRUE(asked.header("authorization").starts_with(authorization(description)))
        << asked.header("authorization");
    EXPECT_EQ(asked.header("authorization").empty(), authorization(description).empty());
    const std::string type = asked.header("content-type");
    if (kind == "json") {
        EXPECT_EQ(type, "application/json");
        EXPECT_EQ(asked.body, R"({"a":[1]})");
    } else if (kind == "form") {
        EXPECT_EQ(type, "application/x-www-form-urlencoded");
        EXPECT_EQ(parts_of(asked.body).size(),
                  static_cast<std::size_t>(std::count(expected.form.begin(), expected.form.end(), '\n')));
    } else if (kind == "multipart") {
        EXPECT_TRUE(type.starts_with("multipart/form-data; boundary=")) << type;
        EXPECT_NE(asked.body.find(std::string("\x89PNG\0\r\n", 7)), std::string::npos);
    } else {
        EXPECT_EQ(type, "");
        EXPECT_EQ(asked.body, "");
    }
    EXPECT_TRUE(asked.header("user-agent").starts_with("libxtap/")) << asked.header("user-agent");
}

INSTANTIATE_TEST_SUITE_P(OfTheTable, EveryOperation, testing::ValuesIn(operations_to_send()),
                         [](const auto &test) { return test.param; });

TEST(TableOfOperations, HoldsEveryOneOfTheDescription) {
    EXPECT_GE(operations_to_send().size(), 163u + 2 + 3);
    EXPECT_GE(xtap_operation_count(), 178u + 3 + 4);
}

} // namespace
} // namespace xtap::test
