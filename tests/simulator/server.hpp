// The API behind the relay: cpp-httplib on an internal loopback port decides what a request gets. A streaming
// request that is in order is answered with a head only; what follows is left with the connection, for the
// relay to pump. Knows no faults.
#pragma once

#include "connections.hpp"
#include "limits.hpp"
#include "recorder.hpp"
#include "settings.hpp"
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

// What every family of operations works with.
struct World {
    const Settings &settings;
    Timeline timeline;
    Connections connections;
    RateLimits limits;
    FaultQueue faults;
    Recorder recorder;
};

// A cpp-httplib server on a loopback port of its own, running until destroyed.
class HttpServer {
public:
    explicit HttpServer(const std::string &host);
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
void add_streams(httplib::Server &routes, World &world);
void add_common(httplib::Server &routes, World &world);

// Sends one request to the internal server and returns the whole response, bytes as they came.
std::string ask_server(int port, std::string_view request);

} // namespace xtap::sim
