// Lists the operations. The table itself, and what is in it, is the library's.
#include "cli/operations/operations_command.hpp"

#include "cli/base/complaint.hpp"
#include "cli/base/json_array.hpp"
#include "cli/base/json_facts.hpp"
#include "cli/base/operation_json.hpp"
#include "cli/base/output.hpp"

#include <algorithm>
#include <unistd.h>

namespace xtap::cli {
namespace {

std::string padded(std::string text, std::size_t width) {
    if (text.size() < width) text.append(width - text.size(), ' ');
    return text;
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

struct OperationRow {
    std::string id, call, summary;
};

} // namespace

bool is_wanted(const std::string &description, const OperationFilter &filter) {
    const Json facts = Json::parse_or_null(description);
    if (!facts.is_object() || (filter.streaming && !flag_fact(facts, "streaming"))) return false;
    const std::string text = text_fact(facts, "id") + "\n" + list_fact(facts, "aliases") + "\n" +
                             text_fact(facts, "method") + " " + text_fact(facts, "path") + "\n" +
                             text_fact(facts, "summary");
    return lower(text).find(lower(filter.text)) != std::string::npos;
}

std::string operations_table(const std::vector<std::string> &descriptions) {
    std::vector<OperationRow> rows;
    std::size_t id_width = 0;
    std::size_t call_width = 0;
    for (const std::string &description : descriptions) {
        const Json facts = Json::parse_or_null(description);
        if (!facts.is_object()) continue;
        OperationRow row = {text_fact(facts, "id"),
                            text_fact(facts, "method") + " " + text_fact(facts, "path"),
                            text_fact(facts, "summary")};
        id_width = std::max(id_width, row.id.size());
        call_width = std::max(call_width, row.call.size());
        rows.push_back(std::move(row));
    }
    std::string table;
    for (const OperationRow &row : rows) {
        std::string line =
            padded(row.id, id_width) + "  " + padded(row.call, call_width) + "  " + row.summary;
        line.erase(line.find_last_not_of(' ') + 1);
        table += line + "\n";
    }
    return table;
}

void run_operations_command(const OperationFilter &filter, bool as_json) {
    std::vector<std::string> descriptions;
    const std::size_t count = xtap_operation_count();
    for (std::size_t index = 0; index < count; ++index) {
        std::string description = operation_json(xtap_operation_id(index));
        if (is_wanted(description, filter)) descriptions.push_back(std::move(description));
    }
    if (descriptions.empty() && !as_json) {
        throw Complaint(ExitCode::failure,
                        std::string("no ") + (filter.streaming ? "streaming " : "") + "operation has '" +
                            filter.text + "' in its name, path or summary",
                        "see 'xtap operations' for all of them");
    }
    Output output(STDOUT_FILENO);
    print_once(output, as_json ? json_array(descriptions) : operations_table(descriptions));
}

} // namespace xtap::cli
