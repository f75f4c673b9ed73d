// The connection's set-up and libcurl's callbacks; see stream_connection.hpp.
#include "edge/stream_connection.hpp"

#include "edge/closing.hpp"
#include "edge/process.hpp"

#include <new>

namespace xtap::edge {

StreamConnection::StreamConnection(const EdgeSettings &edge, const Opening &opening,
                                   StreamConnectionListener &listener)
    : easy_(curl_easy_init()), listener_(listener) {
    if (easy_ == nullptr) throw std::bad_alloc();
    try {
        headers_.add("Authorization", opening.authorization);
        if (opening.compression) headers_.add("Accept-Encoding", "gzip");
        set_up(edge, opening);
    } catch (...) {
        curl_easy_cleanup(easy_);
        throw;
    }
}

StreamConnection::~StreamConnection() {
    if (!process_exiting()) curl_easy_cleanup(easy_);
}

void StreamConnection::set_up(const EdgeSettings &edge, const Opening &opening) {
    set(easy_, CURLOPT_URL, opening.url.c_str());
    set(easy_, CURLOPT_HTTPHEADER, headers_.get());
    set_up_edge(easy_, edge);
    // A leg is a connection: with HTTP/2, or with reuse, two legs would share one and die together.
    set(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(easy_, CURLOPT_FRESH_CONNECT, 1L);
    set(easy_, CURLOPT_FORBID_REUSE, 1L);
    set(easy_, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
    set(easy_, CURLOPT_TCP_KEEPALIVE, 1L);
    set(easy_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(opening.connect_timeout_ms));
    set(easy_, CURLOPT_BUFFERSIZE, kBufferBytes);
    set(easy_, CURLOPT_ERRORBUFFER, error_);
    drive(*this);
    set(easy_, CURLOPT_PREREQFUNCTION, &StreamConnection::before_request);
    set(easy_, CURLOPT_PREREQDATA, static_cast<void *>(this));
    set(easy_, CURLOPT_WRITEFUNCTION, &StreamConnection::body_callback);
    set(easy_, CURLOPT_WRITEDATA, static_cast<void *>(this));
    set(easy_, CURLOPT_HEADERFUNCTION, &StreamConnection::header_callback);
    set(easy_, CURLOPT_HEADERDATA, static_cast<void *>(this));
    sockets_.attach(easy_);
}

void StreamConnection::resume() { curl_easy_pause(easy_, CURLPAUSE_CONT); }

void StreamConnection::done(CURLcode result) {
    if (!head_told_ && head_.status >= 200) tell_head(); // an answer without a body
    const std::string what = result == CURLE_OK ? std::string() : what_happened(easy_, result, error_);
    listener_.on_done(closing_of_result(result, what));
}

void StreamConnection::abandon() noexcept {
    sockets_.abandon();
    easy_ = nullptr; // curl_easy_cleanup would speak to the parent's peer, or join a thread that is not here
}

int StreamConnection::before_request(void *self, char *, char *, int, int) {
    static_cast<StreamConnection *>(self)->request_sent_ = true;
    return CURL_PREREQFUNC_OK;
}

std::size_t StreamConnection::body_callback(char *data, std::size_t size, std::size_t count, void *self) {
    auto &connection = *static_cast<StreamConnection *>(self);
    if (!connection.head_told_) connection.tell_head();
    return connection.listener_.on_body({data, size * count}) ? size * count : CURL_WRITEFUNC_PAUSE;
}

std::size_t StreamConnection::header_callback(char *data, std::size_t size, std::size_t count, void *self) {
    auto &connection = *static_cast<StreamConnection *>(self);
    try {
        connection.header({data, size * count});
    } catch (const std::bad_alloc &) {
        return 0;
    }
    return size * count;
}

void StreamConnection::header(std::string_view line) {
    // The empty line ends the head: a stream is open before its first byte.
    if (line.find_first_not_of("\r\n") == std::string_view::npos) {
        if (head_.status == 200 && !head_told_) tell_head();
        return;
    }
    read_head_line(line, head_);
}

void StreamConnection::tell_head() {
    head_told_ = true;
    listener_.on_head(head_);
}

} // namespace xtap::edge
