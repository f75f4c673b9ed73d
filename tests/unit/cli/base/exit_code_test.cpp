// The exit statuses that supervisors rely on.
#include "cli/base/complaint.hpp"
#include "cli/base/exit_code.hpp"

#include <cstring>
#include <gtest/gtest.h>

namespace xtap::cli {
namespace {

TEST(ExitCode, IsZeroForTheEndThatWasAskedFor) {
    EXPECT_EQ(exit_code_of(XTAP_OK), ExitCode::success);
    EXPECT_EQ(exit_code_of(XTAP_END), ExitCode::success);
}

TEST(ExitCode, IsTwoForWhatTheSameCallWouldMeetAgain) {
    for (const xtap_status status :
         {XTAP_E_ARGUMENT, XTAP_E_UNSUPPORTED, XTAP_E_UNKNOWN_NAME, XTAP_E_VALUE, XTAP_E_MISSING}) {
        EXPECT_EQ(exit_code_of(status), ExitCode::usage) << status;
    }
}

TEST(ExitCode, IsThreeForCredentialsAndPermissionSoThatASupervisorDoesNotStartAgain) {
    for (const xtap_status status : {XTAP_E_NO_CREDENTIAL, XTAP_E_UNAUTHORIZED, XTAP_E_FORBIDDEN}) {
        EXPECT_EQ(exit_code_of(status), ExitCode::permission) << status;
    }
}

TEST(ExitCode, IsOneForEveryOtherFailure) {
    for (const xtap_status status :
         {XTAP_E_NETWORK, XTAP_E_TLS, XTAP_E_STALLED, XTAP_E_PROTOCOL, XTAP_E_TOO_LARGE, XTAP_E_HTTP,
          XTAP_E_NOT_FOUND, XTAP_E_CONFLICT, XTAP_E_RATE_LIMITED, XTAP_E_CONNECTION_LIMIT, XTAP_E_SERVER,
          XTAP_E_NO_MEMORY, XTAP_E_INTERNAL}) {
        EXPECT_EQ(exit_code_of(status), ExitCode::failure) << status;
    }
}

TEST(ExitCode, IsOneForAStatusThatALaterLibraryMayAdd) { EXPECT_EQ(exit_code_of(777), ExitCode::failure); }

LibraryError error_with(const char *message) {
    LibraryError error;
    std::strncpy(error.message, message, sizeof error.message - 1);
    return error;
}

TEST(Complaint, NamesTheStatusTheHttpStatusAndTheRequest) {
    LibraryError error = error_with("the server refused");
    error.http_status = 403;
    std::strcpy(error.request_id, "r-1");
    const Complaint complaint = complaint_of(XTAP_E_FORBIDDEN, error);
    EXPECT_EQ(complaint.message, "the server refused (XTAP_E_FORBIDDEN, HTTP 403, request r-1)");
    EXPECT_EQ(complaint.exit_code, ExitCode::permission);
}

TEST(Complaint, DoesNotRepeatAnHttpStatusThatTheMessageBeginsWith) {
    LibraryError error = error_with("HTTP 503: come back later");
    error.http_status = 503;
    EXPECT_EQ(complaint_of(XTAP_E_SERVER, error).message, "HTTP 503: come back later (XTAP_E_SERVER)");
}

TEST(Complaint, SaysHowToGetACredentialWhenThereIsNone) {
    const Complaint complaint = complaint_of(XTAP_E_NO_CREDENTIAL, error_with("no credential"));
    EXPECT_NE(complaint.hint.find("xtap auth login"), std::string::npos);
}

TEST(Complaint, IsThrownForErrorsAndNotForAnswers) {
    const LibraryError error;
    EXPECT_NO_THROW(check(XTAP_OK, error));
    EXPECT_NO_THROW(check(XTAP_TIMEOUT, error));
    EXPECT_NO_THROW(check(XTAP_INTERRUPTED, error));
    EXPECT_THROW(check(XTAP_E_NETWORK, error), Complaint);
}

TEST(Complaint, IsShownAsOneErrorLineWhateverTheServerWrote) {
    const Complaint complaint(ExitCode::failure, "bad\nxtap: error: forged\x1b[2J", "see here");
    EXPECT_EQ(shown(complaint), "xtap: error: bad xtap: error: forged?[2J\n  see here\n");
}

} // namespace
} // namespace xtap::cli
