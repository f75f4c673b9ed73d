// The body of a request: what is well-formed, and what an operation takes.
#include "api/payload.hpp"

#include "api/failure.hpp"

#include <gtest/gtest.h>

namespace xtap::api {
namespace {

const Operation &posts() { return find_operation("createPosts"); }
const Operation &upload() { return find_operation("mediaUpload"); }
const Operation &reads() { return find_operation("getUsersMe"); }

Failure refusal_of(const std::function<void()> &work) {
    try {
        work();
    } catch (const Failure &failure) {
        return failure;
    }
    return {Status::ok, "nothing was thrown"};
}

TEST(Payload, TakesAnyWellFormedJsonAsItIs) {
    for (const std::string_view json :
         {R"({"text":"猫"})", "[]", "\"a\"", "null", " {\n} ", R"({"a":{"b":[1,2.5e3,true]}})"}) {
        Payload payload;
        payload.set_json(posts(), json, true);
        EXPECT_EQ(payload.json(), json);
        payload.check(posts(), true);
    }
}

TEST(Payload, RefusesWhatIsNoJsonAndKeepsWhatItHad) {
    Payload payload;
    payload.set_json(posts(), "{}", true);
    for (const std::string_view json : {"", "{", "{\"a\":}", "{}{}", "{'a':1}", "\xff", "\"\xc3\"", "nul"}) {
        const Failure failure = refusal_of([&] { payload.set_json(posts(), json, true); });
        EXPECT_EQ(failure.status, Status::value) << json;
        EXPECT_EQ(failure.message.find("createPosts: the body is "), 0u) << failure.message;
        EXPECT_NE(failure.message.find("allowed: one JSON value"), std::string::npos) << failure.message;
    }
    EXPECT_EQ(payload.json(), "{}");
}

TEST(Payload, IsRefusedWhereTheOperationTakesNone) {
    Payload payload;
    const Failure json = refusal_of([&] { payload.set_json(reads(), "{}", true); });
    EXPECT_EQ(json.status, Status::value);
    EXPECT_NE(json.message.find("it takes no body"), std::string::npos) << json.message;
    const Failure part = refusal_of([&] { payload.attach(posts(), {"media", {}, "x"}, true); });
    EXPECT_EQ(part.status, Status::value);
    EXPECT_NE(part.message.find("it takes JSON"), std::string::npos) << part.message;
}

TEST(Payload, GoesThroughUncheckedWithoutValidation) {
    Payload payload;
    payload.set_json(reads(), "{not json", false);
    EXPECT_EQ(payload.json(), "{not json");
    Payload parts;
    parts.attach(reads(), {"a", {}, "x"}, false);
    EXPECT_EQ(parts.parts().size(), 1u);
    Payload().check(posts(), false);
}

TEST(Payload, IsMissedWhereTheOperationNeedsOne) {
    const Failure failure = refusal_of([] { Payload().check(posts(), true); });
    EXPECT_EQ(failure.status, Status::missing);
    EXPECT_EQ(failure.message, "createPosts needs a body: JSON");
    Payload().check(reads(), true);
}

TEST(Payload, IsEitherJsonOrParts) {
    Payload json;
    json.set_json(upload(), "{}", true);
    EXPECT_EQ(refusal_of([&] { json.attach(upload(), {"media", {}, "x"}, true); }).status, Status::state);
    Payload parts;
    parts.attach(upload(), {"media", "a.png", std::string("\0\r\n", 3)}, true);
    EXPECT_EQ(refusal_of([&] { parts.set_json(upload(), "{}", true); }).status, Status::state);
    parts.detach("media");
    parts.set_json(upload(), "{}", true);
}

TEST(Payload, RefusesNamesThatWouldBreakOutOfTheirHeader) {
    Payload payload;
    for (const std::string name : {"", "a\r\nX: 1", "a\n", "\xff"}) {
        EXPECT_EQ(refusal_of([&] { payload.attach(upload(), {name, {}, "x"}, true); }).status, Status::value);
        if (!name.empty()) {
            EXPECT_EQ(refusal_of([&] {
                          payload.attach(upload(), {"media", name, "x"}, true);
                      }).status,
                      Status::value);
        }
    }
    EXPECT_TRUE(payload.parts().empty());
}

} // namespace
} // namespace xtap::api
