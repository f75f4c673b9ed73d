// See server.hpp.
#include "server.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cmath>
#include <fstream>
#include <httplib.h>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace xtap::sim {
namespace {

constexpr std::size_t kWorkers = 8; // requests are short; streams do not stay here
constexpr int kBacklog = 512;
constexpr double kPatienceSeconds = 2; // with one request
constexpr double kLookMs = 2;          // of the wall

FaultPlayer::Score score_of(const Settings &chosen) {
    FaultPlayer::Score score;
    score.random = chosen.random_faults;
    score.tls = chosen.tls;
    score.look = std::chrono::milliseconds(std::max<std::int64_t>(std::llround(kLookMs * chosen.speed), 1));
    if (chosen.script.empty()) return score;
    std::ifstream text(chosen.script);
    if (!text) throw std::runtime_error("cannot read the script " + chosen.script);
    score.script = read_script(text);
    return score;
}

} // namespace

World::World(const Settings &chosen)
    : settings(chosen), timeline(chosen.base_time, chosen.rate), connections(chosen.ghost_ms),
      admission(chosen, connections),
      refusals({chosen.refuse_backfill, chosen.refuse_recovery, chosen.refuse_status}),
      limits({chosen.connects_per_window, chosen.window_seconds},
             {chosen.requests_per_window, chosen.request_window_seconds}),
      player(connections, faults, score_of(chosen)), authority(chosen),
      conversations(chosen.user_id, chosen.dm_events, chosen.base_time),
      rules(chosen.filtering, chosen.most_rules), powerstream_rules(chosen.filtering, chosen.most_rules),
      posts(chosen.base_time) {
    recorder.answer_all(chosen.record);
    shapes.kill_attempted = chosen.kill_attempted;
    shapes.subscription = chosen.subscription_shape;
}

HttpServer::HttpServer(const std::string &host, double speed) : server_(std::make_unique<httplib::Server>()) {
    int listening = -1;
    server_->new_task_queue = [] { return new httplib::ThreadPool(kWorkers); };
    // Also keeps httplib from setting SO_REUSEPORT, by which two simulators could share a port.
    server_->set_socket_options([&listening](socket_t socket) { listening = socket; });
    server_->set_tcp_nodelay(true);
    // Idle connections would hold up the end of the program for as long as they may stay.
    server_->set_keep_alive_max_count(1);
    const auto patience = static_cast<time_t>(std::max(kPatienceSeconds * speed, 1.0));
    server_->set_keep_alive_timeout(patience);
    server_->set_read_timeout(patience);
    server_->set_write_timeout(patience);
    port_ = server_->bind_to_any_port(host);
    server_->set_socket_options([](socket_t) {});
    if (port_ <= 0) throw std::runtime_error("cannot listen on " + host);
    // httplib asks for a backlog of 5; many connects at once would then wait a second for a retry.
    ::listen(listening, kBacklog);
}

void HttpServer::start() {
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    while (!server_->is_running())
        std::this_thread::yield(); // stop() before that would be lost
}

HttpServer::~HttpServer() {
    if (!thread_.joinable()) return;
    server_->stop();
    thread_.join();
}

void add_operations(Api &api) {
    add_tokens(api);
    add_connections(api);
    add_direct_messages(api);
    add_posts(api);
    add_media(api);
    add_rules(api);
    add_subscriptions(api);
}

void add_common(httplib::Server &routes, World &world) {
    routes.set_error_handler([&world](const httplib::Request &request, httplib::Response &response) {
        if (!response.body.empty()) return;
        Answer answer = response.status == 404 ? no_such_path(request.path) : problem(response.status);
        for (const auto &[name, value] :
             rate_headers(world.limits.count_request(request.method + " " + request.path, "")))
            response.set_header(name, value);
        response.set_content(answer.body, answer.content_type);
    });
}

std::string ask_server(int port, std::string_view request) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) throw std::system_error(errno, std::generic_category(), "socket");
    const std::unique_ptr<const int, void (*)(const int *)> closer(&fd, [](const int *f) { ::close(*f); });
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        throw std::system_error(errno, std::generic_category(), "connect to the internal server");
    while (!request.empty()) {
        const ssize_t sent = ::send(fd, request.data(), request.size(), MSG_NOSIGNAL);
        if (sent <= 0) break;
        request.remove_prefix(static_cast<std::size_t>(sent));
    }
    std::string response;
    char room[16 * 1024];
    for (ssize_t got = 0; (got = ::recv(fd, room, sizeof room, 0)) > 0;)
        response.append(room, static_cast<std::size_t>(got));
    return response;
}

} // namespace xtap::sim
