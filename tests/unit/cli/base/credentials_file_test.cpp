// The credentials file: its form, who may read it, and that it is replaced whole.
#include "cli/base/complaint.hpp"
#include "cli/base/credentials_file.hpp"
#include "cli/base/file_replacement.hpp"
#include "cli/base/input.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <temporary_folder.hpp>
#include <unistd.h>

namespace xtap::cli {
namespace {

using test::TemporaryFolder;

constexpr char kServer[] = "https://api.x.com";

Credentials some() {
    Credentials credentials;
    credentials[kServer].app = {"APP", 5};
    credentials[kServer].user = {"client", "", "ACCESS", "REFRESH", 77, "tweet.read users.read", 6};
    return credentials;
}

mode_t mode_of(const std::string &path) {
    struct stat facts = {};
    return ::stat(path.c_str(), &facts) == 0 ? facts.st_mode & 0777 : 0;
}

void expect_same(const Credentials &a, const Credentials &b) {
    ASSERT_EQ(a.size(), b.size());
    for (const auto &[server, stored] : a) {
        ASSERT_TRUE(b.contains(server));
        EXPECT_EQ(stored.app, b.at(server).app);
        EXPECT_EQ(stored.user, b.at(server).user);
    }
}

TEST(CredentialsFile, ReadsBackWhatWasWritten) {
    expect_same(parse_credentials(credentials_text(some()), "x"), some());
    EXPECT_TRUE(parse_credentials(credentials_text({}), "x").empty());
}

TEST(CredentialsFile, LeavesOutServersThatHaveNothing) {
    Credentials credentials = some();
    credentials["https://other"] = {};
    EXPECT_EQ(parse_credentials(credentials_text(credentials), "x").size(), 1u);
}

TEST(CredentialsFile, ThatIsNoneIsNamedAndNotShown) {
    for (const char *text :
         {"", "SECRET", "[]", "{}", R"({"servers":[]})", R"({"version":2,"servers":{}})"}) {
        try {
            parse_credentials(text, "/a/path");
            FAIL() << text << " was taken";
        } catch (const Complaint &complaint) {
            EXPECT_EQ(complaint.exit_code, ExitCode::permission);
            EXPECT_NE(complaint.message.find("/a/path"), std::string::npos);
            EXPECT_EQ(complaint.message.find("SECRET"), std::string::npos);
        }
    }
}

TEST(CredentialsFile, IsMadeForItsOwnerAloneInAFolderForItsOwnerAlone) {
    const TemporaryFolder folder;
    const std::string path = folder / "config/xtap/credentials.json";
    change_credentials(path, [](Credentials &stored) { stored = some(); });
    EXPECT_EQ(mode_of(path), 0600u);
    EXPECT_EQ(mode_of(folder / "config/xtap"), 0700u);
    expect_same(load_credentials(path), some());
}

TEST(CredentialsFile, IsEmptyWhenThereIsNone) {
    const TemporaryFolder folder;
    EXPECT_TRUE(load_credentials(folder / "nothing").empty());
    EXPECT_TRUE(load_credentials(folder / "no/folder").empty());
}

TEST(CredentialsFile, ThatOthersCanReadIsRefused) {
    const TemporaryFolder folder;
    const std::string path = folder / "credentials.json";
    replace_file(path, credentials_text(some()), 0640);
    try {
        load_credentials(path);
        FAIL() << "it was read";
    } catch (const Complaint &complaint) {
        EXPECT_EQ(complaint.exit_code, ExitCode::permission);
        EXPECT_NE(complaint.hint.find("chmod 600"), std::string::npos);
    }
}

TEST(CredentialsFile, KeepsWhatAChangeDoesNotTouch) {
    const TemporaryFolder folder;
    const std::string path = folder / "credentials.json";
    change_credentials(path, [](Credentials &stored) { stored = some(); });
    change_credentials(path, [](Credentials &stored) { stored[kServer].app->bearer_token = "NEW"; });
    EXPECT_EQ(load_credentials(path)[kServer].user, some()[kServer].user);
    EXPECT_EQ(load_credentials(path)[kServer].app->bearer_token, "NEW");
}

TEST(CredentialsFile, IsLockedForOneAtATime) {
    const TemporaryFolder folder;
    const std::string path = folder / "credentials.json";
    {
        const CredentialsLock lock(path);
        const int other = ::open((path + ".lock").c_str(), O_RDWR | O_CLOEXEC);
        ASSERT_GE(other, 0);
        EXPECT_NE(::flock(other, LOCK_EX | LOCK_NB), 0);
        ::close(other);
    }
    const int after = ::open((path + ".lock").c_str(), O_RDWR | O_CLOEXEC);
    EXPECT_EQ(::flock(after, LOCK_EX | LOCK_NB), 0);
    ::close(after);
}

TEST(FileReplacement, LeavesTheOldFileUntilItIsCommitted) {
    const TemporaryFolder folder;
    const std::string path = folder / "file";
    replace_file(path, "old");
    {
        const FileReplacement abandoned(path);
        ASSERT_EQ(::write(abandoned.fd(), "new", 3), 3);
    }
    EXPECT_EQ(read_file(path), "old");
    replace_file(path, "new");
    EXPECT_EQ(read_file(path), "new");
}

TEST(FileReplacement, KeepsTheModeOfTheOldFileAndTheLinkToIt) {
    const TemporaryFolder folder;
    replace_file(folder / "file", "old", 0604);
    ASSERT_EQ(::symlink((folder / "file").c_str(), (folder / "link").c_str()), 0);
    replace_file(folder / "link", "new");
    EXPECT_EQ(mode_of(folder / "file"), 0604u);
    EXPECT_EQ(read_file(folder / "file"), "new");
    struct stat facts = {};
    ASSERT_EQ(::lstat((folder / "link").c_str(), &facts), 0);
    EXPECT_TRUE(S_ISLNK(facts.st_mode));
}

TEST(FileReplacement, NamesThePlaceThatCannotBeWritten) {
    const TemporaryFolder folder;
    try {
        const FileReplacement file(folder / "no/folder");
        FAIL() << "it was opened";
    } catch (const Complaint &complaint) {
        EXPECT_NE(complaint.message.find("no/folder"), std::string::npos);
    }
}

TEST(Input, NamesTheFileThatCannotBeRead) {
    EXPECT_THROW(read_file("/nowhere/at/all"), Complaint);
    EXPECT_THROW(read_file("/tmp"), Complaint) << "a folder is no file";
}

} // namespace
} // namespace xtap::cli
