// What X says went wrong, read from an answer's body or from a message inside a stream, in any of its shapes.
// Reads and words it; what to do about it is decided elsewhere.
#pragma once

#include <string>
#include <string_view>

namespace xtap::api {

// All texts are safe to show: UTF-8, one line, no control characters, of bounded length. Absent ones are
// empty.
struct Problem {
    std::string type; // a URL; X uses its old and its new host name
    std::string title;
    std::string detail; // without a problem: what the body says, in short
    std::string disconnect_type, connection_issue;
    std::string reason;    // a word for machines that some problems carry, "client-not-enrolled"
    std::string parameter; // of the first error: what it complains about
    std::string message;   // of the first error
    int code = 0;          // of the first error, the numbers of API 1.1
    int status = 0;        // as the problem says it; may differ from the HTTP status
    bool found =
        false; // the body was a problem X wrote; false: something else (a proxy's page, noise, nothing)
};

// Never fails for what the body holds. `http_status` fills in `status` where the body gives none.
Problem parse_problem(std::string_view body, std::string_view content_type, int http_status);

// One readable line: "HTTP 429: ConnectionException: Too many connections (connection_issue
// TooManyConnections)". An `http_status` of 0 or 200 is left out: the problem came inside a stream.
std::string describe_problem(const Problem &problem, int http_status);

} // namespace xtap::api
