// Shows the library's description of an operation. What an operation takes is known to the library alone.
#include "cli/describe/describe_command.hpp"

#include "cli/base/json_facts.hpp"
#include "cli/base/operation_json.hpp"
#include "cli/base/output.hpp"
#include "cli/base/plain_text.hpp"

#include <algorithm>
#include <unistd.h>

namespace xtap::cli {
namespace {

constexpr std::size_t kLineWidth = 100;
constexpr std::size_t kFactColumn = 15;

std::string range(const Json &parameter) {
    const auto lowest = number_fact(parameter, "minimum");
    const auto highest = number_fact(parameter, "maximum");
    if (lowest && highest) return ", " + std::to_string(*lowest) + " to " + std::to_string(*highest);
    if (lowest) return ", " + std::to_string(*lowest) + " or more";
    if (highest) return ", up to " + std::to_string(*highest);
    return "";
}

std::string type(const Json &parameter) {
    const std::string name = text_fact(parameter, "type");
    if (name == "date-time") return "date and time, as in 2026-07-20T12:00:00Z";
    if (name == "boolean") return "true or false";
    return name.empty() ? "text" : name;
}

// "1 to 100 characters", from two limits of which either may be missing.
std::string extent(const Json &parameter, const char *least_key, const char *most_key, const char *unit) {
    const auto least = number_fact(parameter, least_key);
    const auto most = number_fact(parameter, most_key);
    if (!most && least.value_or(0) <= 1) return ""; // not empty: that is a matter of course
    std::string text = ", ";
    if (least && most) {
        text +=
            *least == *most ? std::to_string(*most) : std::to_string(*least) + " to " + std::to_string(*most);
    } else {
        text += most ? "up to " + std::to_string(*most) : std::to_string(*least) + " or more";
    }
    return text + " " + unit;
}

std::string form_of_text(const Json &parameter) {
    std::string text = extent(parameter, "min_items", "max_items", "entries");
    text += extent(parameter, "min_length", "max_length", "characters");
    if (const std::string pattern = text_fact(parameter, "pattern"); !pattern.empty())
        text += ", of the form " + pattern;
    return text;
}

// "filter_stream" for "filtered_stream": names of values that are understood, too.
std::string value_aliases(const Json &parameter) {
    const auto found = parameter.find("value_aliases");
    std::string text;
    if (found == parameter.end() || !found->is_object()) return text;
    for (const auto &[given, sent] : found->items()) {
        if (sent.is_string())
            text += (text.empty() ? " (" : ", ") + given + " stands for " + sent.get<std::string>();
    }
    return text.empty() ? text : text + ")";
}

// "required, integer, 1 to 2" or "list of: a, b, c (also written post.fields)".
std::string what_it_takes(const Json &parameter) {
    std::string line = flag_fact(parameter, "required") ? "required, " : "";
    line += type(parameter) + range(parameter) + form_of_text(parameter);
    const bool is_list = text_fact(parameter, "type") == "list";
    const std::string usual = text_fact(parameter, "default");
    if (!usual.empty() && !is_list) line += ", default " + usual;
    if (const std::string aliases = list_fact(parameter, "aliases"); !aliases.empty())
        line += " (also written " + aliases + ")";
    if (const std::string values = list_fact(parameter, "values"); !values.empty())
        line += (is_list ? " of: " : ", one of: ") + values + value_aliases(parameter);
    if (!usual.empty() && is_list) line += "; default " + usual;
    if (const std::string version = text_fact(parameter, "dropped"); !version.empty()) {
        line += "; gone from X's own description since version " + version;
    }
    return line;
}

std::string scheme(const std::string &name) {
    if (name == "client") return "the OAuth 2.0 client's id, and its secret if it has one";
    return name == "app" ? "the app's API key and secret" : name;
}

std::string credentials(const Json &operation) {
    const auto found = operation.find("security");
    if (found == operation.end() || !found->is_array()) return "";
    std::string alternatives;
    for (const Json &security : *found) {
        if (!security.is_object()) continue;
        alternatives += (alternatives.empty() ? "" : " or ") + scheme(text_fact(security, "scheme"));
        if (const std::string scopes = list_fact(security, "scopes"); !scopes.empty()) {
            alternatives += " with " + scopes;
        }
    }
    return alternatives;
}

std::string fact(const char *name, const std::string &text) {
    if (text.empty()) return "";
    const std::string label = std::string("  ") + name;
    return label + std::string(kFactColumn - label.size(), ' ') +
           wrapped(text, kLineWidth, kFactColumn, kFactColumn) + "\n";
}

std::string body(const Json &operation) {
    const std::string kinds = list_fact(operation, "body");
    if (kinds.empty()) return "";
    if (kinds == "form") return "made of the parameters below";
    std::string text = kinds == "json, multipart" ? "json (--body) or multipart (--attach)"
                       : kinds == "multipart"     ? "multipart (--attach)"
                                                  : "json (--body)";
    return text + (flag_fact(operation, "body_required") ? ", required" : "");
}

std::string answer(const Json &operation) {
    const std::string kind = text_fact(operation, "response");
    if (kind == "bytes") return "bytes, for a file (--output)";
    return kind == "local" ? "made here: nothing is sent" : "";
}

std::string pages(const Json &operation) {
    const auto paging = operation.find("paging");
    if (paging == operation.end() || !paging->is_object()) return "";
    return "by " + text_fact(*paging, "parameter") + "; --all-pages follows them";
}

// "900 in 15 min for a user".
std::string rate_limits(const Json &operation) {
    std::string text;
    const auto limits = operation.find("rate_limits");
    if (limits == operation.end() || !limits->is_array()) return text;
    for (const Json &limit : *limits) {
        const std::int64_t window = number_fact(limit, "window_s").value_or(0);
        text += (text.empty() ? "" : ", ") + std::to_string(number_fact(limit, "requests").value_or(0)) +
                " in " +
                (window % 3600 == 0 ? std::to_string(window / 3600) + " h"
                                    : std::to_string(window / 60) + " min") +
                (text_fact(limit, "per") == "app" ? " for the app" : " for a user");
    }
    return text;
}

std::string positive(const Json &operation, const char *key, const std::string &before,
                     const std::string &after) {
    const auto count = number_fact(operation, key);
    return count.value_or(0) > 0 ? before + std::to_string(*count) + after : "";
}

std::string facts(const Json &operation) {
    const std::string version = text_fact(operation, "dropped");
    return "\n" + fact("call", text_fact(operation, "method") + " " + text_fact(operation, "path")) +
           fact("also named", list_fact(operation, "aliases")) + fact("credentials", credentials(operation)) +
           fact("body", body(operation)) + fact("answer", answer(operation)) +
           fact("pages", pages(operation)) + fact("rate limit", rate_limits(operation)) +
           fact("events", text_fact(operation, "event_kind")) +
           fact("partitions", positive(operation, "partitions", "", "")) +
           fact("connects", positive(operation, "connect_budget", "at most ", " in 15 minutes")) +
           fact("gone", version.empty() ? "" : "from X's own description since version " + version);
}

std::string parameters(const Json &operation) {
    const auto found = operation.find("parameters");
    if (found == operation.end() || !found->is_array() || found->empty()) return "\nNo parameters.\n";
    std::size_t width = 0;
    for (const Json &parameter : *found)
        width = std::max(width, text_fact(parameter, "name").size());
    const std::size_t column = 2 + width + 2;
    std::string text = "\nParameters, as name=value\n";
    for (const Json &parameter : *found) {
        const std::string name = text_fact(parameter, "name");
        text += "  " + name + std::string(column - 2 - name.size(), ' ');
        text += wrapped(what_it_takes(parameter), kLineWidth, column, column) + "\n";
    }
    return text;
}

// Something that is allowed, or dots where only the user can know.
std::string example_value(const Json &parameter) {
    const auto values = parameter.find("values");
    if (values != parameter.end() && values->is_array() && !values->empty() && values->front().is_string())
        return values->front().get<std::string>();
    if (text_fact(parameter, "type") == "date-time") return "2026-07-20T12:00:00Z";
    if (text_fact(parameter, "type") == "boolean") return "true";
    if (text_fact(parameter, "type") != "integer") return "...";
    return std::to_string(number_fact(parameter, "minimum").value_or(1));
}

// A call that can be copied: with every required parameter, and a body where one is needed.
std::string example(const Json &operation) {
    std::string call = flag_fact(operation, "streaming") ? "xtap stream " : "xtap call ";
    call += text_fact(operation, "id");
    const auto found = operation.find("parameters");
    if (found != operation.end() && found->is_array()) {
        for (const Json &parameter : *found) {
            if (flag_fact(parameter, "required"))
                call += " " + text_fact(parameter, "name") + "=" + example_value(parameter);
        }
    }
    const std::string kinds = list_fact(operation, "body");
    if (flag_fact(operation, "body_required") && kinds.starts_with("json")) call += " --body @body.json";
    if (flag_fact(operation, "body_required") && kinds == "multipart") call += " --attach media=@FILE";
    if (text_fact(operation, "response") == "bytes") call += " --output FILE";
    return call;
}

} // namespace

std::string described(const std::string &description) {
    const Json operation = Json::parse_or_null(description);
    if (!operation.is_object()) return description + "\n";
    std::string text = text_fact(operation, "id") + "\n";
    if (const std::string summary = text_fact(operation, "summary"); !summary.empty()) {
        text += wrapped(summary, kLineWidth, 0, 0) + "\n";
    }
    text += facts(operation);
    text += parameters(operation);
    text += "\nExample\n  " + example(operation) + "\n";
    return text;
}

void run_describe_command(const std::string &operation, bool as_json) {
    const std::string description = operation_json(operation);
    Output output(STDOUT_FILENO);
    print_once(output, as_json ? description + "\n" : described(description));
}

} // namespace xtap::cli
