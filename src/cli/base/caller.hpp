// One command's way to the API: a client, its requests sent one after the other, and an end from outside that
// is heard while one is under way. Knows nothing about what is asked.
#pragma once

#include "cli/base/complaint.hpp"
#include "cli/base/console.hpp"
#include "cli/base/ending.hpp"
#include "cli/base/handles.hpp"
#include "cli/base/named_values.hpp"
#include "cli/base/output.hpp"
#include "cli/base/signals.hpp"
#include "cli/base/stored_login.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace xtap::cli {

// Thrown when the reader of stdout left: an end that needs no word.
struct ReaderLeft {};

struct Sent {
    xtap_status status = XTAP_OK;
    LibraryError error;
    ResponseHandle response; // also beside a refusal; none when there was no answer

    bool ok() const noexcept { return status == XTAP_OK; }
    std::string_view body() const noexcept;
};

struct CallerWishes {
    bool reader_may_leave = false;             // what is left undone when nobody reads any more does no harm
    bool stored_credentials = true;            // what was stored by `xtap auth` is used
    bool wait_on_rate_limit = false;           // unless it was set by hand
    const UserCredential *client_of = nullptr; // speak as the client of these tokens, not with them
};

class Caller {
public:
    Caller(const ClientArguments &arguments, Output &output, CallerWishes wishes = {});
    ~Caller();

    // Throws a Complaint for a name that is unknown.
    RequestHandle request(const std::string &operation);
    // Throws a Complaint for a parameter or value that is refused.
    void set(xtap_request *request, const std::string &operation, const NamedValue &parameter);
    // Throws at an end from outside; every other failure is in what it returns.
    Sent try_send(xtap_request *request);
    // Throws a Complaint for every failure.
    Sent send(xtap_request *request, const std::string &operation);

    const xtap_config *config() const noexcept { return config_.get(); }
    xtap_client *client() const noexcept { return client_.get(); }
    Console &console() noexcept { return console_; }
    // Readable from the moment on when the command is to end.
    int ended_fd() const noexcept { return ended_fd_; }
    // Throws when the command is to end.
    void check_ending() const;

private:
    void cancel() noexcept;

    EndSignals signals_; // first: threads inherit the mask, and a signal during the set-up waits
    Console console_;
    ConfigHandle config_;
    std::optional<StoredLogin> login_;
    ClientHandle client_;
    int ended_fd_;
    std::mutex mutex_;
    xtap_request *under_way_ = nullptr;
    bool cancelled_ = false;
    std::unique_ptr<EndingWatch> watch_;
};

} // namespace xtap::cli
