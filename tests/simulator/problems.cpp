// See problems.hpp.
#include "problems.hpp"

#include "json/value.hpp"

namespace xtap::sim {
namespace {

const std::string kTypes = "https://api.twitter.com/2/problems/";

Answer answer(int status, Json body) {
    Answer made;
    made.status = status;
    if (!body.contains("status")) body["status"] = status;
    made.body = body.dump({.as_made = true});
    return made;
}

Json errors_of(const std::vector<BadParameter> &parameters) {
    Json errors = Json::array();
    for (const auto &bad : parameters)
        errors.push_back({{"parameters", {{bad.name, Json::array({bad.value})}}}, {"message", bad.message}});
    return errors;
}

} // namespace

Answer problem(int status) {
    switch (status) {
    case 400:
        return invalid_request({});
    case 401:
        return unauthorized("The simulator was told to refuse this token.");
    case 403:
        return answer(403, {{"title", "Client Forbidden"},
                            {"detail", "The simulator was told that this client may not open the stream."},
                            {"type", kTypes + "client-forbidden"},
                            {"reason", "client-not-enrolled"},
                            {"client_id", "12345678"},
                            {"required_enrollment", "Another level of access"}});
    case 404:
        return no_such_path("");
    case 409:
        return connection_exception("RuleConfigurationIssue", 409);
    case 429:
        return answer(429, {{"title", "Too Many Requests"},
                            {"detail", "The simulator counts too many requests in this window."},
                            {"type", "about:blank"}});
    case 503:
        return answer(503, {{"title", "Service Unavailable"},
                            {"detail", "The simulator was told to be overloaded."},
                            {"type", "about:blank"}});
    default:
        return answer(status, {{"title", reason_of(status)},
                               {"detail", "The simulator was told to answer " + std::to_string(status) + "."},
                               {"type", "about:blank"}});
    }
}

Answer invalid_request(const std::vector<BadParameter> &parameters) {
    Json errors = errors_of(parameters);
    if (errors.empty())
        errors.push_back(
            {{"parameters", Json::object()}, {"message", "The simulator was told to refuse this request."}});
    return answer(400, {{"errors", errors},
                        {"title", "Invalid Request"},
                        {"detail", "At least one parameter of the request is not allowed."},
                        {"type", kTypes + "invalid-request"}});
}

Answer forbidden_parameters(const std::vector<BadParameter> &parameters) {
    return answer(403, {{"errors", errors_of(parameters)},
                        {"title", "Forbidden"},
                        {"detail", "This account may not use \"" + parameters.front().name + "\"."},
                        {"type", kTypes + "client-forbidden"}});
}

Answer too_many_recovery_jobs(std::uint64_t limit) {
    return answer(429, {{"title", "Too Many Requests"},
                        {"detail", "The simulator runs " + std::to_string(limit) + " recovery jobs at once."},
                        {"type", "about:blank"}});
}

Answer unauthorized(std::string_view detail) {
    Answer made = answer(
        401, {{"title", "Unauthorized"}, {"type", "about:blank"}, {"status", 401}, {"detail", detail}});
    made.headers.emplace_back("www-authenticate", "Bearer");
    return made;
}

Answer unsupported_authentication(std::string_view carried) {
    return answer(403, {{"title", "Unsupported Authentication"},
                        {"detail", "This operation does not take " + std::string(carried) + "."},
                        {"type", kTypes + "unsupported-authentication"}});
}

Answer no_such_path(std::string_view path) {
    const std::string where = path.empty() ? "here, as it was told" : "at \"" + std::string(path) + "\"";
    return answer(404, {{"title", "Not Found Error"},
                        {"detail", "The simulator has nothing " + where + "."},
                        {"type", kTypes + "resource-not-found"}});
}

Answer connection_exception(std::string_view connection_issue, int status) {
    if (status == 0)
        status = connection_issue == "ProvisioningSubscription" ? 503
                 : connection_issue == "RuleConfigurationIssue" || connection_issue == "RulesInvalidIssue"
                     ? 409
                     : 429;
    return answer(status,
                  {{"title", "ConnectionException"},
                   {"detail", "The simulator refuses this stream: " + std::string(connection_issue) + "."},
                   {"connection_issue", connection_issue},
                   {"type", kTypes + "streaming-connection"}});
}

Answer redirect_to(std::string_view location, int status) {
    Answer made;
    made.status = status;
    made.content_type = "text/html; charset=utf-8";
    made.body = "<html><body>Moved.</body></html>\n";
    made.headers.emplace_back("location", location);
    return made;
}

Answer html_page(int status) {
    Answer made;
    made.status = status;
    made.content_type = "text/html; charset=utf-8";
    made.body = "<!DOCTYPE html>\n<html><head><title>" + std::to_string(status) + " " +
                std::string(reason_of(status)) +
                "</title></head>\n<body><h1>A gateway speaks</h1><p>Not JSON at all.</p></body></html>\n";
    return made;
}

std::string operational_disconnect_message(std::string_view disconnect_type) {
    const Json message{{"errors",
                        {{{"title", "operational-disconnect"},
                          {"disconnect_type", disconnect_type},
                          {"detail", "The simulator was told to end this stream."},
                          {"type", kTypes + "operational-disconnect"}}}}};
    return message.dump({.as_made = true});
}

std::string_view reason_of(int status) {
    switch (status) {
    case 200:
        return "OK";
    case 201:
        return "Created";
    case 301:
        return "Moved Permanently";
    case 302:
        return "Found";
    case 307:
        return "Temporary Redirect";
    case 308:
        return "Permanent Redirect";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 409:
        return "Conflict";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Internal Server Error";
    case 502:
        return "Bad Gateway";
    case 503:
        return "Service Unavailable";
    case 504:
        return "Gateway Timeout";
    default:
        return status < 400 ? "Fine" : "Trouble";
    }
}

std::string response_head(int status, std::string_view content_type, const HeaderList &headers) {
    std::string head = "HTTP/1.1 " + std::to_string(status) + " " + std::string(reason_of(status)) + "\r\n";
    if (!content_type.empty()) head.append("content-type: ").append(content_type).append("\r\n");
    for (const auto &[name, value] : headers)
        head.append(name).append(": ").append(value).append("\r\n");
    return head.append("\r\n");
}

std::string whole_response(const Answer &answer, const HeaderList &more, bool keep_alive) {
    HeaderList headers = answer.headers;
    headers.insert(headers.end(), more.begin(), more.end());
    headers.emplace_back("content-length", std::to_string(answer.body.size()));
    headers.emplace_back("connection", keep_alive ? "keep-alive" : "close");
    return response_head(answer.status, answer.content_type, headers) + answer.body;
}

} // namespace xtap::sim
