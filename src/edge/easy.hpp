// What every libcurl handle of ours has in common: where it may go, whom it trusts, whose sockets it opens.
// Knows neither streams nor requests.
#pragma once

#include "api/failure.hpp"
#include "edge/settings.hpp"

#include <array>
#include <curl/curl.h>
#include <new>
#include <string>
#include <string_view>

namespace xtap::edge {

template <class Value> void set(CURL *easy, CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(easy, option, value);
    if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
    if (code != CURLE_OK)
        throw Failure(Status::internal,
                      std::string("libcurl refuses an option: ") + curl_easy_strerror(code));
}

// Protocols, TLS, proxy, no redirects, no signals.
void set_up_edge(CURL *easy, const EdgeSettings &edge);

// libcurl's own text, and the system's reason where libcurl leaves it out. `error` is CURLOPT_ERRORBUFFER's.
std::string what_happened(CURL *easy, CURLcode result, const char *error);

// Request headers. They may hold a token: wiped before their memory goes back.
class HeaderList {
public:
    HeaderList() noexcept = default;
    ~HeaderList();
    HeaderList(const HeaderList &) = delete;
    HeaderList &operator=(const HeaderList &) = delete;

    void add(std::string_view name, std::string_view value);
    curl_slist *get() const noexcept { return list_; }

private:
    curl_slist *list_ = nullptr;
};

// The sockets that a handle opens: close-on-exec, and known, so that a forked child can close its copies.
class Sockets {
public:
    Sockets() noexcept { sockets_.fill(CURL_SOCKET_BAD); }
    Sockets(const Sockets &) = delete;
    Sockets &operator=(const Sockets &) = delete;

    void attach(CURL *easy); // this must outlive the handle's connections
    void abandon() noexcept; // in a forked child

private:
    static curl_socket_t open(void *self, curlsocktype purpose, curl_sockaddr *address);
    static int close(void *self, curl_socket_t socket);

    std::array<curl_socket_t, 8> sockets_; // happy eyeballs opens a few
};

} // namespace xtap::edge
