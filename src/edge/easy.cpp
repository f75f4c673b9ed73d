// See easy.hpp.
#include "edge/easy.hpp"

#include <algorithm>
#include <cstring>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace xtap::edge {

namespace {

void set_up_tls(CURL *easy, const EdgeSettings &edge) {
    set(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    set(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    set(easy, CURLOPT_SSLVERSION,
        static_cast<long>(edge.tls13_only ? CURL_SSLVERSION_TLSv1_3 : CURL_SSLVERSION_TLSv1_2));
    if (!edge.ca_file.empty()) set(easy, CURLOPT_CAINFO, edge.ca_file.c_str());
}

void set_up_proxy(CURL *easy, const EdgeSettings &edge) {
    set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (!edge.proxy.empty()) {
        set(easy, CURLOPT_PROXY, edge.proxy.c_str());
        set(easy, CURLOPT_NOPROXY, "");
    } else if (edge.plain || edge.loopback) {
        // A proxy named by the environment would be handed the token in the clear.
        set(easy, CURLOPT_PROXY, "");
        set(easy, CURLOPT_NOPROXY, "*");
    }
}

} // namespace

void set_up_edge(CURL *easy, const EdgeSettings &edge) {
    set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    set(easy, CURLOPT_USERAGENT, edge.user_agent.c_str());
    set(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    set(easy, CURLOPT_FOLLOWLOCATION, 0L); // the token would go along
    set(easy, CURLOPT_NOSIGNAL, 1L);
    set(easy, CURLOPT_QUICK_EXIT, 1L); // else removing a transfer that still resolves blocks for seconds
    set_up_tls(easy, edge);
    set_up_proxy(easy, edge);
}

std::string what_happened(CURL *easy, CURLcode result, const char *error) {
    std::string what = error[0] != '\0' ? error : curl_easy_strerror(result);
    long os_error = 0;
    if (result == CURLE_COULDNT_CONNECT &&
        curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &os_error) == CURLE_OK && os_error != 0)
        what += std::string(" (") + std::strerror(static_cast<int>(os_error)) + ")";
    return what;
}

// ---- headers ----

HeaderList::~HeaderList() {
    for (const curl_slist *header = list_; header != nullptr; header = header->next)
        explicit_bzero(header->data, std::strlen(header->data));
    curl_slist_free_all(list_);
}

void HeaderList::add(std::string_view name, std::string_view value) {
    std::string text;
    text.reserve(name.size() + value.size() + 3); // no copy is left behind by growing
    text.append(name).append(": ").append(value);
    curl_slist *longer = curl_slist_append(list_, text.c_str());
    explicit_bzero(text.data(), text.size());
    if (longer == nullptr) throw std::bad_alloc();
    list_ = longer;
}

// ---- sockets ----

void Sockets::attach(CURL *easy) {
    set(easy, CURLOPT_OPENSOCKETFUNCTION, &Sockets::open);
    set(easy, CURLOPT_OPENSOCKETDATA, static_cast<void *>(this));
    set(easy, CURLOPT_CLOSESOCKETFUNCTION, &Sockets::close);
    set(easy, CURLOPT_CLOSESOCKETDATA, static_cast<void *>(this));
}

void Sockets::abandon() noexcept {
    for (curl_socket_t &socket : sockets_)
        if (socket != CURL_SOCKET_BAD) ::close(std::exchange(socket, CURL_SOCKET_BAD));
}

curl_socket_t Sockets::open(void *self, curlsocktype, curl_sockaddr *address) {
    auto &sockets = static_cast<Sockets *>(self)->sockets_;
    const int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd < 0) return CURL_SOCKET_BAD;
    const auto free = std::find(sockets.begin(), sockets.end(), CURL_SOCKET_BAD);
    if (free != sockets.end()) *free = fd;
    return fd;
}

int Sockets::close(void *self, curl_socket_t socket) {
    auto &sockets = static_cast<Sockets *>(self)->sockets_;
    std::replace(sockets.begin(), sockets.end(), socket, curl_socket_t{CURL_SOCKET_BAD});
    return ::close(socket);
}

} // namespace xtap::edge
