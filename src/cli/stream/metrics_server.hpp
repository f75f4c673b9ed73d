// Serves the figures to this machine, from a thread of its own: whoever asks, and however, the stream does
// not wait for it. Bounded in visitors, bytes, time and answers a second. Knows nothing about the figures.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <poll.h>
#include <string>
#include <thread>
#include <vector>

namespace xtap::cli {

class MetricsServer {
public:
    // Listens at 127.0.0.1; port 0 becomes one that is free. `page` is called from the server's thread.
    // Throws a Complaint when the port is taken.
    MetricsServer(std::uint16_t port, std::function<std::string()> page);
    ~MetricsServer(); // does not wait for any visitor
    MetricsServer(const MetricsServer &) = delete;
    MetricsServer &operator=(const MetricsServer &) = delete;

    std::uint16_t port() const noexcept { return port_; }

private:
    using Clock = std::chrono::steady_clock;
    struct Visitor {
        int fd;
        Clock::time_point until;
        std::string request;
        std::string answer; // what is left of it
    };

    void serve() noexcept;
    bool wait(std::vector<pollfd> &watched) const;
    void admit();
    void attend(Visitor &visitor);
    void hear(Visitor &visitor);
    static void tell(Visitor &visitor);
    static void dismiss(Visitor &visitor) noexcept;
    bool may_admit(Clock::time_point now) noexcept;

    std::function<std::string()> page_;
    int listener_;
    std::uint16_t port_;
    int stop_fd_;
    std::vector<Visitor> visitors_;
    Clock::time_point second_began_;
    int admitted_ = 0; // in that second
    std::thread thread_;
};

} // namespace xtap::cli
