// Writing to a connection that the peer has reset must not end the process, whatever it does with SIGPIPE.
// The library blocks no signal and libcurl may change no handler (CURLOPT_NOSIGNAL), so each write has to go
// out without it: from 7.87 on libcurl sends with MSG_NOSIGNAL, OpenSSL's bytes too, which go through
// libcurl.
#include "edge/channels.hpp"
#include "edge/easy.hpp"
#include "edge/exchange.hpp"
#include "edge/process.hpp"
#include "tls.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace xtap::edge {
namespace {

// What a child exits with.
enum Exit : int { fine = 0, no_connection = 10, no_answer, no_reset, not_refused };

void wait_for(int fd, short events) {
    pollfd ready{fd, events, 0};
    ::poll(&ready, 1, 10'000);
}

// Takes one connection, answers its first bytes if there is an answer, and resets it.
class Peer {
public:
    explicit Peer(bool tls) {
        if (tls) tls_.emplace(std::string{});
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(listener_, reinterpret_cast<sockaddr *>(&address), size) != 0 ||
            ::listen(listener_, 1) != 0 ||
            ::getsockname(listener_, reinterpret_cast<sockaddr *>(&address), &size) != 0)
            _exit(no_connection);
        port_ = ntohs(address.sin_port);
    }
    ~Peer() {
        if (thread_.joinable()) thread_.join();
        ::close(listener_);
    }
    Peer(const Peer &) = delete;
    Peer &operator=(const Peer &) = delete;

    void serve(std::string_view answer) {
        thread_ = std::thread([this, answer] {
            const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            sim::prepare_socket(fd);
            connection_ = tls_ ? tls_->wrap(fd) : std::make_unique<sim::Transport>(fd);
            while (connection_->handshake().io != sim::Io::done)
                wait_for(fd, POLLIN);
            if (answer.empty()) return;
            std::array<char, 4096> request;
            while (connection_->read(request.data(), request.size()).bytes == 0)
                wait_for(fd, POLLIN);
            connection_->write(answer.data(), answer.size());
        });
    }
    void reset() {
        thread_.join();
        connection_->reset();
    }

    EdgeSettings settings() const {
        EdgeSettings settings;
        settings.base_url = (tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_) + "/";
        settings.plain = !tls_;
        settings.loopback = true;
        if (tls_) settings.ca_file = tls_->certificate_path();
        return settings;
    }
    std::uint16_t port() const { return port_; }

private:
    std::optional<sim::TlsServer> tls_;
    int listener_;
    std::uint16_t port_;
    std::unique_ptr<sim::Transport> connection_;
    std::thread thread_;
};

// The reset has arrived and was told: every write from now on fails with EPIPE.
void await_reset(int fd) {
    wait_for(fd, 0);
    int problem = 0;
    socklen_t size = sizeof problem;
    if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &size) != 0 || problem != ECONNRESET)
        _exit(no_reset);
}

void by_default() {
    ::signal(SIGPIPE, SIG_DFL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

// libcurl writes what it is told to, without reading first.
void libcurl_writes(bool tls) {
    by_default();
    start_process();
    Peer peer(tls);
    peer.serve({});
    const EdgeSettings settings = peer.settings();
    CURL *easy = curl_easy_init();
    set_up_edge(easy, settings);
    set(easy, CURLOPT_URL, settings.base_url.c_str());
    set(easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_socket_t fd = CURL_SOCKET_BAD;
    if (curl_easy_perform(easy) != CURLE_OK ||
        curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK)
        _exit(no_connection);
    peer.reset();
    await_reset(fd);
    std::size_t sent = 0;
    for (int i = 0; i < 3; ++i)
        if (curl_easy_send(easy, "x", 1, &sent) == CURLE_OK) _exit(not_refused);
    curl_easy_cleanup(easy); // which says goodbye
    _exit(fine);
}

// A kept connection is closed when its channel is: TLS says goodbye, to a peer that is gone.
void a_channel_closes(bool tls) {
    by_default();
    start_process();
    Peer peer(tls);
    peer.serve("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    {
        Channel channel;
        {
            Outgoing outgoing;
            outgoing.method = "GET";
            outgoing.url = peer.settings().base_url;
            outgoing.connect_timeout_ms = 10'000;
            outgoing.max_body_bytes = 100;
            Exchange exchange(peer.settings(), channel.sockets, outgoing);
            channel.pump.add(exchange);
            for (channel.pump.step(); !exchange.over(); channel.pump.step())
                channel.pump.wait(1000);
            channel.pump.remove(exchange);
            if (exchange.failure() || exchange.head().status != 200) _exit(no_answer);
        }
        peer.reset();
    }
    _exit(fine);
}

// ---- what it would be without libcurl's part ----

int connected_to(const Peer &peer) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(peer.port());
    if (::connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0) _exit(no_connection);
    return fd;
}

void a_plain_write() {
    by_default();
    Peer peer(false);
    peer.serve({});
    const int fd = connected_to(peer);
    peer.reset();
    await_reset(fd);
    static_cast<void>(::write(fd, "x", 1));
    _exit(fine);
}

void openssl_writes_by_itself() {
    by_default();
    Peer peer(true);
    peer.serve({});
    const int fd = connected_to(peer);
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *tls = SSL_new(context);
    SSL_set_fd(tls, fd);
    if (SSL_connect(tls) != 1) _exit(no_connection);
    peer.reset();
    await_reset(fd);
    SSL_write(tls, "x", 1);
    _exit(fine);
}

class BrokenConnection : public testing::TestWithParam<bool> {
protected:
    // A child starts as a program of its own: what ran here before may have left threads.
    void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};
using BrokenConnectionDeathTest = BrokenConnection;

TEST_P(BrokenConnectionDeathTest, IsWrittenToByLibcurlWithoutASignal) {
    EXPECT_EXIT(libcurl_writes(GetParam()), testing::ExitedWithCode(fine), "");
}

TEST_P(BrokenConnectionDeathTest, IsClosedWithItsChannelWithoutASignal) {
    EXPECT_EXIT(a_channel_closes(GetParam()), testing::ExitedWithCode(fine), "");
}

TEST_P(BrokenConnectionDeathTest, EndsAProgramThatWritesToItAsItIs) {
    EXPECT_EXIT(GetParam() ? openssl_writes_by_itself() : a_plain_write(), testing::KilledBySignal(SIGPIPE),
                "");
}

INSTANTIATE_TEST_SUITE_P(PlainAndTls, BrokenConnectionDeathTest, testing::Bool(),
                         [](const auto &made) { return std::string(made.param ? "Tls" : "Plain"); });

} // namespace
} // namespace xtap::edge
