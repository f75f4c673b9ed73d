// How often a checkpoint is saved, who may have its file, and what a process that was killed leaves there.
#include "cli/stream/checkpoint_file.hpp"

#include "cli/base/complaint.hpp"
#include "cli/base/file_replacement.hpp"
#include "cli/base/input.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace xtap::cli {
namespace {

using std::chrono::milliseconds;

class CheckpointFileTest : public testing::Test {
protected:
    CheckpointFileTest() {
        char folder[] = "/tmp/xtap-checkpoint-XXXXXX";
        EXPECT_NE(::mkdtemp(folder), nullptr);
        folder_ = folder;
    }
    ~CheckpointFileTest() override { std::filesystem::remove_all(folder_); }
    std::string in_folder(const std::string &name) const { return folder_ + "/" + name; }

    std::string folder_;
};

Complaint complaint_about(const std::string &path) {
    try {
        const CheckpointFile file(path);
    } catch (const Complaint &complaint) {
        return complaint;
    }
    return {ExitCode::success, "nothing was refused"};
}

TEST(SavingPace, IsOnceASecondWhenSavingTakesNoTime) {
    SavingPace pace;
    const SavingPace::TimePoint begun{};
    EXPECT_TRUE(pace.is_due(begun));
    pace.saved(begun, begun + milliseconds(20));
    EXPECT_FALSE(pace.is_due(begun + milliseconds(999)));
    EXPECT_TRUE(pace.is_due(begun + milliseconds(1000)));
}

TEST(SavingPace, LeavesNineTenthsOfTheTimeToTheStream) {
    SavingPace pace;
    const SavingPace::TimePoint begun{};
    pace.saved(begun, begun + milliseconds(500));
    EXPECT_FALSE(pace.is_due(begun + milliseconds(4999)));
    EXPECT_TRUE(pace.is_due(begun + milliseconds(5000)));
}

TEST_F(CheckpointFileTest, HasOneProcessAtATimeAlsoByAnotherName) {
    const std::string path = in_folder("a");
    replace_file(path, "x");
    ASSERT_EQ(::symlink(path.c_str(), in_folder("link").c_str()), 0);
    {
        const CheckpointFile first(path);
        for (const std::string &name : {path, in_folder("link")}) {
            const Complaint complaint = complaint_about(name);
            EXPECT_EQ(complaint.exit_code, ExitCode::failure);
            EXPECT_EQ(complaint.message, "another process uses '" + path + "'");
        }
    }
    EXPECT_EQ(complaint_about(path).exit_code, ExitCode::success) << "the lock ended with its holder";
}

TEST_F(CheckpointFileTest, IsRefusedWhenItIsNoOrdinaryFile) {
    EXPECT_EQ(complaint_about(folder_).exit_code, ExitCode::usage);
    EXPECT_EQ(complaint_about("/dev/null").exit_code, ExitCode::usage);
    ASSERT_EQ(::mkfifo(in_folder("pipe").c_str(), 0600), 0);
    EXPECT_EQ(complaint_about(in_folder("pipe")).message, "'" + in_folder("pipe") + "' is no ordinary file");
}

TEST_F(CheckpointFileTest, IsRefusedInAFolderThatIsNotThere) {
    EXPECT_EQ(complaint_about(in_folder("no/such")).exit_code, ExitCode::failure);
}

TEST_F(CheckpointFileTest, IsReplacedWithModeForItsOwnerAloneAndNothingPilesUpBesideIt) {
    const std::string path = in_folder("a");
    replace_file(path, "old", 0644);
    replace_file(path + ".new", "what a process that was killed left");
    replace_file(path, "new", 0600, Writers::one);
    EXPECT_EQ(read_file(path), "new");
    struct stat facts = {};
    ASSERT_EQ(::stat(path.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777, 0600u);
    EXPECT_FALSE(std::filesystem::exists(path + ".new"));
}

TEST_F(CheckpointFileTest, IsNeverWrittenThroughALinkOfSomebodyElse) {
    const std::string path = in_folder("a");
    replace_file(in_folder("precious"), "kept");
    ASSERT_EQ(::symlink(in_folder("precious").c_str(), (path + ".new").c_str()), 0);
    replace_file(path, "new", 0600, Writers::one);
    EXPECT_EQ(read_file(in_folder("precious")), "kept");
    EXPECT_EQ(read_file(path), "new");
}

TEST_F(CheckpointFileTest, GoesWithOutputThatBeginsOnALineOfItsOwn) {
    const std::string path = in_folder("out");
    for (const char *left : {"", "whole\n", "whole\ntorn"}) {
        replace_file(path, left);
        const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
        Output output(fd);
        EXPECT_EQ(output.end_torn_line(), Written::whole);
        EXPECT_TRUE(output.settle());
        ::close(fd);
        const std::string text = read_file(path);
        EXPECT_EQ(text, std::string(left) + (std::string(left).ends_with("torn") ? "\n" : ""));
    }
}

} // namespace
} // namespace xtap::cli
