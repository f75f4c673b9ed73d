// `xtap rules`: the rules of the filtered stream or of Powerstream: list, add, delete, and sync with a file.
#pragma once

#include "cli/base/named_values.hpp"

#include <optional>
#include <string>
#include <vector>

namespace xtap::cli {

struct RulesArguments : ClientArguments {
    enum class Action { list, add, remove, sync };
    Action action = Action::list;
    bool powerstream = false;
    bool as_json = false;           // list
    bool plain = false;             // list: in the form of a file
    bool dry_run = false;           // sync
    bool allow_empty = false;       // sync
    std::vector<std::string> words; // add: a value; delete: ids and values; sync: a file
    std::optional<std::string> tag; // add
};

// Throws a Complaint when something was refused.
void run_rules_command(const RulesArguments &arguments);

} // namespace xtap::cli
