// The description's shape and the one that X's servers are known to send beside it.
#include "cli/connections/connections_answer.hpp"

#include "cli/base/json_facts.hpp"
#include "cli/base/plain_text.hpp"

#include <algorithm>
#include <array>

namespace xtap::cli {
namespace {

constexpr std::array<std::pair<const char *, const char *>, 6> kColumns = {
    {{"id", "ID"},
     {"endpoint_name", "ENDPOINT"},
     {"connected_at", "CONNECTED"},
     {"disconnected_at", "DISCONNECTED"},
     {"disconnect_reason", "REASON"},
     {"client_ip", "IP"}}};
using Row = std::array<std::string, kColumns.size()>;

Row row_of(const Json &connection) {
    Row row;
    for (std::size_t column = 0; column < kColumns.size(); ++column) {
        row[column] = plain_text(text_fact(connection, kColumns[column].first));
        if (row[column].empty()) row[column] = "-";
    }
    return row;
}

} // namespace

std::string connections_table(const std::vector<std::string> &connections) {
    std::vector<Row> rows(1);
    for (std::size_t column = 0; column < kColumns.size(); ++column)
        rows[0][column] = kColumns[column].second;
    for (const std::string &connection : connections) {
        const Json facts = Json::parse_or_null(connection);
        if (facts.is_object()) rows.push_back(row_of(facts));
    }
    std::array<std::size_t, kColumns.size()> widths = {};
    for (const Row &row : rows) {
        for (std::size_t column = 0; column < row.size(); ++column)
            widths[column] = std::max(widths[column], row[column].size());
    }
    std::string table;
    for (const Row &row : rows) {
        for (std::size_t column = 0; column + 1 < row.size(); ++column)
            table += row[column] + std::string(widths[column] + 2 - row[column].size(), ' ');
        table += row.back() + "\n";
    }
    return table;
}

std::optional<Kills> kills_in(std::string_view body) {
    const Json answer = Json::parse_or_null(body);
    const auto data = answer.is_object() ? answer.find("data") : answer.end();
    if (!answer.is_object() || data == answer.end() || !data->is_object()) return std::nullopt;
    Kills kills;
    kills.successful = number_fact(*data, "successful_kills");
    kills.failed = number_fact(*data, "failed_kills").value_or(0);
    if (!kills.successful && !flag_fact(*data, "attempted")) return std::nullopt;
    const auto results = data->find("results");
    if (results == data->end() || !results->is_array()) return kills;
    for (const Json &result : *results) {
        if (!result.is_object() || !result.contains("success") || flag_fact(result, "success")) continue;
        const std::string why = text_fact(result, "error_message");
        kills.first_failure = text_fact(result, "uuid") + ": " + (why.empty() ? "no reason is given" : why);
        break;
    }
    return kills;
}

} // namespace xtap::cli
