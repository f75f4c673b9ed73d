// A stream's rules as lines of text: a rule's value, and if it has a tag, " # " and the tag. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace xtap::cli {

struct Rule {
    std::string id; // the server's; empty for a rule that is only wished for
    std::string value;
    std::string tag;
};

// "cat has:images # cats". A hashtag is no tag: its '#' is not followed by a blank.
std::string rule_line(const Rule &rule);

// Lines that are empty or begin with "# " are left out. `path` names the file in the complaint about a rule
// that stands twice or is only a tag.
std::vector<Rule> parse_rules(std::string_view text, const std::string &path);

} // namespace xtap::cli
