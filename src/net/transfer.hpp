// One HTTP/1.1 connection to a streaming endpoint: libcurl's easy handle, set up so that a leg is a
// connection. Knows nothing of events; hands over the answer's head and its bytes.
#pragma once

#include "net/settings.hpp"

#include <array>
#include <cstdint>
#include <curl/curl.h>
#include <string>
#include <string_view>

namespace xtap::net {

// What an answer's headers say, as far as a stream cares. Numbers are -1 when absent.
struct ResponseHead {
    std::int32_t status = 0;
    std::string content_type, content_encoding, location, request_id;
    std::int64_t rate_limit = -1, rate_remaining = -1, rate_reset_s = -1, retry_after_s = -1;
};

class TransferListener {
public:
    virtual void on_head(const ResponseHead &head) = 0;
    // False: no room now; the same bytes come again after resume().
    virtual bool on_body(std::string_view bytes) = 0;
    // Nothing more comes. `what` is libcurl's own text, empty when all went well.
    virtual void on_done(CURLcode result, std::string_view what) = 0;

protected:
    ~TransferListener() = default;
};

class Transfer {
public:
    // curl's read buffer: large enough that system calls do not show, small enough for a core's L2.
    static constexpr long kBufferBytes = 128 * 1024;

    Transfer(const EdgeSettings &edge, const StreamSettings &stream, const std::string &url,
             std::string_view token, TransferListener &listener);
    ~Transfer(); // REQUIRES: not in a pump
    Transfer(const Transfer &) = delete;
    Transfer &operator=(const Transfer &) = delete;

    void resume(); // after on_body answered false
    // In a forked child: closes this process's copies of the sockets and leaves the rest alone.
    void abandon() noexcept;

    CURL *handle() const noexcept { return easy_; }
    void done(CURLcode result); // the pump's word that it is over
    bool reached_server() const noexcept { return reached_server_; }

private:
    static std::size_t body_callback(char *data, std::size_t size, std::size_t count, void *self);
    static std::size_t header_callback(char *data, std::size_t size, std::size_t count, void *self);
    static curl_socket_t open_socket(void *self, curlsocktype purpose, curl_sockaddr *address);
    static int close_socket(void *self, curl_socket_t socket);

    void set_up(const EdgeSettings &edge, const StreamSettings &stream, const std::string &url);
    void set_up_tls(const EdgeSettings &edge);
    void set_up_proxy(const EdgeSettings &edge);
    void add_header(std::string_view line);
    void free_headers() noexcept;
    void header(std::string_view line);
    void tell_head();
    std::string what_happened(CURLcode result) const;

    CURL *easy_ = nullptr;
    curl_slist *headers_ = nullptr;
    TransferListener &listener_;
    ResponseHead head_;
    std::array<curl_socket_t, 8> sockets_; // happy eyeballs opens a few
    bool head_told_ = false, reached_server_ = false;
    char error_[CURL_ERROR_SIZE] = {};
};

} // namespace xtap::net
