// A connected socket, plain or with TLS, never blocking by itself. Knows nothing of HTTP.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace xtap::sim {

enum class Io { done, want_read, want_write, closed };
struct IoResult {
    Io io;
    std::size_t bytes = 0;
};

class Transport {
public:
    explicit Transport(int fd) : fd_(fd) {}
    virtual ~Transport();
    Transport(const Transport &) = delete;
    Transport &operator=(const Transport &) = delete;

    int fd() const { return fd_; }
    virtual IoResult handshake() { return {Io::done}; }
    virtual IoResult read(char *data, std::size_t size);
    virtual IoResult write(const char *data, std::size_t size);
    virtual bool pending() const { return false; } // bytes read from the socket and not yet given out

    // The three ways to go. Each leaves the socket closed.
    virtual void close_orderly(); // with close_notify where there is TLS
    void cut();                   // the TCP connection ends, TLS says nothing
    void reset();                 // RST

protected:
    int fd_;
};

// Makes descriptors non-blocking and small writes prompt.
void prepare_socket(int fd);

} // namespace xtap::sim
