// The server's end of a connection, plain or TLS. Knows bytes, not HTTP.
#pragma once

#include <cstddef>
#include <openssl/ssl.h>
#include <string>
#include <string_view>

namespace xtap::bench {

class Peer {
public:
    // `certificate`: a file with key and certificate, empty for plain.
    Peer(int socket, const std::string &certificate);
    ~Peer();
    Peer(const Peer &) = delete;
    Peer &operator=(const Peer &) = delete;

    bool write(std::string_view bytes); // all of them, or the peer is gone
    long read(char *buffer, std::size_t size);
    void finish(); // a clean end: nothing more comes

private:
    int socket_;
    SSL_CTX *context_ = nullptr;
    SSL *tls_ = nullptr;
};

} // namespace xtap::bench
