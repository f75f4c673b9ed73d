// See relay.hpp: sockets, requests and answers. The faults before the answer are in relay_faults.cpp,
// those of answers that are no streams in relay_answers.cpp.
#include "relay.hpp"

#include "encoding.hpp"
#include "pump.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstring>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace xtap::sim {
namespace {

constexpr std::size_t kLongestHead = 64 * 1024;
constexpr std::size_t kLongestBody = 64 << 20;
constexpr int kBacklog = 1024;

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

// The lines after the first, up to the empty one.
HeaderList parse_headers(std::string_view head) {
    HeaderList headers;
    for (std::size_t at = head.find('\n'); at != std::string_view::npos && at + 1 < head.size();) {
        const std::size_t end = std::min(head.find('\n', at + 1), head.size());
        const std::string_view line = trim(head.substr(at + 1, end - at - 1));
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos)
            headers.emplace_back(lower(std::string(trim(line.substr(0, colon)))),
                                 trim(line.substr(colon + 1)));
        at = end < head.size() ? end : std::string_view::npos;
    }
    return headers;
}

std::uint64_t number_of(std::string_view text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

int listen_on(const std::string &host, std::uint16_t port, std::uint16_t &bound) {
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    if (error != 0) throw std::runtime_error("cannot listen on " + host + ": " + gai_strerror(error));
    const std::unique_ptr<addrinfo, void (*)(addrinfo *)> owner(found, freeaddrinfo);
    const int fd = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int on = 1;
    if (fd >= 0) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd < 0 || ::bind(fd, found->ai_addr, found->ai_addrlen) != 0 || ::listen(fd, kBacklog) != 0) {
        const int reason = errno;
        if (fd >= 0) ::close(fd);
        throw std::system_error(reason, std::generic_category(),
                                "cannot listen on " + host + ":" + std::to_string(port));
    }
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    getsockname(fd, reinterpret_cast<sockaddr *>(&address), &size);
    bound = ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6 *>(&address)->sin6_port
                                                : reinterpret_cast<sockaddr_in *>(&address)->sin_port);
    return fd;
}

std::string address_of(const sockaddr_storage &peer, socklen_t size) {
    char host[NI_MAXHOST];
    if (getnameinfo(reinterpret_cast<const sockaddr *>(&peer), size, host, sizeof host, nullptr, 0,
                    NI_NUMERICHOST) != 0)
        return "";
    return host;
}

} // namespace

Relay::Relay(World &world, TemplateStore &events, const TlsServer *tls, int server_port)
    : world_(world), events_(events), tls_(tls), server_port_(server_port),
      listening_(listen_on(world.settings.host, world.settings.port, port_)) {}

Relay::~Relay() {
    stop();
    ::close(listening_);
}

void Relay::start() {
    accepting_ = std::thread([this] { accept_loop(); });
}

void Relay::stop() {
    stop_.raise();
    if (accepting_.joinable()) accepting_.join();
    reap(true);
}

void Relay::reap(bool all) {
    for (auto guest = guests_.begin(); guest != guests_.end();) {
        if (all || guest->done->load()) {
            guest->thread.join();
            guest = guests_.erase(guest);
        } else {
            ++guest;
        }
    }
}

void Relay::accept_loop() {
    for (;;) {
        pollfd fds[2] = {{listening_, POLLIN, 0}, {stop_.fd(), POLLIN, 0}};
        if (::poll(fds, 2, -1) < 0) continue;
        if (fds[1].revents != 0) return;
        sockaddr_storage peer{};
        socklen_t size = sizeof peer;
        const int fd = ::accept4(listening_, reinterpret_cast<sockaddr *>(&peer), &size, SOCK_CLOEXEC);
        if (fd < 0) {
            // Out of descriptors: not again at once, the connection still waits.
            ::poll(&fds[1], 1, 10);
            continue;
        }
        reap(false);
        auto done = std::make_shared<std::atomic<bool>>(false);
        try {
            guests_.push_back({std::thread([this, fd, done, ip = address_of(peer, size)] {
                                   serve(fd, ip);
                                   *done = true;
                               }),
                               done});
        } catch (const std::system_error &) {
            ::close(fd); // no thread to be had; the client sees a refusal
        }
    }
}

