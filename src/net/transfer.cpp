// The transfer's set-up and libcurl's callbacks; see transfer.hpp.
#include "net/transfer.hpp"

#include "api/failure.hpp"
#include "net/process.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <new>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

namespace xtap::net {

namespace {

template <class Value> void set(CURL *easy, CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(easy, option, value);
    if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
    if (code != CURLE_OK)
        throw Failure(Status::internal,
                      std::string("libcurl refuses an option: ") + curl_easy_strerror(code));
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::int64_t number(std::string_view text) {
    std::int64_t value = -1;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    return result.ec == std::errc() && value >= 0 ? value : -1;
}

} // namespace

Transfer::Transfer(const EdgeSettings &edge, const StreamSettings &stream, const std::string &url,
                   std::string_view token, TransferListener &listener)
    : easy_(curl_easy_init()), listener_(listener) {
    if (easy_ == nullptr) throw std::bad_alloc();
    sockets_.fill(CURL_SOCKET_BAD);
    try {
        add_header("Authorization: Bearer " + std::string(token));
        if (stream.compression) add_header("Accept-Encoding: gzip");
        set_up(edge, stream, url);
    } catch (...) {
        curl_easy_cleanup(easy_);
        free_headers();
        throw;
    }
}

Transfer::~Transfer() {
    if (!process_exiting()) curl_easy_cleanup(easy_);
    free_headers();
}

void Transfer::add_header(std::string_view line) {
    std::string text(line);
    curl_slist *longer = curl_slist_append(headers_, text.c_str());
    explicit_bzero(text.data(), text.size());
    if (longer == nullptr) throw std::bad_alloc();
    headers_ = longer;
}

// The list holds the token: wiped before its memory goes back.
void Transfer::free_headers() noexcept {
    for (const curl_slist *header = headers_; header != nullptr; header = header->next)
        explicit_bzero(header->data, std::strlen(header->data));
    curl_slist_free_all(headers_);
    headers_ = nullptr;
}

void Transfer::set_up(const EdgeSettings &edge, const StreamSettings &stream, const std::string &url) {
    set(easy_, CURLOPT_URL, url.c_str());
    set(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
    set(easy_, CURLOPT_HTTPHEADER, headers_);
    set(easy_, CURLOPT_USERAGENT, edge.user_agent.c_str());
    set(easy_, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    // A leg is a connection: with HTTP/2, or with reuse, two legs would share one and die together.
    set(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(easy_, CURLOPT_FRESH_CONNECT, 1L);
    set(easy_, CURLOPT_FORBID_REUSE, 1L);
    set(easy_, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
    set(easy_, CURLOPT_FOLLOWLOCATION, 0L); // the token would go along
    set(easy_, CURLOPT_NOSIGNAL, 1L);
    set(easy_, CURLOPT_QUICK_EXIT, 1L); // else removing a transfer that still resolves blocks for seconds
    set(easy_, CURLOPT_TCP_KEEPALIVE, 1L);
    set(easy_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(stream.connect_timeout_ms));
    set(easy_, CURLOPT_BUFFERSIZE, kBufferBytes);
    set(easy_, CURLOPT_ERRORBUFFER, error_);
    set(easy_, CURLOPT_PRIVATE, static_cast<void *>(this));
    set(easy_, CURLOPT_WRITEFUNCTION, &Transfer::body_callback);
    set(easy_, CURLOPT_WRITEDATA, static_cast<void *>(this));
    set(easy_, CURLOPT_HEADERFUNCTION, &Transfer::header_callback);
    set(easy_, CURLOPT_HEADERDATA, static_cast<void *>(this));
    set(easy_, CURLOPT_OPENSOCKETFUNCTION, &Transfer::open_socket);
    set(easy_, CURLOPT_OPENSOCKETDATA, static_cast<void *>(this));
    set(easy_, CURLOPT_CLOSESOCKETFUNCTION, &Transfer::close_socket);
    set(easy_, CURLOPT_CLOSESOCKETDATA, static_cast<void *>(this));
    set_up_tls(edge);
    set_up_proxy(edge);
}

void Transfer::set_up_tls(const EdgeSettings &edge) {
    set(easy_, CURLOPT_SSL_VERIFYPEER, 1L);
    set(easy_, CURLOPT_SSL_VERIFYHOST, 2L);
    set(easy_, CURLOPT_SSLVERSION,
        static_cast<long>(edge.tls13_only ? CURL_SSLVERSION_TLSv1_3 : CURL_SSLVERSION_TLSv1_2));
    if (!edge.ca_file.empty()) set(easy_, CURLOPT_CAINFO, edge.ca_file.c_str());
}

void Transfer::set_up_proxy(const EdgeSettings &edge) {
    set(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (!edge.proxy.empty()) {
        set(easy_, CURLOPT_PROXY, edge.proxy.c_str());
        set(easy_, CURLOPT_NOPROXY, "");
    } else if (edge.plain || edge.loopback) {
        // A proxy named by the environment would be handed the token in the clear.
        set(easy_, CURLOPT_PROXY, "");
        set(easy_, CURLOPT_NOPROXY, "*");
    }
}

void Transfer::resume() { curl_easy_pause(easy_, CURLPAUSE_CONT); }

void Transfer::done(CURLcode result) {
    if (!head_told_ && head_.status >= 200) tell_head(); // an answer without a body
    listener_.on_done(result, result == CURLE_OK ? std::string() : what_happened(result));
}

// libcurl's own text, and the system's reason where libcurl leaves it out.
std::string Transfer::what_happened(CURLcode result) const {
    std::string what = error_[0] != '\0' ? error_ : curl_easy_strerror(result);
    long os_error = 0;
    if (result == CURLE_COULDNT_CONNECT &&
        curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &os_error) == CURLE_OK && os_error != 0)
        what += std::string(" (") + std::strerror(static_cast<int>(os_error)) + ")";
    return what;
}

void Transfer::abandon() noexcept {
    for (curl_socket_t &socket : sockets_)
        if (socket != CURL_SOCKET_BAD) close(std::exchange(socket, CURL_SOCKET_BAD));
    easy_ = nullptr; // curl_easy_cleanup would speak to the parent's peer, or join a thread that is not here
}

std::size_t Transfer::body_callback(char *data, std::size_t size, std::size_t count, void *self) {
    auto &transfer = *static_cast<Transfer *>(self);
    if (!transfer.head_told_) transfer.tell_head();
    return transfer.listener_.on_body({data, size * count}) ? size * count : CURL_WRITEFUNC_PAUSE;
}

std::size_t Transfer::header_callback(char *data, std::size_t size, std::size_t count, void *self) {
    auto &transfer = *static_cast<Transfer *>(self);
    transfer.reached_server_ = true;
    try {
        transfer.header({data, size * count});
    } catch (const std::bad_alloc &) {
        return 0;
    }
    return size * count;
}

void Transfer::header(std::string_view line) {
    if (line.starts_with("HTTP/")) { // also after an interim answer: what came before does not count
        head_ = {};
        const auto space = line.find(' ');
        if (space != std::string_view::npos)
            head_.status = static_cast<std::int32_t>(number(trimmed(line.substr(space)).substr(0, 3)));
        return;
    }
    if (trimmed(line).empty()) {
        if (head_.status == 200 && !head_told_) tell_head(); // a stream is open before its first byte
        return;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string_view name = line.substr(0, colon), value = trimmed(line.substr(colon + 1));
    if (same_name(name, "content-type"))
        head_.content_type = value;
    else if (same_name(name, "content-encoding"))
        head_.content_encoding = value;
    else if (same_name(name, "location"))
        head_.location = value;
    else if (same_name(name, "x-transaction-id") ||
             (same_name(name, "x-request-id") && head_.request_id.empty()))
        head_.request_id = value;
    else if (same_name(name, "x-rate-limit-limit"))
        head_.rate_limit = number(value);
    else if (same_name(name, "x-rate-limit-remaining"))
        head_.rate_remaining = number(value);
    else if (same_name(name, "x-rate-limit-reset"))
        head_.rate_reset_s = number(value);
    else if (same_name(name, "retry-after"))
        head_.retry_after_s = number(value);
}

void Transfer::tell_head() {
    head_told_ = true;
    listener_.on_head(head_);
}

curl_socket_t Transfer::open_socket(void *self, curlsocktype, curl_sockaddr *address) {
    auto &transfer = *static_cast<Transfer *>(self);
    const int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd < 0) return CURL_SOCKET_BAD;
    const auto free = std::find(transfer.sockets_.begin(), transfer.sockets_.end(), CURL_SOCKET_BAD);
    if (free != transfer.sockets_.end()) *free = fd;
    return fd;
}

int Transfer::close_socket(void *self, curl_socket_t socket) {
    auto &transfer = *static_cast<Transfer *>(self);
    std::replace(transfer.sockets_.begin(), transfer.sockets_.end(), socket, curl_socket_t{CURL_SOCKET_BAD});
    return close(socket);
}

} // namespace xtap::net
