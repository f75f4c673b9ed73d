// TLS for the relay: a certificate made at start and the server side of the handshake. Knows no HTTP.
#pragma once

#include "transport.hpp"

#include <memory>
#include <string>

using SSL_CTX = struct ssl_ctx_st;

namespace xtap::sim {

class TlsServer {
public:
    // Writes the certificate (PEM, fit as a CA file for its own server) to `path`, or to a temporary file
    // that is removed at the end when `path` is empty.
    explicit TlsServer(const std::string &path);
    ~TlsServer();
    TlsServer(const TlsServer &) = delete;
    TlsServer &operator=(const TlsServer &) = delete;

    const std::string &certificate_path() const { return path_; }
    std::unique_ptr<Transport> wrap(int fd) const;

private:
    SSL_CTX *context_;
    std::string path_;
    bool temporary_;
};

} // namespace xtap::sim
