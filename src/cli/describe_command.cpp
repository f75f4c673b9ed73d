// Shows the library's description of an operation. What an operation takes is known to the library alone.
#include "cli/describe_command.hpp"

#include "cli/json_facts.hpp"
#include "cli/operations_command.hpp"
#include "cli/output.hpp"
#include "cli/plain_text.hpp"

#include <algorithm>
#include <unistd.h>

namespace xtap::cli {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kColumns = 100;

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
    return name.empty() ? "text" : name;
}

// "required, integer, 1 to 2" or "list of: a, b, c (also written post.fields)".
std::string what_it_takes(const Json &parameter) {
    std::string line = flag_fact(parameter, "required") ? "required, " : "";
    line += type(parameter) + range(parameter);
    if (const std::string usual = text_fact(parameter, "default"); !usual.empty())
        line += ", default " + usual;
    if (const std::string aliases = list_fact(parameter, "aliases"); !aliases.empty()) {
        line += " (also written " + aliases + ")";
    }
    if (const std::string values = list_fact(parameter, "values"); !values.empty()) {
        line += text_fact(parameter, "type") == "list" ? " of: " : ", one of: ";
        line += values;
    }
    if (const std::string version = text_fact(parameter, "dropped"); !version.empty()) {
        line += "; gone from X's own description since version " + version;
    }
    return line;
}

std::string credentials(const Json &operation) {
    const auto found = operation.find("security");
    if (found == operation.end() || !found->is_array()) return "";
    std::string alternatives;
    for (const Json &security : *found) {
        if (!security.is_object()) continue;
        alternatives += (alternatives.empty() ? "" : " or ") + text_fact(security, "scheme");
        if (const std::string scopes = list_fact(security, "scopes"); !scopes.empty()) {
            alternatives += " with " + scopes;
        }
    }
    return alternatives;
}

std::string facts(const Json &operation) {
    std::string text =
        "\n  call         " + text_fact(operation, "method") + " " + text_fact(operation, "path") + "\n";
    if (const std::string needed = credentials(operation); !needed.empty()) {
        text += "  credentials  " + wrapped(needed, kColumns, 15, 15) + "\n";
    }
    if (const std::string kind = text_fact(operation, "event_kind"); !kind.empty())
        text += "  events       " + kind + "\n";
    if (const auto count = number_fact(operation, "partitions"); count.value_or(0) > 0) {
        text += "  partitions   " + std::to_string(*count) + "\n";
    }
    if (const auto budget = number_fact(operation, "connect_budget"); budget.value_or(0) > 0) {
        text += "  connects     at most " + std::to_string(*budget) + " in 15 minutes\n";
    }
    if (const std::string version = text_fact(operation, "dropped"); !version.empty()) {
        text += "  gone         from X's own description since version " + version + "\n";
    }
    return text;
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
        text += wrapped(what_it_takes(parameter), kColumns, column, column) + "\n";
    }
    return text;
}

// A call that can be copied: every required parameter with a value that is allowed.
std::string example(const Json &operation) {
    std::string call = "xtap stream " + text_fact(operation, "id");
    const auto found = operation.find("parameters");
    if (found != operation.end() && found->is_array()) {
        for (const Json &parameter : *found) {
            if (!flag_fact(parameter, "required")) continue;
            call += " " + text_fact(parameter, "name") + "=";
            call += std::to_string(number_fact(parameter, "minimum").value_or(1));
        }
    }
    return call;
}

} // namespace

std::string described(const std::string &description) {
    const Json operation = Json::parse(description, nullptr, false);
    if (!operation.is_object()) return description + "\n";
    std::string text = text_fact(operation, "id") + "\n";
    if (const std::string summary = text_fact(operation, "summary"); !summary.empty()) {
        text += wrapped(summary, kColumns, 0, 0) + "\n";
    }
    text += facts(operation);
    text += parameters(operation);
    if (flag_fact(operation, "streaming")) text += "\nExample\n  " + example(operation) + "\n";
    return text;
}

void run_describe_command(const std::string &operation, bool as_json) {
    const std::string description = operation_json(operation);
    Output output(STDOUT_FILENO);
    print_once(output, as_json ? description + "\n" : described(description));
}

} // namespace xtap::cli
