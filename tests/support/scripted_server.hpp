// An HTTP server on loopback that remembers what it was asked, byte for byte, and answers what a test wrote
// down. Keeps its connections. Knows nothing of the API.
#pragma once

#include "small_server.hpp"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace xtap::test {

struct HttpRequest {
    std::string line;                           // "GET /2/tweets?ids=1 HTTP/1.1"
    std::map<std::string, std::string> headers; // names in small letters
    std::string head, body;
    int connection = 0; // 1 for the first, and so on

    std::string method() const { return line.substr(0, line.find(' ')); }
    std::string target() const;
    std::string header(const std::string &name) const;
};

struct HttpAnswer {
    int status = 200;
    std::string body = R"({"data":{}})";
    std::map<std::string, std::string> headers = {{"Content-Type", "application/json"}};
    bool close = false;   // afterwards
    bool broken = false;  // closes instead of answering
    bool held = false;    // never answers
    std::string raw = {}; // sent instead, as it is
};

class ScriptedServer {
public:
    ScriptedServer();

    std::string url() const { return server_.url(); }
    int connections() const { return server_.accepted(); }
    // Answers of requests to this path, in order; the last one stays. Without any: HttpAnswer's own.
    void answer(const std::string &path, std::vector<HttpAnswer> answers);
    std::vector<HttpRequest> asked() const;
    std::vector<HttpRequest> asked(const std::string &path) const;
    bool wait_asked(std::size_t count) const; // false when that takes too long

private:
    void play(int fd);
    HttpAnswer next(const std::string &path);

    mutable std::mutex mutex_;
    mutable std::condition_variable came_;
    std::map<std::string, std::deque<HttpAnswer>> answers_;
    std::vector<HttpRequest> asked_;
    int connection_ = 0;
    SmallServer server_; // last: its threads use the rest
};

} // namespace xtap::test
