// `xtap connections`: the app's streaming connections, open and past, and the ending of open ones.
#pragma once

#include "cli/base/named_values.hpp"

#include <optional>
#include <string>
#include <vector>

namespace xtap::cli {

struct ConnectionsArguments : ClientArguments {
    bool kill = false;
    bool all = false; // list: past ones, too; kill: every one
    bool as_json = false;
    std::optional<std::string> endpoint; // list and kill: of this stream alone
    std::vector<std::string> ids;        // kill
};

// Throws a Complaint when something was refused.
void run_connections_command(const ConnectionsArguments &arguments);

} // namespace xtap::cli
