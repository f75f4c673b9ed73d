// A listening socket on loopback that a test plays by hand: what never answers, what counts, what says bytes
// no simulator would. Knows no HTTP.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <netinet/in.h>
#include <string>
#include <thread>
#include <vector>

namespace xtap::test {

class SmallServer {
public:
    // What is done with each connection, on a thread of its own; the descriptor is closed afterwards.
    // Nothing: accepted, and left alone until the end.
    using Play = std::function<void(int fd)>;
    explicit SmallServer(Play play = {});
    ~SmallServer();
    SmallServer(const SmallServer &) = delete;
    SmallServer &operator=(const SmallServer &) = delete;

    int port() const { return port_; }
    std::string url(const std::string &scheme = "http") const;
    int accepted() const { return accepted_; }
    // Waits until so many connections were accepted; false when that takes too long.
    bool wait_accepted(int count) const;
    // Everything the clients of an idle server said so far (read when asked).
    std::string heard() const;

private:
    void serve();
    int listening_ = -1, stop_ = -1, port_ = 0;
    Play play_;
    std::atomic<int> accepted_{0};
    mutable std::mutex mutex_;
    std::vector<int> fds_;
    mutable std::string heard_;
    std::vector<std::thread> plays_;
    std::thread thread_;
};

// A port on which connections hang: its backlog is full and nobody accepts.
class FullBacklog {
public:
    FullBacklog();
    ~FullBacklog();
    FullBacklog(const FullBacklog &) = delete;
    FullBacklog &operator=(const FullBacklog &) = delete;
    std::string url() const;

private:
    int listening_ = -1, port_ = 0;
    std::vector<int> fds_;
};

// What listens on loopback, and where; negative backlog: bound alone.
int listen_on_loopback(int backlog, int &port);
sockaddr_in loopback_address(int port);
// Connects to a port that listens with a backlog of 0 and accepts nobody, until another one would hang; the
// sockets that it takes.
std::vector<int> fill_backlog(int port);

// A port on loopback where nobody listens.
int closed_port();

// For Play: reads until the end of a request's head; writes everything.
std::string read_head(int fd);
void write_all(int fd, const std::string &bytes);

} // namespace xtap::test
