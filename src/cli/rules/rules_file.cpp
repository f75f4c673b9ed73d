// Where a rule ends and its tag begins. What a rule may say is the server's business.
#include "cli/rules/rules_file.hpp"

#include "cli/base/complaint.hpp"

#include <map>

namespace xtap::cli {
namespace {

constexpr std::string_view kMark = " # ";

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r";
    const std::size_t first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// The first mark outside quoted phrases: within one it is text to be matched.
std::size_t mark_in(std::string_view line) {
    bool quoted = false;
    for (std::size_t at = 0; at < line.size(); ++at) {
        if (line[at] == '\\') {
            ++at;
        } else if (line[at] == '"') {
            quoted = !quoted;
        } else if (!quoted && line.substr(at).starts_with(kMark)) {
            return at;
        }
    }
    return std::string_view::npos;
}

Rule parse_line(std::string_view line) {
    const std::size_t mark = mark_in(line);
    if (mark == std::string_view::npos) return {"", std::string(line), ""};
    return {"", std::string(trimmed(line.substr(0, mark))),
            std::string(trimmed(line.substr(mark + kMark.size())))};
}

bool is_comment(std::string_view line) { return line == "#" || line.starts_with("# "); }

} // namespace

std::string rule_line(const Rule &rule) {
    return rule.tag.empty() ? rule.value : rule.value + std::string(kMark) + rule.tag;
}

std::vector<Rule> parse_rules(std::string_view text, const std::string &path) {
    std::vector<Rule> rules;
    std::map<std::string, std::size_t> lines; // by value
    std::size_t number = 0;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3); // some editors begin a file so
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        ++number;
        if (line.empty() || is_comment(line)) continue;
        Rule rule = parse_line(line);
        const auto [known, is_new] = lines.emplace(rule.value, number);
        if (!is_new) {
            throw Complaint(ExitCode::usage, "'" + path + "', line " + std::to_string(number) +
                                                 ": the rule of line " + std::to_string(known->second) +
                                                 " stands there again: " + rule.value);
        }
        rules.push_back(std::move(rule));
    }
    return rules;
}

} // namespace xtap::cli
