// See fault_script.hpp.
#include "fault_script.hpp"

#include "json/value.hpp"

#include <string>

namespace xtap::sim {
namespace {

ScriptLine read_line(const Json &json) {
    ScriptLine line;
    if (!json.is_object() || !json.contains("fault"))
        throw BadFault("expected {\"at_ms\":N,\"fault\":{...}} or {\"after_connections\":N,\"fault\":{...}}");
    for (const auto &[name, value] : json.items()) {
        if (name == "fault") {
            line.orders = parse_faults(value);
            continue;
        }
        if (name != "at_ms" && name != "after_connections")
            throw BadFault("there is no field \"" + name + "\"");
        if (!value.is_number_unsigned()) throw BadFault("\"" + name + "\" must be a whole number");
        (name == "at_ms" ? line.at_ms : line.after_connections) = value.get<std::uint64_t>();
    }
    if (line.at_ms.has_value() == line.after_connections.has_value())
        throw BadFault("one of \"at_ms\" and \"after_connections\" says when");
    return line;
}

} // namespace

std::vector<ScriptLine> read_script(std::istream &text) {
    std::vector<ScriptLine> lines;
    std::string line;
    for (std::size_t number = 1; std::getline(text, line); ++number) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        const auto json = Json::parse_or_null(line);
        try {
            lines.push_back(read_line(json));
        } catch (const BadFault &bad) {
            throw BadFault("line " + std::to_string(number) + " of the script: " + bad.what());
        }
    }
    return lines;
}

} // namespace xtap::sim
