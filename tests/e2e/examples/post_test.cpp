// post: a user's tokens in a file, refreshed and kept, and a post that comes and goes.
#include "examples/programs.hpp"
#include "scripted_server.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <regex>
#include <sstream>
#include <sys/stat.h>

namespace xtap::e2e {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path &path) {
    std::ifstream in(path);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

class Post : public testing::Test {
protected:
    Post() {
        char place[] = "/tmp/xtap-post-XXXXXX";
        place_ = ::mkdtemp(place);
        tokens_ = place_ / "tokens";
        const Json pair = simulator_.control("POST", "/tokens/give", {{"client_id", kClient}});
        access_ = pair["access_token"].text();
        given_ = access_ + "\n" + pair["refresh_token"].get<std::string>() + "\n0\n";
        std::ofstream(tokens_) << given_;
    }
    ~Post() override { fs::remove_all(place_); }

    Ended post(const std::string &text) { return post(text, simulator_.url()); }
    Ended post(const std::string &text, const std::string &url) {
        return run(example("post", {tokens_.string(), text}, url, {{"XTAP_OAUTH2_CLIENT_ID", kClient}}));
    }

    static constexpr char kClient[] = "sim-public-client";
    sim::SimulatorProcess simulator_{{"--strict-auth"}};
    fs::path place_, tokens_;
    std::string access_, given_;
};

TEST_F(Post, IsCreatedAndDeletedWithTheTokenOfTheFile) {
    const std::string text = "It's \"quoted\",\n\tin two lines \\ 絵文字 \xF0\x9F\x8C\xB8";
    const Ended ended = post(text);
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_EQ(ended.err, "");
    std::smatch found;
    ASSERT_TRUE(std::regex_match(ended.out, found, std::regex("created ([0-9]+)\ndeleted \\1\n")))
        << ended.out;
    EXPECT_EQ(
        requests_of(simulator_),
        (std::vector<std::string>{"POST /2/tweets 201", "DELETE /2/tweets/" + found[1].str() + " 200"}));
    const Json first = simulator_.control("GET", "/requests")["list"][0];
    EXPECT_EQ(Json::parse(first["body"].get<std::string>()), (Json{{"text", text}}));
    EXPECT_EQ(content_of(tokens_), given_) << "nothing new, nothing written";
}

TEST_F(Post, RefreshesATokenThatExpiredAndKeepsTheNewPair) {
    simulator_.control("POST", "/tokens/expire");
    fs::permissions(tokens_, fs::perms::owner_all | fs::perms::others_read);
    std::ofstream(tokens_.string() + ".new") << "left by one that was stopped";
    const Ended ended = post("Hello");
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    std::smatch kept;
    const std::string content = content_of(tokens_);
    ASSERT_TRUE(std::regex_match(content, kept, std::regex("(.+)\n(.+)\n([0-9]{13})\n"))) << content;
    EXPECT_NE(kept[1], access_);
    struct stat info {};
    ASSERT_EQ(::stat(tokens_.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0600u);
    EXPECT_FALSE(fs::exists(tokens_.string() + ".new"));
    // The kept pair is good for the next run, and for the refresh after it.
    EXPECT_EQ(post("Hello again").exit_status, 0);
    simulator_.control("POST", "/tokens/expire");
    const Ended third = post("And again");
    EXPECT_EQ(third.exit_status, 0) << third.err;
    EXPECT_EQ(simulator_.control("GET", "/tokens")["refreshes"], 2);
}

TEST_F(Post, KeepsWhatAServerTellsThatSaysLittle) {
    test::ScriptedServer server;
    server.answer("/2/tweets",
                  {{.status = 401, .body = "{}"}, {.status = 201, .body = R"({"data":{"id":"5"}})"}});
    server.answer("/2/oauth2/token", {{.body = R"({"token_type":"bearer","access_token":"next"})"}});
    const Ended ended = post("Hello", server.url());
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_EQ(ended.out, "created 5\ndeleted 5\n");
    const std::string refresh = given_.substr(access_.size());
    EXPECT_EQ(content_of(tokens_), "next" + refresh) << "the same refresh token, and no time: 0";
    EXPECT_EQ(post("Hello", server.url()).exit_status, 0) << "the file can be read again";
}

TEST_F(Post, IsNotWrittenWithATokenThatCouldNotBeKept) {
    simulator_.control("POST", "/tokens/expire");
    fs::create_directories(tokens_.string() + ".new/in the way");
    const Ended ended = post("Hello");
    EXPECT_EQ(ended.exit_status, 3);
    EXPECT_NE(ended.err.find("XTAP_E_NO_CREDENTIAL"), std::string::npos) << ended.err;
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(content_of(tokens_), given_);
    for (const std::string &request : requests_of(simulator_))
        EXPECT_NE(request, "POST /2/tweets 201");
}

TEST_F(Post, NeedsAFileWithTokens) {
    tokens_ = place_ / "nowhere";
    const Ended ended = post("Hello");
    EXPECT_EQ(ended.exit_status, 3);
    EXPECT_EQ(ended.err.find(tokens_.string() + " has no tokens\n"), 0u) << ended.err;
    EXPECT_TRUE(requests_of(simulator_).empty());
}

} // namespace
} // namespace xtap::e2e
