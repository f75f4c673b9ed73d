// The serving process. Raw sockets: it must cost less than what it measures.
#include "load_source.hpp"

#include "child.hpp"
#include "peer.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <csignal>
#include <ctime>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>
#include <zlib.h>

namespace xtap::bench {
namespace {

constexpr int kWaitMs = 30'000;

int listen_on_loopback(std::uint16_t &port) {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (listener < 0 || bind(listener, reinterpret_cast<sockaddr *>(&address), size) != 0 ||
        listen(listener, 64) != 0 ||
        getsockname(listener, reinterpret_cast<sockaddr *>(&address), &size) != 0)
        throw std::runtime_error("no port on loopback for the load source");
    port = ntohs(address.sin_port);
    return listener;
}

bool readable(int file, int wait_ms) {
    pollfd wanted{file, POLLIN, 0};
    return poll(&wanted, 1, wait_ms) == 1;
}

bool read_request(Peer &peer) {
    std::string head;
    std::array<char, 4096> part{};
    while (head.find("\r\n\r\n") == std::string::npos && head.size() < 65536) {
        const long got = peer.read(part.data(), part.size());
        if (got <= 0) return false;
        head.append(part.data(), static_cast<std::size_t>(got));
    }
    return true;
}

bool write_chunk(Peer &peer, std::string_view bytes) {
    std::array<char, 32> head{};
    std::snprintf(head.data(), head.size(), "%zx\r\n", bytes.size());
    std::string chunk = head.data();
    chunk.append(bytes).append("\r\n");
    return peer.write(chunk);
}

using Peers = std::vector<std::unique_ptr<Peer>>;

// The ids of a slice are set just before it is sent. What the sockets hold is many slices, so that all
// connections have something to read while one of them has its turn.
bool send_laps(const Peers &peers, const Serving &serving, const Load::Wire &wire) {
    for (std::uint64_t lap = 0; lap < serving.laps; ++lap) {
        std::size_t next = 0;
        for (std::size_t at = 0; at < wire.lap.size(); at += serving.slice_bytes) {
            const std::size_t size = std::min(serving.slice_bytes, wire.lap.size() - at);
            set_lap(wire, lap, at + size, next);
            for (const auto &peer : peers)
                if (!peer->write({wire.lap.data() + at, size})) return false;
        }
    }
    return true;
}

std::uint64_t monotonic_ns() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
}

void wait_until(std::uint64_t due_ns) {
    const timespec due{static_cast<time_t>(due_ns / 1'000'000'000),
                       static_cast<long>(due_ns % 1'000'000'000)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, nullptr);
}

// One write an event. Late ones follow at once: the pace is kept on average, as a burst after a pause.
bool send_paced(Peer &peer, const Serving &serving, const Load::Wire &wire) {
    prctl(PR_SET_TIMERSLACK, 1000);
    const double step_ns = 1e9 / serving.events_per_second;
    const std::uint64_t start = monotonic_ns();
    std::uint64_t sent = 0;
    for (std::uint64_t lap = 0; lap < serving.laps; ++lap) {
        std::size_t next = 0;
        for (const StampedEvent &event : wire.events) {
            const std::uint64_t due =
                start + static_cast<std::uint64_t>(static_cast<double>(sent++) * step_ns);
            if (monotonic_ns() < due) wait_until(due);
            set_lap(wire, lap, event.offset + event.size, next);
            write_stamp(wire.lap.data() + event.stamp, monotonic_ns());
            if (!peer.write({wire.lap.data() + event.offset, event.size})) return false;
        }
    }
    return true;
}

// What a gzip stream ends with: an empty last block, the checksum and the size of all laps.
std::string gzip_end(const Load &load, std::uint64_t laps) {
    uLong crc = 0;
    for (std::uint64_t lap = 0; lap < laps; ++lap)
        crc = crc32_combine(crc, load.lap_crc(), static_cast<z_off_t>(load.lap_bytes()));
    std::string end("\x03\x00", 2);
    const std::uint64_t size = laps * load.lap_bytes();
    for (unsigned shift = 0; shift < 32; shift += 8)
        end += static_cast<char>((crc >> shift) & 0xff);
    for (unsigned shift = 0; shift < 32; shift += 8)
        end += static_cast<char>((size >> shift) & 0xff);
    return end;
}

bool begin(Peer &peer, bool gzip) {
    std::string head = "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
                       "Transfer-Encoding: chunked\r\nConnection: close\r\n";
    if (gzip) head += "Content-Encoding: gzip\r\n";
    if (!peer.write(head + "\r\n")) return false;
    return !gzip || write_chunk(peer, std::string_view("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10));
}

bool end(Peer &peer, const Serving &serving) {
    if (serving.load->gzip() && !write_chunk(peer, gzip_end(*serving.load, serving.laps))) return false;
    return peer.write("0\r\n\r\n");
}

bool serve(const Peers &peers, const Serving &serving, const Load::Wire &wire) {
    const auto each = [&](const auto &act) {
        return std::all_of(peers.begin(), peers.end(), [&](const auto &peer) { return act(*peer); });
    };
    if (!each([&](Peer &peer) { return begin(peer, serving.load->gzip()); })) return false;
    const bool paced = serving.events_per_second > 0;
    if (!(paced ? send_paced(*peers.front(), serving, wire) : send_laps(peers, serving, wire))) return false;
    return each([&](Peer &peer) { return end(peer, serving); });
}

// Null when nobody came, or left before asking.
std::unique_ptr<Peer> accept_peer(int listener, const Serving &serving, int &socket) {
    if (!readable(listener, kWaitMs)) return nullptr;
    socket = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return nullptr;
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    auto peer = std::make_unique<Peer>(socket, serving.certificate);
    return read_request(*peer) ? std::move(peer) : nullptr;
}

void serve_all(int listener, const Serving &serving) {
    std::signal(SIGPIPE, SIG_IGN);
    const Load::Wire wire = serving.load->map();
    Peers peers;
    std::vector<int> sockets(serving.connections);
    for (int &socket : sockets)
        if (auto peer = accept_peer(listener, serving, socket))
            peers.push_back(std::move(peer));
        else
            return;
    close(listener);
    if (!serve(peers, serving, wire)) return;
    for (std::size_t i = 0; i < peers.size(); ++i) {
        peers[i]->finish();
        std::array<char, 512> rest{};
        while (readable(sockets[i], kWaitMs) && peers[i]->read(rest.data(), rest.size()) > 0) {
        }
    }
}

} // namespace

LoadSource::LoadSource(const Serving &serving) {
    const int listener = listen_on_loopback(port_);
    process_ = start_child([&] { serve_all(listener, serving); });
    close(listener);
}

LoadSource::~LoadSource() { end_child(process_); }

} // namespace xtap::bench
