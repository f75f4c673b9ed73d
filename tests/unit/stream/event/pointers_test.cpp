// Pointers: what is taken and how refusals read.
#include "stream/event/pointers.hpp"

#include "api/failure.hpp"

#include <gtest/gtest.h>

namespace xtap::event {
namespace {

Pointers made(std::vector<std::string> pointers) { return Pointers(pointers); }

std::string refusal(std::vector<std::string> pointers) {
    try {
        made(std::move(pointers));
    } catch (const Failure &failure) {
        EXPECT_EQ(failure.status, Status::value);
        return failure.message;
    }
    return "accepted";
}

TEST(Pointers, SplitsAndUnescapesParts) {
    using Parts = std::vector<std::string>;
    const Pointers pointers = made({"", "/", "/a/b", "/a~1b/m~0n", "/~01", "/a//b"});
    ASSERT_EQ(pointers.count(), 6u);
    EXPECT_EQ(pointers.paths()[0], Parts{});
    EXPECT_EQ(pointers.paths()[1], Parts{""});
    EXPECT_EQ(pointers.paths()[2], (Parts{"a", "b"}));
    EXPECT_EQ(pointers.paths()[3], (Parts{"a/b", "m~n"}));
    EXPECT_EQ(pointers.paths()[4], Parts{"~1"});
    EXPECT_EQ(pointers.paths()[5], (Parts{"a", "", "b"}));
}

TEST(Pointers, RefusesAPointerWithoutASlashAndNamesItWithItsPlace) {
    const std::string message = refusal({"/data/id", "data/text"});
    EXPECT_NE(message.find("selected pointer 2 \"data/text\""), std::string::npos) << message;
    EXPECT_NE(message.find("begins with \"/\""), std::string::npos) << message;
}

TEST(Pointers, RefusesATildeThatEscapesNothingAndSaysWhereItIs) {
    EXPECT_NE(refusal({"/a/b~2"}).find("the \"~\" at character 5 must be followed by 0"), std::string::npos);
    EXPECT_NE(refusal({"/a~"}).find("character 3"), std::string::npos);
}

TEST(Pointers, RefusesMoreThanSixtyFourPointersOrParts) {
    EXPECT_EQ(made(std::vector<std::string>(64, "/a")).count(), 64u);
    EXPECT_NE(refusal(std::vector<std::string>(65, "/a")).find("at most 64"), std::string::npos);
    std::string deep;
    for (int i = 0; i < 64; ++i)
        deep += "/a";
    EXPECT_EQ(made({deep}).count(), 1u);
    EXPECT_NE(refusal({deep + "/a"}).find("at most 64 parts"), std::string::npos);
}

TEST(Pointers, RefusesBytesThatAreNotUtf8WithoutRepeatingThem) {
    const std::string message = refusal({"/a\xFF"});
    EXPECT_NE(message.find("not valid UTF-8"), std::string::npos);
    EXPECT_EQ(message.find('\xFF'), std::string::npos);
}

} // namespace
} // namespace xtap::event
