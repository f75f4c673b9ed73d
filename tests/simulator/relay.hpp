// The relay: every connection from outside ends here, TLS included. It reads a request, plays the faults that
// stand before the answer, asks the server behind, and pumps a stream or hands the answer on. Knows no
// operation's meaning.
#pragma once

#include "connections.hpp"
#include "events.hpp"
#include "link.hpp"
#include "server.hpp"
#include "tls.hpp"

#include <atomic>
#include <list>
#include <memory>
#include <string>
#include <thread>

namespace xtap::sim {

class Relay {
public:
    // Listens at once; start() begins to accept. `tls` may be null.
    Relay(World &world, TemplateStore &events, const TlsServer *tls, int server_port);
    ~Relay();
    Relay(const Relay &) = delete;
    Relay &operator=(const Relay &) = delete;

    std::string own_url() const;
    void start();
    void stop();

private:
    struct Guest {
        std::thread thread;
        std::shared_ptr<std::atomic<bool>> done;
    };
    struct Request {
        std::string method, target, path, line, head, body;
        HeaderList headers;
        bool keep_alive = true;
        std::string_view header(std::string_view name) const;
    };

    void accept_loop();
    void reap(bool all);
    void serve(int fd, std::string client_ip);
    void play_at_accept(const Fault &fault, Link &link);
    void converse(Link &link, const std::shared_ptr<Connection> &connection);
    bool read_request(Link &link, std::string &buffer, Request &request);
    FaultPlan faults_for(const Request &request, const Operation *stream);
    // What the server behind says, or what recording says in its place.
    Answer ask(const Request &request, const Connection &connection);
    // Hands on an answer that is no stream, with the faults that belong to such.
    void hand_on(Link &link, Connection &connection, const Request &request, Answer given,
                 const FaultPlan &faults);
    void write_answer(Link &link, Connection &connection, std::string_view head, std::string_view body,
                      const FaultPlan &faults);
    [[noreturn]] void huge_body(Link &link, Connection &connection, const Fault &fault);
    // Plays a fault of the answer. Returns when the real answer is still to come.
    void play_answer(const Fault &fault, const Request &request, Link &link, Connection &connection);
    void answer(Link &link, Connection &connection, const Answer &given, const Request &request);
    void bomb(Link &link, Connection &connection, std::uint64_t size, HeaderList headers);
    // Whole, or slowly; adds to the faults what was asked for meanwhile.
    void send_head(Link &link, Connection &connection, std::string_view head, FaultPlan &faults);
    [[noreturn]] void stream(Link &link, Connection &connection, const Request &request,
                             const StreamPlan &plan, HeaderList headers, FaultPlan faults);
    HeaderList common_headers(const Connection &connection) const;

    World &world_;
    TemplateStore &events_;
    const TlsServer *tls_;
    int server_port_;
    std::uint16_t port_ = 0; // before the socket, which sets it
    int listening_ = -1;
    Signal stop_;
    std::thread accepting_;
    std::list<Guest> guests_;
};

} // namespace xtap::sim
