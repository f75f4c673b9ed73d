// A process of its own that serves one load over HTTP/1.1 on loopback, to one connection or to several in
// turn, as fast as the sockets take it or at a pace. Knows nothing of who reads.
#pragma once

#include "load.hpp"

#include <cstdint>
#include <string>
#include <sys/types.h>

namespace xtap::bench {

struct Serving {
    const Load *load = nullptr;
    std::uint64_t laps = 1;
    std::uint32_t connections = 1;        // each gets all of it; only plain loads that are not paced
    std::size_t slice_bytes = 512 * 1024; // sent to a connection before the next one's turn
    double events_per_second = 0; // 0: as fast as the socket takes them; else the load is a stamped one
    std::string certificate;      // file with key and certificate; empty: plain HTTP
};

class LoadSource {
public:
    explicit LoadSource(const Serving &serving);
    ~LoadSource(); // ends the process
    LoadSource(const LoadSource &) = delete;
    LoadSource &operator=(const LoadSource &) = delete;
    std::uint16_t port() const { return port_; }

private:
    pid_t process_ = -1;
    std::uint16_t port_ = 0;
};

// Makes a key and a certificate for 127.0.0.1, in a process of its own, so that the caller's memory stays
// small.
void make_certificate(const std::string &file);

} // namespace xtap::bench
