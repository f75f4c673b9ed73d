// `xtap call` against the simulator: what comes out, where, and what is said when nothing can.
#include "cli/calls.hpp"
#include "json/value.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <sstream>
#include <temporary_folder.hpp>

namespace xtap::e2e {
namespace {

using test::TemporaryFolder;

constexpr char kConversation[] = "getDirectMessagesEventsByConversationId";

Call call(const Simulator &simulator, std::vector<std::string> words) {
    words.insert(words.begin(), {"call", "--base-url", simulator.url()});
    return xtap(words);
}

// As a user, whose private messages they are.
Call user_call(const Simulator &simulator, std::vector<std::string> words) {
    Call made = call(simulator, std::move(words));
    made.environment = {{"XTAP_OAUTH2_ACCESS_TOKEN", kToken}};
    return made;
}

std::string text_of(const std::string &path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

void expect_one_error(const Ended &ended, int exit_status, const std::string &saying) {
    EXPECT_EQ(ended.exit_status, exit_status) << ended.err;
    EXPECT_EQ(errors_in(ended.err), 1u) << ended.err;
    EXPECT_NE(ended.err.find(saying), std::string::npos) << ended.err;
    EXPECT_EQ(ended.err.find(kToken), std::string::npos) << "the token is shown";
}

// The numbers that the texts of the items end in.
std::vector<int> numbers_in(const std::string &lines) {
    std::vector<int> numbers;
    std::istringstream in(lines);
    for (std::string line; std::getline(in, line);) {
        const std::string text = Json::parse(line).at("text").text();
        numbers.push_back(std::stoi(text.substr(text.rfind(' ') + 1)));
    }
    return numbers;
}

std::vector<int> down_from(int first) {
    std::vector<int> numbers(static_cast<std::size_t>(first));
    std::generate(numbers.begin(), numbers.end(), [first]() mutable { return first--; });
    return numbers;
}

std::vector<std::string> all_of_the_conversation(const std::string &at_once) {
    return {kConversation, "id=123123123-2244994945", "dm_event.fields=id,text", "max_results=" + at_once,
            "--all-pages"};
}

TEST(CliCall, PrintsTheBodyAndNothingElse) {
    Simulator simulator({"--gzip", "off"});
    const Ended ended = run(user_call(simulator, {"getUsersMe"}));
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_EQ(ended.err, "");
    EXPECT_EQ(Json::parse(ended.out).at("data").at("id"), "2244994945");
    EXPECT_EQ(std::count(ended.out.begin(), ended.out.end(), '\n'), 1) << "one line end, behind the body";
}

TEST(CliCall, PrintsHeadersBeforeTheBodyWhenAsked) {
    Simulator simulator;
    const Ended ended = run(user_call(simulator, {"getUsersMe", "--include-headers"}));
    EXPECT_TRUE(ended.out.starts_with("HTTP 200\n")) << ended.out;
    EXPECT_NE(ended.out.find("\nx-rate-limit-limit: "), std::string::npos) << ended.out;
    const std::size_t body = ended.out.find("\n\n");
    ASSERT_NE(body, std::string::npos);
    EXPECT_TRUE(Json::accept(ended.out.substr(body)));
}

TEST(CliCall, SendsABodyFromTheCommandLineAFileAndStdin) {
    Simulator simulator({"--record"});
    const TemporaryFolder folder;
    const std::string json = R"({"text": "Grüße"})";
    std::ofstream(folder / "post.json") << json;
    Call typed = user_call(simulator, {"createPosts", "--body", "-"});
    typed.in = json;
    for (const Call &made :
         {user_call(simulator, {"createPosts", "--body", json}),
          user_call(simulator, {"createPosts", "--body", "@" + (folder / "post.json")}), typed}) {
        EXPECT_EQ(run(made).exit_status, 0);
    }
    const Json requests = simulator.control("GET", "/requests").at("list");
    ASSERT_EQ(requests.size(), 3u);
    for (const Json &request : requests)
        EXPECT_EQ(request.at("body"), json);
}

TEST(CliCall, UploadsPartsByteForByteAndDownloadsThemToAFile) {
    Simulator simulator;
    const TemporaryFolder folder;
    std::string bytes;
    for (int byte = 0; byte < 5000; ++byte)
        bytes += static_cast<char>(byte % 256);
    std::ofstream(folder / "picture.png", std::ios::binary) << bytes;
    const Ended uploaded =
        run(user_call(simulator, {"mediaUpload", "--attach", "media=@" + (folder / "picture.png"), "--attach",
                                  "media_category=tweet_image"}));
    ASSERT_EQ(uploaded.exit_status, 0) << uploaded.err;
    const std::string id = Json::parse(uploaded.out).at("data").at("id").text();
    const Json requests = simulator.control("GET", "/requests").at("list");
    EXPECT_EQ(requests[0].at("parts")[0].at("filename"), "picture.png");
    EXPECT_EQ(requests[0].at("parts")[1].at("text"), "tweet_image");

    const std::vector<std::string> download = {"dmConversationsMediaDownload", "dm_id=1-2244994945",
                                               "media_id=" + id, "resource_id=x.png"};
    const Ended piped = run(user_call(simulator, download));
    EXPECT_EQ(piped.exit_status, 0) << piped.err;
    EXPECT_EQ(piped.out, bytes) << "not a byte more: no line end is added";
    std::vector<std::string> to_file = download;
    to_file.insert(to_file.end(), {"--output", folder / "copy"});
    const Ended saved = run(user_call(simulator, to_file));
    EXPECT_EQ(saved.exit_status, 0) << saved.err;
    EXPECT_EQ(saved.out, "");
    EXPECT_EQ(text_of(folder / "copy"), bytes);
}

TEST(CliCall, LeavesTheOldOutputFileWhenTheCallFails) {
    Simulator simulator;
    const TemporaryFolder folder;
    std::ofstream(folder / "old") << "old";
    simulator.fault({{"kind", "http_403"}, {"path", "/2/users/me"}});
    EXPECT_EQ(run(user_call(simulator, {"getUsersMe", "--output", folder / "old"})).exit_status, 3);
    EXPECT_EQ(text_of(folder / "old"), "old");
    expect_one_error(run(user_call(simulator, {"getUsersMe", "--output", folder / "no/such/folder"})), 1,
                     "no/such/folder");
    const auto left = std::distance(std::filesystem::directory_iterator(folder.path()), {});
    EXPECT_EQ(left, 1) << "nothing is left beside it";
}

TEST(CliCall, TellsARefusalInOneLineAndKeepsStdoutEmpty) {
    Simulator simulator;
    simulator.fault({{"kind", "http_404"}, {"path", "/2/users/me"}});
    const Ended refused = run(user_call(simulator, {"getUsersMe"}));
    expect_one_error(refused, 1, "XTAP_E_NOT_FOUND");
    EXPECT_EQ(refused.out, "");
    simulator.fault({{"kind", "http_401"}, {"path", "/2/users/me"}, {"times", 0}});
    expect_one_error(run(user_call(simulator, {"getUsersMe"})), 3, "XTAP_E_UNAUTHORIZED");
    const Ended shown = run(user_call(simulator, {"getUsersMe", "--include-headers"}));
    expect_one_error(shown, 3, "XTAP_E_UNAUTHORIZED");
    EXPECT_TRUE(shown.out.starts_with("HTTP 401\n")) << shown.out;
}

TEST(CliCall, NamesTheMistakeBeforeAnythingIsSent) {
    Simulator simulator;
    const TemporaryFolder folder;
    const std::vector<std::pair<std::vector<std::string>, std::string>> mistakes = {
        {{"getUserMe"}, "getUsersMe"},
        {{"streamPosts"}, "'streamPosts' is a stream"},
        {{"getUsersById"}, "id"},
        {{"getUsersById", "id=x"}, "id"},
        {{"getUsersById", "idd=1"}, "\"id\""},
        {{"createPosts", "--body", "{text}"}, "JSON"},
        {{"createPosts", "--body", "@/nowhere/post.json"}, "/nowhere/post.json"},
        {{"getUsersMe", "--body", "{}"}, "body"},
        {{"getUsersMe", "--attach", "a=b"}, "getUsersMe"},
        {{"getUsersMe", "--all-pages"}, "'getUsersMe' has no pages"},
        {{"getUsersMe", std::string("oauth2_access_token=") + kToken}, "not taken from the command line"},
        {{"createOAuth2Token", "grant_type=refresh_token", std::string("refresh_token=") + kToken},
         "is a secret"},
    };
    for (const auto &[words, saying] : mistakes) {
        const Ended ended = run(user_call(simulator, words));
        expect_one_error(ended, 2, saying);
        EXPECT_EQ(ended.out, "");
    }
    EXPECT_EQ(simulator.control("GET", "/requests").at("list").size(), 0u);
}

TEST(CliCall, WithoutACredentialThatFitsSaysWhichWould) {
    Simulator simulator;
    expect_one_error(run(call(simulator, {"getUsersMe"})), 3, "XTAP_OAUTH2_ACCESS_TOKEN");
}

class EveryPage : public testing::TestWithParam<std::string> {};

TEST_P(EveryPage, GivesEachItemOnceAndInOrder) {
    Simulator simulator({"--dm-events", "45"});
    const Ended ended = run(user_call(simulator, all_of_the_conversation(GetParam())));
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_EQ(numbers_in(ended.out), down_from(45));
}

INSTANTIATE_TEST_SUITE_P(CliCall, EveryPage, testing::Values("1", "7", "45", "100"),
                         [](const auto &tested) { return "By" + tested.param; });

TEST(CliCallPages, GoOnAfterARefusalThatPasses) {
    Simulator simulator({"--dm-events", "45"});
    simulator.control("POST", "/rate-limits",
                      {{"path", "/2/dm_conversations/*"}, {"limit", 2}, {"seconds", 1}});
    simulator.fault({{"kind", "http_503"}, {"path", "/2/dm_conversations/*"}, {"times", 2}});
    const Ended ended = run(user_call(simulator, all_of_the_conversation("10")));
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_EQ(numbers_in(ended.out), down_from(45));
    std::set<int> statuses;
    const Json requests = simulator.control("GET", "/requests").at("list");
    for (const Json &request : requests)
        statuses.insert(request.at("status").get<int>());
    // The 503 is the relay's and counts as not answered.
    EXPECT_EQ(statuses, (std::set<int>{0, 200, 429})) << "both really happened";
}

TEST(CliCallPages, ThatCameBeforeAFailureAreKept) {
    Simulator simulator({"--dm-events", "45"});
    const TemporaryFolder folder;
    simulator.control("POST", "/rate-limits",
                      {{"path", "/2/dm_conversations/*"}, {"limit", 2}, {"seconds", 900}});
    std::vector<std::string> words = all_of_the_conversation("10");
    words.insert(words.end(), {"--option", "wait_on_rate_limit=off", "--output", folder / "pages"});
    expect_one_error(run(user_call(simulator, words)), 1, "XTAP_E_RATE_LIMITED");
    EXPECT_EQ(numbers_in(text_of(folder / "pages")).size(), 20u);
}

TEST(CliCallPages, EndQuietlyWhenTheReaderHadEnough) {
    Simulator simulator({"--dm-events", "1000"});
    Process process(user_call(simulator, all_of_the_conversation("1")));
    process.read_out_until([](std::string_view text) { return text.find('\n') != text.npos; });
    process.close_out();
    const Ended ended = process.wait();
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_EQ(ended.err, "");
}

TEST(CliCall, EndsAtASignalWhateverItWaitsFor) {
    for (const int signal : {SIGINT, SIGTERM}) {
        Simulator simulator;
        simulator.fault({{"kind", "no_response"}, {"path", "/2/users/me"}});
        Process process(user_call(simulator, {"getUsersMe"}));
        simulator.control("GET", "/requests?min=1");
        process.send(signal);
        expect_one_error(process.wait(), 1, "ended by a signal");
    }
}

TEST(CliCall, WritesItsFiguresAlsoWhenItFails) {
    Simulator simulator;
    const TemporaryFolder folder;
    EXPECT_EQ(run(user_call(simulator, {"getUsersMe", "--metrics", folder / "m.prom"})).exit_status, 0);
    EXPECT_NE(text_of(folder / "m.prom").find("\nxtap_requests_sent_total 1\n"), std::string::npos);
    EXPECT_NE(text_of(folder / "m.prom")
                  .find("xtap_rate_limit_remaining{operation=\"getUsersMe\",credential=\"oauth2\"} "),
              std::string::npos)
        << text_of(folder / "m.prom");
    simulator.fault({{"kind", "http_404"}, {"path", "/2/users/me"}});
    EXPECT_EQ(run(user_call(simulator, {"getUsersMe", "--metrics", folder / "m.prom"})).exit_status, 1);
    EXPECT_NE(text_of(folder / "m.prom").find("\nxtap_requests_failed_total 1\n"), std::string::npos);
}

TEST(CliStreamMetrics, AreThoseOfTheStreamAtItsEnd) {
    Simulator simulator({"--rate", "0", "--count", "20"});
    const TemporaryFolder folder;
    const Ended ended =
        run(xtap_stream(simulator, "streamPostsFirehoseJa",
                        {"partition=1", "--max-events", "20", "--metrics", folder / "m.prom"}));
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_NE(
        text_of(folder / "m.prom").find("\nxtap_stream_events_total{operation=\"streamPostsFirehoseJa\"} "),
        std::string::npos)
        << text_of(folder / "m.prom");
}

} // namespace
} // namespace xtap::e2e
