// One HTTP/1.1 connection to a streaming endpoint: libcurl's easy handle, set up so that a leg is a
// connection. Knows nothing of events; hands over the answer's head and its bytes.
#pragma once

#include "edge/easy.hpp"
#include "edge/head.hpp"
#include "edge/pump.hpp"
#include "edge/settings.hpp"
#include "stream/session/session.hpp"

#include <cstdint>
#include <curl/curl.h>
#include <string>
#include <string_view>

namespace xtap::edge {

class StreamConnectionListener {
public:
    virtual void on_head(const ResponseHead &head) = 0;
    // False: no room now; the same bytes come again after resume().
    virtual bool on_body(std::string_view bytes) = 0;
    // Nothing more comes. `closing`: as the connection alone tells it.
    virtual void on_done(session::Closing closing) = 0;

protected:
    ~StreamConnectionListener() = default;
};

// What is asked for. Everything in it must live until the connection is made.
struct Opening {
    const std::string &url;
    std::string_view authorization; // the header's value, "Bearer ..."
    bool compression = true;
    std::int64_t connect_timeout_ms = 0;
};

class StreamConnection final : public Driven {
public:
    // curl's read buffer: large enough that system calls do not show, small enough for a core's L2.
    static constexpr long kBufferBytes = 128 * 1024;

    StreamConnection(const EdgeSettings &edge, const Opening &opening, StreamConnectionListener &listener);
    ~StreamConnection(); // REQUIRES: not in a pump
    StreamConnection(const StreamConnection &) = delete;
    StreamConnection &operator=(const StreamConnection &) = delete;

    void resume(); // after on_body answered false
    // The server was asked, or is about to be: names are resolved, proxies passed, TLS is agreed on. Until
    // then nothing counts as a connection at the server.
    bool request_sent() const noexcept { return request_sent_; }
    // In a forked child: closes this process's copies of the sockets and leaves the rest alone.
    void abandon() noexcept;

    CURL *handle() const noexcept override { return easy_; }
    void done(CURLcode result) override;

private:
    static int before_request(void *self, char *, char *, int, int);
    static std::size_t body_callback(char *data, std::size_t size, std::size_t count, void *self);
    static std::size_t header_callback(char *data, std::size_t size, std::size_t count, void *self);

    void set_up(const EdgeSettings &edge, const Opening &opening);
    void header(std::string_view line);
    void tell_head();

    CURL *easy_ = nullptr;
    HeaderList headers_;
    StreamConnectionListener &listener_;
    ResponseHead head_;
    Sockets sockets_;
    bool head_told_ = false, request_sent_ = false;
    char error_[CURL_ERROR_SIZE] = {};
};

} // namespace xtap::edge
