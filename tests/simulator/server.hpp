// The API behind the relay: cpp-httplib on an internal loopback port decides what a request gets. A streaming
// request that is in order is answered with a head only; what follows is left with the connection, for the
// relay to pump. Knows no faults.
#pragma once

#include "admission.hpp"
#include "answer_shapes.hpp"
#include "authority.hpp"
#include "connections.hpp"
#include "conversations.hpp"
#include "fault_player.hpp"
#include "limits.hpp"
#include "media_store.hpp"
#include "post_box.hpp"
#include "recorder.hpp"
#include "refusals.hpp"
#include "rules.hpp"
#include "settings.hpp"
#include "subscriptions.hpp"
#include "timeline.hpp"

#include <memory>
#include <string>
#include <thread>

namespace httplib {
class Server;
}

namespace xtap::sim {

// The header by which the relay tells the server whose request it is. It never leaves the process.
inline constexpr const char *kConnectionHeader = "x-sim-connection";
// And the one that carries what stood in Authorization, in base64: httplib percent-decodes headers it reads.
inline constexpr const char *kAuthorizationHeader = "x-sim-authorization";

// What every family of operations works with.
struct World {
    explicit World(const Settings &chosen);

    const Settings &settings;
    Timeline timeline;
    Connections connections;
    Admission admission;
    Refusals refusals;
    RateLimits limits;
    FaultQueue faults;
    FaultPlayer player;
    Recorder recorder;
    AnswerShapes shapes;
    Authority authority;
    Conversations conversations;
    RuleBook rules, powerstream_rules;
    SubscriptionBook subscriptions;
    PostBox posts;
    MediaStore media;
};

// A cpp-httplib server on a loopback port of its own, running until destroyed.
class HttpServer {
public:
    // `speed` of time: what must be done within some seconds is then given as many seconds of the wall's.
    HttpServer(const std::string &host, double speed);
    ~HttpServer();
    HttpServer(const HttpServer &) = delete;
    HttpServer &operator=(const HttpServer &) = delete;

    httplib::Server &routes() { return *server_; }
    int port() const { return port_; }
    void start();

private:
    std::unique_ptr<httplib::Server> server_;
    int port_;
    std::thread thread_;
};

// One function per family of operations; each in a file of its own.
class Api; // what goes before every operation that is no stream

void add_streams(httplib::Server &routes, World &world);
void add_tokens(Api &api);
void add_connections(Api &api);
void add_direct_messages(Api &api);
void add_media(Api &api);
void add_posts(Api &api);
void add_rules(Api &api);
void add_subscriptions(Api &api);
// Every operation that is no stream.
void add_operations(Api &api);
void add_common(httplib::Server &routes, World &world);

// Sends one request to the internal server and returns the whole response, bytes as they came.
std::string ask_server(int port, std::string_view request);

} // namespace xtap::sim
