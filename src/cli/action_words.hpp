// The words of `xtap auth`, `xtap rules` and `xtap connections`, as CLI11 hands them over and as checked
// values. Pure: no I/O, no library.
#pragma once

#include "cli/auth/auth_command.hpp"
#include "cli/connections/connections_command.hpp"
#include "cli/rules/rules_command.hpp"

#include <string>
#include <vector>

namespace xtap::cli {

struct AuthWords {
    ClientWords client;
    std::vector<std::string> words; // the action first
    std::vector<std::string> port, redirect_uri, scope, timeout;
    bool browser = false, json = false, local = false;
};

struct RulesWords {
    ClientWords client;
    std::vector<std::string> words; // the action first
    std::vector<std::string> tag;
    bool powerstream = false, json = false, plain = false, dry_run = false, allow_empty = false;
};

struct ConnectionsWords {
    ClientWords client;
    std::vector<std::string> words; // nothing, or "kill" first
    std::vector<std::string> endpoint;
    bool all = false, json = false;
};

// They throw a Complaint (exit 2) that names the word and what was expected in its place.
AuthArguments auth_arguments(const AuthWords &words);
RulesArguments rules_arguments(const RulesWords &words);
ConnectionsArguments connections_arguments(const ConnectionsWords &words);

} // namespace xtap::cli
