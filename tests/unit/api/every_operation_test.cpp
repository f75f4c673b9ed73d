// Every operation and every parameter of the table: what is taken, what is refused, and that nothing that is
// given can change the method, the path or the number of lines of a request.
#include "api/request.hpp"

#include "example_values.hpp"
#include "expect_failure.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace xtap::api {
namespace {

using test::example_value;
using test::expect_failure;

// Calls `code` with every parameter of every operation of the table.
template <class Code> void for_every_parameter(Code &&code) {
    for (const Operation &operation : operations()) {
        for (const Parameter &parameter : operation.parameters) {
            SCOPED_TRACE(std::string(operation.id) + " " + std::string(parameter.name));
            code(operation, parameter);
        }
    }
}

Request with_required(const Operation &operation, bool validate = true) {
    Request request(operation, validate);
    for (const Parameter &parameter : operation.parameters) {
        if (parameter.required) request.set(parameter.name, example_value(parameter));
    }
    return request;
}

std::size_t segments(std::string_view target) {
    const std::string_view path = target.substr(0, target.find('?'));
    return static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
}

// No two ways to read it: printable ASCII, no dot segments, one question mark at most, no fragment.
void expect_plain(std::string_view target, const Operation &operation) {
    EXPECT_TRUE(std::all_of(target.begin(), target.end(), [](char byte) {
        return byte > 0x20 && byte < 0x7f;
    })) << target;
    EXPECT_EQ(target.find('#'), std::string_view::npos);
    EXPECT_LE(std::count(target.begin(), target.end(), '?'), 1);
    EXPECT_EQ(segments(target), segments(operation.path)) << target;
    const std::string path = std::string(target.substr(0, target.find('?'))) + "/";
    for (const char *dots : {"/./", "/../", "/%2e/", "/%2E%2E/", "//"})
        EXPECT_EQ(path.find(dots), std::string::npos) << target;
}

TEST(EveryOperation, IsCompleteWithItsRequiredParametersAndTakesEveryOther) {
    for (const Operation &operation : operations()) {
        SCOPED_TRACE(operation.id);
        Request request = with_required(operation);
        EXPECT_NO_THROW(request.check());
        expect_plain(request.target(), operation);
        EXPECT_EQ(request.target().find('{'), std::string::npos) << "a part of the path is not filled in";
    }
    for_every_parameter([](const Operation &operation, const Parameter &parameter) {
        Request request = with_required(operation);
        const std::string value = example_value(parameter);
        EXPECT_NO_THROW(request.set(parameter.name, value));
        EXPECT_EQ(request.get(parameter.name), value);
        if (parameter.place == Place::path) return;
        const std::string sent = parameter.place == Place::form ? request.form() : request.target();
        EXPECT_NE(sent.find(std::string(parameter.name) + "="), std::string::npos) << sent;
    });
}

TEST(EveryParameter, RefusesWhatItDoesNotTakeAndNamesTheOperationAndItself) {
    for_every_parameter([](const Operation &operation, const Parameter &parameter) {
        Request request(operation, true);
        for (const std::string &value : test::refused_values(parameter)) {
            SCOPED_TRACE(value);
            expect_failure(
                Status::value, [&] { request.set(parameter.name, value); }, operation.id,
                ": parameter " + std::string(parameter.name) + ": ");
            EXPECT_EQ(request.get(parameter.name), std::nullopt);
        }
    });
}

TEST(EveryParameter, TakesItsDefault) {
    for_every_parameter([](const Operation &operation, const Parameter &parameter) {
        if (parameter.default_value.empty()) return;
        EXPECT_NO_THROW(Request(operation, true).set(parameter.name, parameter.default_value));
    });
}

TEST(EveryParameter, TakesItsValuesUnderTheirOtherNamesAndSendsTheDocumentedOnes) {
    for_every_parameter([](const Operation &operation, const Parameter &parameter) {
        for (const ValueAlias &alias : parameter.value_aliases) {
            Request request(operation, true);
            request.set(parameter.name, alias.given);
            EXPECT_EQ(request.get(parameter.name), alias.sent);
        }
    });
}

const std::vector<std::string> &attempts() {
    static const std::vector<std::string> all = {"x\r\nHost: evil",
                                                 "x\nx",
                                                 "x\r",
                                                 std::string("x\0x", 3),
                                                 "\x1b[2J",
                                                 "\x7f",
                                                 "\xC2\x85",
                                                 "\xff",
                                                 "\xC0\xAF",
                                                 "\xED\xA0\x80",
                                                 "\xE3\x81",
                                                 "\xF5\x80\x80\x80",
                                                 std::string(20'000, '1')};
    return all;
}

TEST(EveryOperation, RefusesWhatCouldBreakOutInAnyNameOrValueWhetherItValidatesOrNot) {
    for (const Operation &operation : operations()) {
        for (const bool validate : {true, false}) {
            SCOPED_TRACE(operation.id);
            Request request = with_required(operation, validate);
            const std::string target = request.target(), form = request.form();
            for (const std::string &attempt : attempts()) {
                for (const Parameter &parameter : operation.parameters)
                    EXPECT_THROW(request.set(parameter.name, attempt), Failure) << parameter.name;
                EXPECT_THROW(request.set(attempt, "1"), Failure);
                EXPECT_THROW(request.set("unknown", attempt), Failure);
            }
            EXPECT_EQ(request.target(), target) << "a refused attempt changes nothing";
            EXPECT_EQ(request.form(), form);
        }
    }
}

TEST(EveryOperation, KeepsItsPathWhateverIsGivenWithoutValidation) {
    for_every_parameter([](const Operation &operation, const Parameter &parameter) {
        Request request = with_required(operation, false);
        for (const char *value : {"../../x", "..", ".", "a/b", "%2f", "%2e%2e%2f", "..%2f", "a?b=c", "a#b",
                                  "a&b=c", "a\\b", "a;b", "{id}", "日本", "", "@evil", "//evil", " "}) {
            SCOPED_TRACE(value);
            try {
                request.set(parameter.name, value);
            } catch (const Failure &failure) {
                EXPECT_EQ(failure.status, Status::value);
            }
            expect_plain(request.target(), operation);
        }
    });
}

TEST(EveryOperation, SendsNoParameterOfAFormInItsTarget) {
    for (const Operation &operation : operations()) {
        Request request(operation, false);
        for (const Parameter &parameter : operation.parameters)
            request.set(parameter.name, parameter.place == Place::form ? "hush" : "1");
        if (!operation.bodies.empty() && operation.bodies[0] == Body::form) request.set("new_field", "hush");
        EXPECT_EQ(request.target().find("hush"), std::string::npos) << operation.id;
    }
}

TEST(EveryOperation, TellsHowItIsAskedAndWhoMayAsk) {
    const std::set<std::string_view> methods = {"GET", "POST", "PUT", "DELETE"};
    const std::set<std::string_view> schemes = {"bearer", "oauth2", "oauth1", "client", "app"};
    for (const Operation &operation : operations()) {
        SCOPED_TRACE(operation.id);
        EXPECT_TRUE(methods.contains(operation.method));
        EXPECT_TRUE(std::string_view(operation.path).starts_with('/'));
        EXPECT_LE(operation.bodies.empty(), !operation.body_required);
        EXPECT_TRUE(operation.bodies.empty() || operation.method != std::string_view("GET"));
        for (const Security &security : operation.security)
            EXPECT_TRUE(schemes.contains(security.scheme)) << security.scheme;
        for (const RateLimit &limit : operation.rate_limits) {
            EXPECT_TRUE(limit.per == "app" || limit.per == "user");
            EXPECT_GT(limit.requests, 0);
            EXPECT_TRUE(limit.window_s == 1 || limit.window_s == 900 || limit.window_s == 86'400);
        }
    }
}

TEST(EveryOperation, ThatIsPagedTakesTheNextPagesTokenAsXGaveIt) {
    int paged = 0;
    for (const Operation &operation : operations()) {
        if (operation.page_parameter.empty()) continue;
        SCOPED_TRACE(operation.id);
        ++paged;
        EXPECT_EQ(operation.page_token, "/meta/next_token");
        ASSERT_NE(operation.find_parameter(operation.page_parameter), nullptr);
        Request request = with_required(operation);
        for (const std::string &token : {std::string("b26v"), std::string(100, 'z')}) {
            request.set_page(token);
            EXPECT_EQ(request.get(operation.page_parameter), token);
            EXPECT_NO_THROW(request.check());
        }
        EXPECT_THROW(request.set_page("x\r\ny"), Failure);
    }
    EXPECT_EQ(paged, 44);
}

} // namespace
} // namespace xtap::api
