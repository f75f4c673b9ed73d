// A tiny server for one redirect: it listens on this machine alone, answers what is not the redirect with an
// error, and hands over the redirect unanswered. Knows nothing about OAuth.
#pragma once

#include "cli/auth/redirect.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xtap::cli {

class Loopback {
public:
    // Listens. Throws a Complaint when the port is taken. Port 0 becomes the one that was free.
    explicit Loopback(RedirectAddress address);
    ~Loopback();
    Loopback(const Loopback &) = delete;
    Loopback &operator=(const Loopback &) = delete;

    const RedirectAddress &address() const noexcept { return address_; }

    // Waits for a redirect that `is_ours`; one that is not is answered with an error, and waiting goes on.
    // Nothing when the time is over or `ended_fd` became readable.
    std::optional<RedirectQuery> wait(std::chrono::milliseconds timeout, int ended_fd,
                                      const std::function<bool(const RedirectQuery &)> &is_ours);
    // Shows the browser that waits a page with this sentence.
    void answer(bool well, std::string_view sentence);

private:
    struct Visitor {
        int fd = -1;
        std::string request;
    };

    void admit();
    // The redirect, when this was the last piece of it.
    std::optional<RedirectQuery> hear(Visitor &visitor,
                                      const std::function<bool(const RedirectQuery &)> &is_ours);
    void dismiss(Visitor &visitor, std::string_view status, std::string_view sentence);

    RedirectAddress address_;
    int listener_ = -1;
    int waiting_ = -1; // the browser whose redirect was handed over
    std::vector<Visitor> visitors_;
};

} // namespace xtap::cli
