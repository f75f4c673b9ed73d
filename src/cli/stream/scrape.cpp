// One page, GET and HEAD; everything else is told what is wrong with it.
#include "cli/stream/scrape.hpp"

#include <exception>

namespace xtap::cli {
namespace {

std::string answer(std::string_view status, std::string_view body, std::string_view more_head = {}) {
    return "HTTP/1.1 " + std::string(status) +
           "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\nCache-Control: no-store\r\nConnection: close\r\n" +
           std::string(more_head) + "\r\n" + std::string(body);
}

std::string_view next_word(std::string_view &line) noexcept {
    const std::size_t blank = line.find(' ');
    const std::string_view word = line.substr(0, blank);
    line.remove_prefix(blank == std::string_view::npos ? line.size() : blank + 1);
    return word;
}

} // namespace

bool is_whole_request(std::string_view request) noexcept {
    return request.find("\r\n\r\n") != std::string_view::npos;
}

std::string scrape_answer(std::string_view request, const std::function<std::string()> &page) {
    std::string_view line = request.substr(0, request.find("\r\n"));
    const std::string_view method = next_word(line);
    const std::string_view target = next_word(line);
    if (!line.starts_with("HTTP/1.")) return answer("400 Bad Request", "this is no HTTP/1.1\n");
    if (method != "GET" && method != "HEAD")
        return answer("405 Method Not Allowed", "only GET and HEAD\n", "Allow: GET, HEAD\r\n");
    if (target.substr(0, target.find('?')) != "/metrics")
        return answer("404 Not Found", "the figures are at /metrics\n");
    try {
        std::string whole = answer("200 OK", page());
        if (method == "HEAD") whole.resize(whole.find("\r\n\r\n") + 4);
        return whole;
    } catch (const std::exception &) {
        return answer("500 Internal Server Error", "the figures cannot be told now\n");
    }
}

} // namespace xtap::cli
