// Reads and words what X says went wrong. Knows nothing of what is done about it.
#include "api/problem.hpp"

#include "api/html_summary.hpp"
#include "api/utf8.hpp"

#include <simdjson.h>

#include <charconv>
#include <limits>

namespace xtap::api {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::size_t longest_quote = 1000; // fits the error's message with something around it
constexpr std::size_t longest_summary = 200;

// simdjson refuses a document for one bad byte. X's problems arrive through proxies and cut connections:
// what can be mended is, since this text is for people and not an event.
std::string mended(std::string_view body) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (body.starts_with(byte_order_mark)) body.remove_prefix(byte_order_mark.size());
    std::string out;
    out.reserve(body.size() + simdjson::SIMDJSON_PADDING);
    while (!body.empty()) {
        const Character character = first_character(body);
        if (!character.valid) {
            out += replacement_character;
        } else if (character.code < 0x20) {
            out += ' ';
        } else {
            out += body.substr(0, character.size);
        }
        body.remove_prefix(character.size);
    }
    return out;
}

void fill_text(std::string &text, const object &from, std::string_view key) {
    std::string_view found;
    if (text.empty() && from[key].get_string().get(found) == simdjson::SUCCESS)
        text = sanitize(found, longest_quote);
}

// Numbers come as numbers and as text.
void fill_number(int &number, const object &from, std::string_view key) {
    element value;
    if (number != 0 || from[key].get(value) != simdjson::SUCCESS) return;
    std::int64_t wide = 0;
    std::string_view text;
    if (value.get_string().get(text) == simdjson::SUCCESS) {
        std::from_chars(text.data(), text.data() + text.size(), number);
    } else if (value.get_int64().get(wide) == simdjson::SUCCESS && wide >= std::numeric_limits<int>::min() &&
               wide <= std::numeric_limits<int>::max()) {
        number = static_cast<int>(wide);
    }
}

// {"parameters": {"partition": ["21"]}} complains about partition; some problems say {"parameter":
// "partition"}.
void fill_parameter(Problem &problem, const object &from) {
    object parameters;
    if (problem.parameter.empty() && from["parameters"].get_object().get(parameters) == simdjson::SUCCESS &&
        parameters.begin() != parameters.end()) {
        problem.parameter = sanitize(parameters.begin().key(), longest_quote);
    }
    fill_text(problem.parameter, from, "parameter");
}

void fill(Problem &problem, const object &from) {
    fill_text(problem.type, from, "type");
    fill_text(problem.title, from, "title");
    fill_text(problem.detail, from, "detail");
    fill_text(problem.disconnect_type, from, "disconnect_type");
    fill_text(problem.connection_issue, from, "connection_issue");
    fill_text(problem.reason, from, "reason");
    fill_text(problem.message, from, "message");
    fill_parameter(problem, from);
    fill_number(problem.code, from, "code");
    fill_number(problem.status, from, "status");
}

// OAuth's own shape: {"error": "invalid_request", "error_description": "..."}; older streams: {"error":
// {"message": ...}}.
void fill_oauth(Problem &problem, const object &from) {
    object inner;
    if (from["error"].get_object().get(inner) == simdjson::SUCCESS) return fill(problem, inner);
    fill_text(problem.title, from, "error");
    fill_text(problem.detail, from, "error_description");
}

// The problem's own words come first, then those of the first error that is an object; errors may also be
// plain texts.
void fill_errors(Problem &problem, const element &errors) {
    array list;
    object only;
    std::string_view text;
    if (errors.get_object().get(only) == simdjson::SUCCESS) return fill(problem, only);
    if (errors.get_array().get(list) != simdjson::SUCCESS) {
        if (problem.message.empty() && errors.get_string().get(text) == simdjson::SUCCESS) {
            problem.message = sanitize(text, longest_quote);
        }
        return;
    }
    for (const element each : list) {
        if (each.get_object().get(only) == simdjson::SUCCESS) return fill(problem, only);
        if (problem.message.empty() && each.get_string().get(text) == simdjson::SUCCESS) {
            problem.message = sanitize(text, longest_quote);
        }
    }
}

bool says_something(const Problem &problem) {
    return !problem.type.empty() || !problem.title.empty() || !problem.detail.empty() ||
           !problem.message.empty() || !problem.disconnect_type.empty() ||
           !problem.connection_issue.empty() || problem.code != 0;
}

bool parse_json(Problem &problem, std::string_view body) {
    simdjson::dom::parser parser;
    const std::string text = mended(body);
    element document;
    if (parser.parse(text).get(document) != simdjson::SUCCESS) return false;
    object top;
    array several;
    if (document.get_array().get(several) == simdjson::SUCCESS) {
        fill_errors(problem, document);
    } else if (document.get_object().get(top) == simdjson::SUCCESS) {
        fill(problem, top);
        element errors;
        if (top["errors"].get(errors) == simdjson::SUCCESS) fill_errors(problem, errors);
        fill_oauth(problem, top);
    }
    return says_something(problem);
}

bool is_html(std::string_view body, std::string_view content_type) {
    const std::size_t first = body.find_first_not_of(" \t\r\n");
    return content_type.find("html") != std::string_view::npos ||
           (first != std::string_view::npos && body[first] == '<');
}

std::string in_short(std::string_view body) {
    const std::size_t first = body.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return sanitize(body.substr(first, body.find_last_not_of(" \t\r\n") - first + 1), longest_summary);
}

void append(std::string &line, std::string_view separator, std::string_view text) {
    // X often says the same in title, detail and message.
    if (text.empty() || line.find(text) != std::string::npos) return;
    if (!line.empty()) line += separator;
    line += text;
}

// X ends some of its sentences with a stop: "Not allowed.: It is" would read as a mistake of ours.
void add_sentence(std::string &words, std::string_view sentence) {
    if (sentence.empty()) return;
    if (words.ends_with('.')) words.pop_back();
    append(words, ": ", sentence);
}

} // namespace

Problem parse_problem(std::string_view body, std::string_view content_type, int http_status) {
    Problem problem;
    problem.found = parse_json(problem, body);
    if (!problem.found) {
        problem.detail =
            is_html(body, content_type) ? sanitize(html_summary(body), longest_summary) : in_short(body);
    }
    if (problem.status == 0) problem.status = http_status;
    return problem;
}

std::string describe_problem(const Problem &problem, int http_status) {
    const std::string status =
        http_status == 0 || http_status == 200 ? "" : "HTTP " + std::to_string(http_status);
    if (!problem.found) {
        const std::string said = problem.detail.empty() ? "no explanation" : quote(problem.detail);
        return status.empty() ? said : status + ": " + said;
    }
    std::string words;
    add_sentence(words, problem.title);
    add_sentence(words, problem.detail);
    add_sentence(words, problem.message);
    std::string facts;
    const auto add_fact = [&](std::string_view name, std::string_view value) {
        if (!value.empty() && words.find(value) == std::string::npos) {
            append(facts, ", ", std::string(name) + " " + std::string(value));
        }
    };
    add_fact("parameter", problem.parameter);
    add_fact("disconnect_type", problem.disconnect_type);
    add_fact("connection_issue", problem.connection_issue);
    add_fact("reason", problem.reason);
    if (problem.code != 0) add_fact("code", std::to_string(problem.code));
    if (problem.type != "about:blank") add_fact("type", problem.type);
    std::string line = status;
    if (!words.empty()) line += (line.empty() ? "" : ": ") + words;
    if (!facts.empty()) line += line.empty() ? facts : " (" + facts + ")";
    return line;
}

} // namespace xtap::api
