// Where the next page is.
#include "api/paging.hpp"

#include "api/failure.hpp"

#include <gtest/gtest.h>

namespace xtap::api {
namespace {

const Operation &events() { return find_operation("getDirectMessagesEvents"); }

TEST(Paging, FindsTheTokenThatTheAnswerGives) {
    EXPECT_EQ(next_page_token(events(), R"({"data":[],"meta":{"next_token":"abc","result_count":1}})"),
              "abc");
    EXPECT_EQ(next_page_token(events(), R"({"meta":{"next_token":"a\u0062c"}})"), "abc");
}

TEST(Paging, EndsWhereNoTokenIs) {
    for (const std::string_view body :
         {R"({"data":[]})", R"({"meta":{}})", R"({"meta":{"next_token":""}})",
          R"({"meta":{"next_token":null}})", R"({"meta":{"previous_token":"abc"}})", "[]", "null"})
        EXPECT_EQ(next_page_token(events(), body), std::nullopt) << body;
}

TEST(Paging, SaysSoWhenTheAnswerIsNoJson) {
    try {
        next_page_token(events(), "<html>");
        FAIL();
    } catch (const Failure &failure) {
        EXPECT_EQ(failure.status, Status::protocol);
    }
}

// Every paged operation of the table names a parameter that it has.
TEST(Paging, LeadsThroughAParameterOfTheOperation) {
    int paged = 0;
    for (const Operation &operation : operations()) {
        if (operation.page_parameter.empty()) continue;
        ++paged;
        const Parameter *parameter = operation.find_parameter(operation.page_parameter);
        ASSERT_NE(parameter, nullptr) << operation.id;
        EXPECT_EQ(parameter->place, Place::query) << operation.id;
        EXPECT_EQ(operation.page_token, "/meta/next_token") << operation.id;
    }
    EXPECT_GE(paged, 44);
}

} // namespace
} // namespace xtap::api
