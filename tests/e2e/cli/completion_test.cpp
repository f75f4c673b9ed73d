// The completion scripts in the shells themselves, as far as these are here.
#include "cli/calls.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace xtap::e2e {
namespace {

// What bash would put behind the cursor for this line: its own words, as a shell with a terminal sets them.
std::string offered_by_bash(const std::string &line) {
    const std::string script = R"(
        PATH="$(dirname "$XTAP"):$PATH"
        source <(xtap completion bash)
        COMP_LINE=$1; COMP_POINT=${#COMP_LINE}
        _xtap xtap
        printf '%s\n' "${COMPREPLY[@]}")";
    const Ended ended = run({{"/bin/bash", "-c", script, "bash", line}, {{"XTAP", XTAP_PROGRAM_PATH}}});
    EXPECT_EQ(ended.exit_status, 0) << ended.err;
    EXPECT_EQ(ended.err, "");
    return ended.out;
}

class InBash : public testing::Test {
protected:
    void SetUp() override {
        if (::access("/bin/bash", X_OK) != 0) GTEST_SKIP() << "there is no bash here";
    }
};

TEST_F(InBash, CompletesCommandsOperationsAndOptions) {
    EXPECT_EQ(offered_by_bash("xtap op"), "operations\n");
    EXPECT_EQ(offered_by_bash("xtap stream streamPostsFirehoseJ"), "streamPostsFirehoseJa\n");
    EXPECT_EQ(offered_by_bash("xtap call --all"), "--all-pages\n");
    EXPECT_EQ(offered_by_bash("xtap auth "), "app\nlogin\nrefresh\nshow\nlogout\n");
}

TEST_F(InBash, CompletesParametersAndPutsValuesBehindTheEqualsSign) {
    EXPECT_EQ(offered_by_bash("xtap stream streamPostsFirehoseJa part"), "partition=\n");
    EXPECT_EQ(offered_by_bash("xtap call getConnectionHistory status=in"), "inactive\n");
    EXPECT_EQ(offered_by_bash("xtap call getConnectionHistory connection.fields=id,cl"), "id,client_ip\n");
}

TEST_F(InBash, CompletesBehindWhatStandsBeforeTheCommand) {
    EXPECT_EQ(offered_by_bash("XTAP_BASE_URL=x xtap conn"), "connections\n");
}

TEST_F(InBash, OffersNothingForWhatItDoesNotKnow) {
    EXPECT_EQ(offered_by_bash("xtap nonsense "), "\n");
    EXPECT_EQ(offered_by_bash("xtap call --output fi"), "\n") << "files are bash's own business";
}

void expect_syntax(const char *shell, const std::vector<std::string> &candidates) {
    for (const std::string &path : candidates) {
        if (::access(path.c_str(), X_OK) != 0) continue;
        const Ended ended = run({{path, "-n", "-c", run(xtap({"completion", shell})).out}});
        EXPECT_EQ(ended.exit_status, 0) << ended.err;
        return;
    }
    GTEST_SKIP() << "there is no " << shell << " here";
}

TEST(InZsh, TheScriptIsWellFormed) { expect_syntax("zsh", {"/bin/zsh", "/usr/bin/zsh"}); }
TEST(InFish, TheScriptIsWellFormed) { expect_syntax("fish", {"/bin/fish", "/usr/bin/fish"}); }

} // namespace
} // namespace xtap::e2e