void Relay::serve(int fd, std::string client_ip) {
    const auto connection = world_.connections.open(std::move(client_ip));
    prepare_socket(fd);
    // What is before the request knows no TLS yet, so an early fault sees the bare socket.
    const auto early = world_.faults.take_at_accept();
    Link link(tls_ && !early ? tls_->wrap(fd) : std::make_unique<Transport>(fd), stop_.fd(),
              connection->wake().fd());
    Ended end;
    try {
        if (early) {
            connection->describe_fault({*early});
            connection->played(*early);
            play_at_accept(*early, link);
        }
        link.handshake();
        converse(link, connection);
        end.how = "the client closed";
    } catch (const Ended &ended) {
        end = ended;
    } catch (const std::exception &error) {
        end = {std::string("trouble in the simulator: ") + error.what(), Goodbye::reset};
    }
    // Noted before the socket goes, so that whoever sees the end finds it in the state.
    world_.connections.close(connection, end.how);
    link.leave(end.way);
}

std::string_view Relay::Request::header(std::string_view name) const {
    const auto at = std::ranges::find_if(headers, [&](const auto &header) { return header.first == name; });
    return at == headers.end() ? std::string_view() : at->second;
}

bool Relay::read_request(Link &link, std::string &buffer, Request &request) {
    char room[16 * 1024];
    std::size_t end;
    while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
        if (buffer.size() > kLongestHead) {
            link.write(whole_response(problem(431), {}, false));
            throw Ended{"request head too long"};
        }
        const std::size_t got = link.read(room, sizeof room);
        if (got == 0) return false;
        buffer.append(room, got);
    }
    request.head = buffer.substr(0, end + 2);
    request.line = request.head.substr(0, request.head.find("\r\n"));
    request.headers = parse_headers(request.head);
    const std::size_t first = request.line.find(' '), second = request.line.rfind(' ');
    const std::uint64_t length = number_of(request.header("content-length"));
    if (first == std::string::npos || second <= first ||
        !request.line.substr(second + 1).starts_with("HTTP/1.") || length > kLongestBody ||
        !request.header("transfer-encoding").empty()) {
        link.write(whole_response(problem(400), {}, false));
        throw Ended{"not a request the simulator reads"};
    }
    request.method = request.line.substr(0, first);
    request.target = request.line.substr(first + 1, second - first - 1);
    request.path = request.target.substr(0, request.target.find('?'));
    request.keep_alive =
        request.line.ends_with("1.1") && lower(std::string(request.header("connection"))) != "close";
    buffer.erase(0, end + 4);
    // Whoever asks first would otherwise wait a second before it sends the body.
    if (buffer.size() < length && lower(std::string(request.header("expect"))) == "100-continue")
        link.write("HTTP/1.1 100 Continue\r\n\r\n");
    while (buffer.size() < length) {
        const std::size_t got = link.read(room, sizeof room);
        if (got == 0) return false;
        buffer.append(room, got);
    }
    request.body = buffer.substr(0, length);
    buffer.erase(0, length);
    return true;
}

FaultPlan Relay::faults_for(const Request &request, const Operation *stream) {
    if (stream) return world_.faults.take(stream->id);
    return world_.faults.take_for_request(request.method, request.path);
}

