// A network between clients and a server on loopback that stops to respond when a test says so: its
// connections are cut, and until it goes on new ones hang. Knows nothing of what the bytes mean.
#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace xtap::test {

class Network {
public:
    explicit Network(int server_port);
    ~Network();
    Network(const Network &) = delete;
    Network &operator=(const Network &) = delete;

    std::string url() const; // of the server, through the network
    void stop();
    void go_on();

private:
    struct Pair {
        int client, server;
    };
    void serve();
    void accept();
    bool pass(int from, int to);
    void cut(const Pair &pair);

    const int server_port_;
    int listening_ = -1, port_ = 0, told_ = -1;
    std::atomic<bool> over_{false};
    std::thread thread_;
    std::vector<Pair> pairs_;   // the thread's
    std::vector<int> fillings_; // of the backlog, while it does not respond
};

} // namespace xtap::test
