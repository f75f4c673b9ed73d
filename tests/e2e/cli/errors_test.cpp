// Everything that can be wrong with a call or a server: one clear error, the right exit status, and no token
// shown.
#include "cli/calls.hpp"
#include "json/value.hpp"

#include <cstdio>
#include <fstream>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <ostream>
#include <sys/socket.h>
#include <unistd.h>

namespace xtap::e2e {
namespace {

void expect_one_error(const Ended &ended, int exit_status, const std::string &saying) {
    EXPECT_EQ(ended.exit_status, exit_status) << ended.err;
    EXPECT_EQ(errors_in(ended.err), 1u) << ended.err;
    EXPECT_NE(ended.err.find(saying), std::string::npos) << "no \"" << saying << "\" in: " << ended.err;
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(ended.err.find(kToken), std::string::npos) << "the token is shown";
}

struct Wrong {
    std::string name;
    std::vector<std::string> words;
    std::string saying;
};

std::ostream &operator<<(std::ostream &out, const Wrong &wrong) { return out << wrong.name; }

// Nothing is sent in any of these: there is no server.
class WrongUsage : public testing::TestWithParam<Wrong> {};

TEST_P(WrongUsage, IsExitStatusTwoWithOneErrorThatNamesIt) {
    expect_one_error(run(xtap(GetParam().words)), 2, GetParam().saying);
}

INSTANTIATE_TEST_SUITE_P(
    Cli, WrongUsage,
    testing::Values(
        Wrong{"NoCommand", {}, "no command is given"},
        Wrong{"UnknownCommand", {"tail"}, "unknown command 'tail'"},
        Wrong{"UnknownOption", {"stream", kOperation, "--loud"}, "unknown option '--loud'"},
        Wrong{"NoOperation", {"stream"}, "no operation is named"},
        Wrong{
            "UnknownOperation", {"stream", "streamPostsFirehoseJp", "partition=1"}, "streamPostsFirehoseJa"},
        Wrong{"UnknownOperationDescribed", {"describe", "streamPost"}, "streamPosts"},
        Wrong{"UnknownParameter",
              {"stream", kOperation, "partition=1", "backfil_minutes=1"},
              "backfill_minutes"},
        Wrong{"MissingParameter", {"stream", kOperation}, "partition"},
        Wrong{"ParameterOutOfRange", {"stream", kOperation, "partition=9"}, "partition"},
        Wrong{"ParameterOfAnotherType", {"stream", kOperation, "partition=one"}, "partition"},
        Wrong{"ParameterNotInTheList", {"stream", kOperation, "partition=1", "tweet.fields=id,txt"}, "txt"},
        Wrong{
            "ParameterNotADate", {"stream", kOperation, "partition=1", "start_time=yesterday"}, "start_time"},
        Wrong{"ParameterTwice", {"stream", kOperation, "partition=1", "partition=2"}, "given twice"},
        Wrong{"WordTooMany", {"stream", kOperation, "partition=1", "more"}, "'more'"},
        Wrong{"UnknownLibraryOption",
              {"stream", kOperation, "partition=1", "--option", "compresion=on"},
              "compression"},
        Wrong{"LibraryOptionOutOfRange",
              {"stream", kOperation, "partition=1", "--option", "connect_timeout_ms=0"},
              "connect_timeout_ms"},
        Wrong{"UrlWithoutAScheme",
              {"stream", kOperation, "partition=1", "--base-url", "api.x.com"},
              "api.x.com"},
        Wrong{"UrlOfAnotherScheme",
              {"stream", kOperation, "partition=1", "--base-url", "ftp://127.0.0.1"},
              "ftp"},
        Wrong{"UrlEmpty", {"stream", kOperation, "partition=1", "--base-url", ""}, "base_url"},
        Wrong{"PlainHttpBeyondLoopback",
              {"stream", kOperation, "partition=1", "--base-url", "http://192.0.2.1"},
              "allow_insecure"},
        Wrong{"TokenAsArgument",
              {"stream", kOperation, "partition=1", "--option", std::string("bearer_token=") + kToken},
              "not taken from the command line"},
        Wrong{"PointerThatIsNone", {"stream", kOperation, "partition=1", "--select", "/data/~2"}, "/data/~2"},
        Wrong{"NothingToPrint",
              {"stream", kOperation, "partition=1", "--option", "deliver_json=off"},
              "nothing to print"},
        Wrong{
            "MaxEventsZero", {"stream", kOperation, "partition=1", "--max-events", "0"}, "--max-events '0'"},
        Wrong{"DurationNegative", {"stream", kOperation, "partition=1", "--duration=-1"}, "--duration '-1'"},
        Wrong{"NoticesUnknown",
              {"stream", kOperation, "partition=1", "--notices", "loud"},
              "--notices 'loud'"}),
    [](const auto &tested) { return tested.param.name; });

TEST(CliToken, WithALineBreakIsWrongUsageAndIsNotShown) {
    Call call = xtap({"stream", kOperation, "partition=1", "--base-url", "http://127.0.0.1:1"});
    call.environment["XTAP_BEARER_TOKEN"] = std::string(kToken) + "\nX-Injected: 1";
    expect_one_error(run(call), 2, "XTAP_BEARER_TOKEN");
}

TEST(CliToken, ThatIsMissingIsACredentialErrorThatSaysWhereToPutIt) {
    Call call = xtap({"stream", kOperation, "partition=1", "--base-url", "http://127.0.0.1:1"});
    call.environment.clear();
    expect_one_error(run(call), 3, "XTAP_BEARER_TOKEN");
}

class TokenFile {
public:
    explicit TokenFile(const std::string &text) {
        char path[] = "/tmp/xtap-e2e-token-XXXXXX";
        const int fd = ::mkstemp(path);
        path_ = path;
        std::ofstream(path_) << text;
        ::close(fd);
    }
    ~TokenFile() { std::remove(path_.c_str()); }
    std::string option() const { return "bearer_token_file=" + path_; }

private:
    std::string path_;
};

TEST(CliToken, MayComeFromAFile) {
    Simulator simulator({"--rate", "0", "--token", kToken});
    const TokenFile file(std::string(kToken) + "\n");
    Call call =
        xtap_stream(simulator, kOperation, {"partition=1", "--max-events", "1", "--option", file.option()});
    call.environment.clear();
    const Ended ended = run(call);
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
}

TEST(CliToken, InAFileThatIsNotThereIsACredentialError) {
    Call call = xtap({"stream", kOperation, "partition=1", "--option", "bearer_token_file=/nowhere/token"});
    call.environment.clear();
    expect_one_error(run(call), 3, "/nowhere/token");
}

TEST(CliToken, ThatTheServerDoesNotKnowIsACredentialError) {
    Simulator simulator({"--token", "another"});
    expect_one_error(run(xtap_stream(simulator, kOperation, {"partition=1"})), 3, "401");
}

struct Refusal {
    std::string name;
    std::string fault;
    int exit_status;
    std::string saying;
};

std::ostream &operator<<(std::ostream &out, const Refusal &refusal) { return out << refusal.name; }

// What would be tried again for ever is tried once: the error is the one a patient user would see in the
// notices.
class ServerThatRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(ServerThatRefuses, IsOneErrorWithItsWordsAndTheRightExitStatus) {
    Simulator simulator({"--rate", "0"});
    simulator.fault(Json::parse(GetParam().fault));
    const Ended ended =
        run(xtap_stream(simulator, kOperation, {"partition=1", "--option", "max_reconnects=0"}));
    expect_one_error(ended, GetParam().exit_status, GetParam().saying);
}

INSTANTIATE_TEST_SUITE_P(
    Cli, ServerThatRefuses,
    testing::Values(
        Refusal{"Http401", R"({"kind":"http_401","times":0})", 3, "(XTAP_E_UNAUTHORIZED"},
        Refusal{"Http403", R"({"kind":"http_403","times":0})", 3, "(XTAP_E_FORBIDDEN"},
        Refusal{"Http404", R"({"kind":"http_404","times":0})", 1, "(XTAP_E_NOT_FOUND"},
        Refusal{"Http409", R"({"kind":"http_409","times":0})", 1, "(XTAP_E_CONFLICT"},
        Refusal{"Http429", R"({"kind":"rate_limit","times":0})", 1, "(XTAP_E_RATE_LIMITED"},
        Refusal{"TooManyConnections", R"({"kind":"too_many_connections","times":0})", 1,
                "XTAP_E_CONNECTION_LIMIT"},
        Refusal{"Http503", R"({"kind":"http_503","times":0})", 1, "(XTAP_E_SERVER"},
        Refusal{"HtmlError", R"({"kind":"html_error","times":0})", 1, "(XTAP_E_SERVER"},
        Refusal{"Redirect", R"({"kind":"redirect","location":"http://127.0.0.1:1/","times":0})", 1, "302"},
        Refusal{"GarbageInPlaceOfHttp", R"({"kind":"garbage_response","times":0})", 1, "XTAP_E_PROTOCOL"},
        Refusal{"GzipThatIsBroken", R"({"kind":"gzip_corrupt","after_bytes":0,"times":0})", 1,
                "XTAP_E_PROTOCOL"},
        Refusal{"ConnectionRefused", R"({"kind":"refuse","times":0})", 1, "XTAP_E_"}),
    [](const auto &tested) { return tested.param.name; });

TEST(CliServer, ThatIsNotThereIsANetworkError) {
    // Bound, so that nobody else gets the port; not listening, so that it refuses.
    const int bound = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::bind(bound, reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
    socklen_t size = sizeof address;
    ASSERT_EQ(::getsockname(bound, reinterpret_cast<sockaddr *>(&address), &size), 0);
    const std::string url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    const Ended ended =
        run(xtap({"stream", kOperation, "partition=1", "--base-url", url, "--option", "max_reconnects=0"}));
    expect_one_error(ended, 1, "XTAP_E_NETWORK");
    ::close(bound);
}

TEST(CliServer, WhoseCertificateIsNotKnownIsATlsErrorThatSaysHowToNameIt) {
    Simulator simulator({"--tls"});
    const Ended ended =
        run(xtap_stream(simulator, kOperation, {"partition=1", "--option", "max_reconnects=0"}));
    expect_one_error(ended, 1, "XTAP_E_TLS");
    EXPECT_NE(ended.err.find("ca_file"), std::string::npos) << ended.err;
}

TEST(CliServer, ThatSendsAGzipBombIsReportedAndNeitherHangsNorFillsTheMemory) {
    Simulator simulator;
    simulator.fault(Json::parse(R"([{"kind":"gzip_bomb","times":0}])"));
    const Ended ended =
        run(xtap_stream(simulator, kOperation, {"partition=1", "--option", "max_reconnects=0"}));
    EXPECT_EQ(ended.exit_status, 1) << ended.err;
    EXPECT_EQ(errors_in(ended.err), 1u) << ended.err;
}

TEST(CliServer, ThatMixesGarbageIntoTheStreamHasItPassedOnLikeAnyOtherLine) {
    Simulator simulator({"--rate", "0", "--count", "4"});
    simulator.fault(Json::parse(R"([{"kind":"garbage_line","after_events":2,"line":"{\"data\":{\"id\":"}])"));
    const Ended ended = run(xtap_stream(simulator, kOperation, {"partition=1", "--max-events", "5"}));
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_NE(ended.out.find("\n{\"data\":{\"id\":\n"), std::string::npos) << ended.out;
}

TEST(CliTable, IsListedAndDescribedWithoutATokenOrAServer) {
    Call list = xtap({"operations"});
    list.environment.clear();
    const Ended listed = run(list);
    EXPECT_EQ(listed.exit_status, 0);
    EXPECT_NE(listed.out.find(std::string(kOperation) + " "), std::string::npos);
    const Ended described = run(xtap({"describe", kOperation}));
    EXPECT_EQ(described.exit_status, 0);
    EXPECT_NE(described.out.find("xtap stream streamPostsFirehoseJa partition=1\n"), std::string::npos);
    EXPECT_EQ(described.err, "");
}

TEST(CliVersion, NamesTheLibraryAndItsAbi) {
    const Ended ended = run(xtap({"--version"}));
    EXPECT_EQ(ended.exit_status, 0);
    EXPECT_EQ(ended.out.rfind("xtap ", 0), 0u);
    EXPECT_NE(ended.out.find(" (ABI "), std::string::npos);
}

} // namespace
} // namespace xtap::e2e