Answer Relay::ask(const Request &request, const Connection &connection) {
    Answer given;
    given.content_type = "application/json; charset=utf-8";
    if (world_.recorder.answers_all()) {
        given.body = "{\"data\":{}}";
        return given;
    }
    // The server behind sees the request as it came, but for what belongs to this hop.
    std::string forwarded = request.line + "\r\n";
    for (const auto &[name, value] : request.headers)
        if (name != "connection" && name != "accept-encoding" && name != "expect" &&
            name != kConnectionHeader && name != kAuthorizationHeader && name != "authorization")
            forwarded.append(name).append(": ").append(value).append("\r\n");
    forwarded.append(kAuthorizationHeader).append(": ");
    forwarded.append(base64_encode(request.header("authorization"))).append("\r\n");
    forwarded.append(kConnectionHeader).append(": ").append(std::to_string(connection.id()));
    forwarded.append("\r\nconnection: close\r\n\r\n").append(request.body);
    const std::string response = ask_server(server_port_, forwarded);

    const std::size_t split = std::min(response.find("\r\n\r\n"), response.size());
    given.content_type.clear(); // among the headers
    given.headers = parse_headers(std::string_view(response).substr(0, split));
    given.status =
        response.size() > 12 ? static_cast<int>(number_of(std::string_view(response).substr(9, 3))) : 500;
    std::erase_if(given.headers, [](const auto &h) {
        return h.first == "connection" || h.first == "content-length" || h.first == "keep-alive";
    });
    if (split + 4 <= response.size()) given.body = response.substr(split + 4);
    return given;
}

void Relay::converse(Link &link, const std::shared_ptr<Connection> &connection) {
    std::string buffer;
    for (Request request; read_request(link, buffer, request); request = {}) {
        connection->describe_request(request.line, request.headers);
        const std::uint64_t number =
            world_.recorder.note({request.method, request.target, request.headers, request.body});
        const Operation *stream_operation = request.method == "GET" && !world_.recorder.answers_all()
                                                ? operation_by_path(request.path)
                                                : nullptr;
        const FaultPlan faults = faults_for(request, stream_operation);
        connection->describe_fault(faults);
        for (const Fault &fault : faults) {
            if (stage_of(fault.kind) != FaultStage::answer) continue;
            connection->played(fault);
            play_answer(fault, request, link, *connection);
        }

        Answer given = ask(request, *connection);
        world_.recorder.note_status(number, given.status);
        const auto plan = connection->plan();
        if (given.status == 200 && stream_operation && plan)
            stream(link, *connection, request, *plan, std::move(given.headers), faults);
        hand_on(link, *connection, request, given, faults);
        if (!request.keep_alive) throw Ended{"answered " + std::to_string(given.status)};
    }
}

void Relay::answer(Link &link, Connection &connection, const Answer &given, const Request &request) {
    connection.set_status(given.status);
    link.write(whole_response(given, common_headers(connection), request.keep_alive));
    connection.progress(given.body.size(), 0, 0);
}

void Relay::stream(Link &link, Connection &connection, const Request &request, const StreamPlan &plan,
                   HeaderList headers, FaultPlan faults) {
    const bool corrupt =
        std::ranges::any_of(faults, [](const Fault &f) { return f.kind == FaultKind::gzip_corrupt; });
    const bool gzip = corrupt || (world_.settings.gzip &&
                                  request.header("accept-encoding").find("gzip") != std::string_view::npos);
    const auto more = common_headers(connection);
    headers.insert(headers.end(), more.begin(), more.end());
    if (gzip) headers.emplace_back("content-encoding", "gzip");
    headers.emplace_back("transfer-encoding", "chunked");
    headers.emplace_back("connection", "close");
    const std::string head = response_head(200, "", headers);
    connection.set_status(200);
    send_head(link, connection, head, faults);
    EventSource source(events_, *plan.operation, plan.partition, world_.timeline);
    Pump pump({link, connection, world_, world_.settings, std::move(source), plan, std::move(faults), gzip});
    pump.run();
}

HeaderList Relay::common_headers(const Connection &connection) const {
    char id[17];
    std::snprintf(id, sizeof id, "%016llx", static_cast<unsigned long long>(mix(connection.id())));
    return {{"x-transaction-id", id}, {"server", "xtap-sim"}};
}

std::string Relay::own_url() const {
    const std::string &host = world_.settings.host;
    return std::string(tls_ ? "https://" : "http://") +
           (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port_);
}

} // namespace xtap::sim
