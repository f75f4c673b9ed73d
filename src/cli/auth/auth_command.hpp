// `xtap auth`: gets tokens, renews them, shows what is stored, gives them up. Never prints one.
#pragma once

#include "cli/auth/redirect.hpp"
#include "cli/base/named_values.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace xtap::cli {

struct AuthArguments : ClientArguments {
    enum class Action { app, login, refresh, show, logout };
    Action action = Action::show;
    bool as_json = false;                 // show
    bool local = false;                   // logout: without telling the server
    bool browser = false;                 // login: open one
    std::optional<std::string> scope;     // login
    RedirectAddress redirect;             // login
    std::chrono::milliseconds timeout{0}; // login
};

// Throws a Complaint when it did not work.
void run_auth_command(const AuthArguments &arguments);

} // namespace xtap::cli
