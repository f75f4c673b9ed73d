// See scripted_server.hpp.
#include "scripted_server.hpp"

#include "patience.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <poll.h>
#include <sys/socket.h>

namespace xtap::test {
namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::string path_of(const std::string &target) { return target.substr(0, target.find('?')); }

HttpRequest parse_head(const std::string &head) {
    HttpRequest request;
    request.head = head;
    std::size_t from = head.find("\r\n");
    request.line = head.substr(0, from);
    while (from != std::string::npos && (from += 2) < head.size()) {
        const std::size_t end = head.find("\r\n", from);
        const std::string line = head.substr(from, end - from);
        const std::size_t colon = line.find(": ");
        if (colon != std::string::npos)
            request.headers[lower(line.substr(0, colon))] = line.substr(colon + 2);
        from = end;
    }
    return request;
}

// Reads one whole request; false when the connection ends.
bool read_request(int fd, std::string &rest, HttpRequest &request) {
    char room[16 * 1024];
    for (;;) {
        const std::size_t end = rest.find("\r\n\r\n");
        if (end != std::string::npos) {
            request = parse_head(rest.substr(0, end + 2));
            const auto length = request.headers.find("content-length");
            const std::size_t size =
                length == request.headers.end() ? 0 : std::strtoull(length->second.c_str(), nullptr, 10);
            if (rest.size() >= end + 4 + size) {
                request.body = rest.substr(end + 4, size);
                rest.erase(0, end + 4 + size);
                return true;
            }
        }
        const ssize_t got = ::recv(fd, room, sizeof room, 0);
        if (got <= 0) return false;
        rest.append(room, static_cast<std::size_t>(got));
    }
}

std::string rendered(const HttpAnswer &answer) {
    if (!answer.raw.empty()) return answer.raw;
    std::string text = "HTTP/1.1 " + std::to_string(answer.status) + " Said\r\n";
    for (const auto &[name, value] : answer.headers)
        text += name + ": " + value + "\r\n";
    text += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n";
    if (answer.close) text += "Connection: close\r\n";
    return text + "\r\n" + answer.body;
}

} // namespace

std::string HttpRequest::target() const {
    const std::size_t from = line.find(' ') + 1;
    return line.substr(from, line.rfind(' ') - from);
}

std::string HttpRequest::header(const std::string &name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
}

ScriptedServer::ScriptedServer() : server_([this](int fd) { play(fd); }) {}

void ScriptedServer::answer(const std::string &path, std::vector<HttpAnswer> answers) {
    const std::lock_guard lock(mutex_);
    answers_[path].assign(answers.begin(), answers.end());
}

std::vector<HttpRequest> ScriptedServer::asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
}

std::vector<HttpRequest> ScriptedServer::asked(const std::string &path) const {
    std::vector<HttpRequest> found = asked();
    std::erase_if(found, [&](const HttpRequest &request) { return path_of(request.target()) != path; });
    return found;
}

bool ScriptedServer::wait_asked(std::size_t count) const {
    std::unique_lock lock(mutex_);
    return came_.wait_for(lock, kPatience, [&] { return asked_.size() >= count; });
}

HttpAnswer ScriptedServer::next(const std::string &path) {
    std::deque<HttpAnswer> &waiting = answers_[path];
    if (waiting.empty()) return {};
    HttpAnswer answer = waiting.front();
    if (waiting.size() > 1) waiting.pop_front();
    return answer;
}

void ScriptedServer::play(int fd) {
    int connection = 0;
    {
        const std::lock_guard lock(mutex_);
        connection = ++connection_;
    }
    std::string rest;
    for (HttpRequest request; read_request(fd, rest, request);) {
        HttpAnswer answer;
        {
            const std::lock_guard lock(mutex_);
            request.connection = connection;
            answer = next(path_of(request.target()));
            asked_.push_back(std::move(request));
            came_.notify_all();
        }
        if (answer.held) {
            pollfd wait{fd, POLLRDHUP, 0};
            ::poll(&wait, 1, -1);
        }
        if (answer.broken || answer.held) return;
        write_all(fd, rendered(answer));
        if (answer.close) return;
    }
}

} // namespace xtap::test
