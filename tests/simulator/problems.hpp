// Answers that are not streams: problem+json bodies and the heads around them. Knows no sockets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xtap::sim {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct Answer {
    int status = 200;
    std::string content_type = "application/problem+json; charset=utf-8";
    std::string body;
    HeaderList headers;
};

struct BadParameter {
    std::string name, value, message;
};

// The problem that goes with a status, in the API's shape and our words.
Answer problem(int status);
Answer invalid_request(const std::vector<BadParameter> &parameters);
// The same with 403, when the account may not use them.
Answer forbidden_parameters(const std::vector<BadParameter> &parameters);
Answer too_many_recovery_jobs(std::uint64_t limit);
Answer unauthorized(std::string_view detail);
Answer unsupported_authentication(std::string_view carried);
Answer no_such_path(std::string_view path);
// status 0: the one that usually goes with the issue.
Answer connection_exception(std::string_view connection_issue, int status = 0);
Answer redirect_to(std::string_view location, int status);
Answer html_page(int status);

// The message a stream carries before it is ended by the server.
std::string operational_disconnect_message(std::string_view disconnect_type);

std::string_view reason_of(int status);
// Status line, headers and the empty line. Content-Length is the caller's to put into `headers`.
std::string response_head(int status, std::string_view content_type, const HeaderList &headers);
std::string whole_response(const Answer &answer, const HeaderList &more, bool keep_alive);

} // namespace xtap::sim
