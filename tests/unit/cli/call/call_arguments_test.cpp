// The words of `xtap call` become arguments, or a complaint that names the one that was wrong.
#include "cli/call/call_arguments.hpp"

#include "cli/base/complaint.hpp"

#include <gtest/gtest.h>

namespace xtap::cli {
namespace {

CallWords words(std::vector<std::string> typed) {
    CallWords words;
    words.words = std::move(typed);
    return words;
}

void expect_refused(const CallWords &typed, const std::string &because) {
    try {
        static_cast<void>(call_arguments(typed));
        FAIL() << "nothing was refused";
    } catch (const Complaint &complaint) {
        EXPECT_EQ(complaint.exit_code, ExitCode::usage);
        EXPECT_NE(complaint.message.find(because), std::string::npos) << complaint.message;
    }
}

TEST(CallArguments, SortOperationAndParametersInAnyOrder) {
    const CallArguments sorted = call_arguments(words({"id=1", "getUsersById", "user.fields=id,name"}));
    EXPECT_EQ(sorted.operation, "getUsersById");
    EXPECT_EQ(sorted.parameters, (std::vector<NamedValue>{{"id", "1"}, {"user.fields", "id,name"}}));
    EXPECT_FALSE(sorted.body || sorted.output || sorted.metrics || sorted.all_pages);
}

TEST(CallArguments, KeepAnEqualsSignOfAValue) {
    EXPECT_EQ(call_arguments(words({"x", "query=a=b"})).parameters,
              (std::vector<NamedValue>{{"query", "a=b"}}));
}

TEST(CallArguments, TellABodyFromAFileAndFromStdin) {
    CallWords typed = words({"createPosts"});
    typed.body = {R"({"text":"@you"})"};
    EXPECT_EQ(call_arguments(typed).body, (Source{Source::Kind::text, R"({"text":"@you"})"}));
    typed.body = {"@post.json"};
    EXPECT_EQ(call_arguments(typed).body, (Source{Source::Kind::file, "post.json"}));
    typed.body = {"-"};
    EXPECT_EQ(call_arguments(typed).body, (Source{Source::Kind::standard_input, ""}));
    for (const char *nothing : {"", "@"}) {
        typed.body = {nothing};
        expect_refused(typed, "is empty");
    }
}

TEST(CallArguments, TakePartsFromFilesAndAsText) {
    CallWords typed = words({"mediaUpload"});
    typed.attach = {"media=@cat.png", "media_category=tweet_image", "dash=-"};
    const CallArguments sorted = call_arguments(typed);
    ASSERT_EQ(sorted.attachments.size(), 3u);
    EXPECT_EQ(sorted.attachments[0].source, (Source{Source::Kind::file, "cat.png"}));
    EXPECT_EQ(sorted.attachments[1].source, (Source{Source::Kind::text, "tweet_image"}));
    EXPECT_EQ(sorted.attachments[2].source, (Source{Source::Kind::text, "-"}));
    typed.attach = {"media=@"};
    expect_refused(typed, "names no file");
    typed.attach = {"media"};
    expect_refused(typed, "--attach 'media' is not of the form name=value");
}

TEST(CallArguments, RefuseWhatExcludesEachOther) {
    CallWords typed = words({"x"});
    typed.body = {"{}"};
    typed.attach = {"a=b"};
    expect_refused(typed, "--body and --attach exclude each other");
    typed = words({"x"});
    typed.all_pages = typed.include_headers = true;
    expect_refused(typed, "--all-pages and --include-headers exclude each other");
}

TEST(CallArguments, RefuseWhatIsMissingGivenTwiceOrNeitherNameNorValue) {
    expect_refused(words({}), "no operation is named");
    expect_refused(words({""}), "neither the operation");
    expect_refused(words({"x", "id=1", "id=2"}), "parameter 'id' is given twice");
    expect_refused(words({"x", "y"}), "'y' is neither the operation (that is 'x')");
    CallWords typed = words({"x"});
    typed.output = {"a", "b"};
    expect_refused(typed, "--output is given twice");
}

TEST(CallArguments, RefuseEverySecretWithoutRepeatingItAndNameItsVariable) {
    for (const char *name :
         {"bearer_token", "api_key", "api_secret", "oauth2_client_secret", "oauth2_access_token",
          "oauth2_refresh_token", "oauth1_token", "oauth1_token_secret", "refresh_token", "token"}) {
        try {
            static_cast<void>(call_arguments(words({"x", std::string(name) + "=hushed"})));
            FAIL() << name << " was taken";
        } catch (const Complaint &complaint) {
            EXPECT_NE(complaint.message.find(name), std::string::npos);
            EXPECT_EQ((complaint.message + complaint.hint).find("hushed"), std::string::npos) << name;
        }
    }
    CallWords typed = words({"x"});
    typed.client.options = {"api_secret=hushed"};
    try {
        static_cast<void>(call_arguments(typed));
        FAIL() << "the secret was taken";
    } catch (const Complaint &complaint) {
        EXPECT_EQ(complaint.hint, "set XTAP_API_SECRET in the environment");
    }
}

} // namespace
} // namespace xtap::cli
