// A client that sees the bytes as they are: one TCP connection, no HTTP library between. For tests of the
// relay.
#pragma once

#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

namespace xtap::sim {

inline constexpr const char *kJa = "/2/tweets/firehose/stream/lang/ja?partition=1";

class RawClient {
public:
    explicit RawClient(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::connect(fd_, reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0;
    }
    ~RawClient() { ::close(fd_); }
    RawClient(const RawClient &) = delete;
    RawClient &operator=(const RawClient &) = delete;

    bool connected() const { return connected_; }
    void get(const std::string &target, const std::string &more = "") {
        send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer secret\r\n" + more +
             "\r\n");
    }
    void send(const std::string &bytes) { ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

    // Reads until the received text holds `mark`; false when the connection ends first.
    bool read_until(const std::string &mark) {
        while (received_.find(mark) == std::string::npos)
            if (!read_some()) return false;
        return true;
    }
    const std::string &read_to_end() {
        while (read_some()) {
        }
        return received_;
    }
    const std::string &received() const { return received_; }
    bool was_reset() const { return error_ == ECONNRESET; }

    // Head and body of what was received so far.
    std::string head() const { return received_.substr(0, received_.find("\r\n\r\n")); }
    std::string wire_body() const { return received_.substr(received_.find("\r\n\r\n") + 4); }

private:
    bool read_some() {
        char room[64 * 1024];
        const ssize_t got = ::recv(fd_, room, sizeof room, 0);
        if (got < 0) error_ = errno;
        if (got <= 0) return false;
        received_.append(room, static_cast<std::size_t>(got));
        return true;
    }

    int fd_;
    bool connected_;
    int error_ = 0;
    std::string received_;
};

// The payload of a chunked body as far as it is whole; `ended` tells whether the last chunk was seen.
inline std::string dechunked(std::string_view wire, bool *ended = nullptr) {
    std::string text;
    if (ended) *ended = false;
    while (!wire.empty()) {
        const std::size_t line = wire.find("\r\n");
        if (line == std::string_view::npos) break;
        std::size_t size = 0;
        for (const char c : wire.substr(0, line)) {
            const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
            if (digit < 0) return text;
            size = size * 16 + static_cast<std::size_t>(digit);
        }
        if (size == 0) {
            if (ended) *ended = wire == "0\r\n\r\n";
            break;
        }
        text.append(wire.substr(line + 2, size));
        if (wire.size() < line + 4 + size) break;
        wire.remove_prefix(line + 4 + size);
    }
    return text;
}

} // namespace xtap::sim
