// The steps of each `xtap auth` command. How tokens are asked for, kept and shown is told elsewhere.
#include "cli/auth/auth_command.hpp"

#include "cli/auth/loopback.hpp"
#include "cli/auth/stored_text.hpp"
#include "cli/auth/token_calls.hpp"
#include "cli/base/readable.hpp"
#include "cli/base/unix_time.hpp"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

extern char **environ;

namespace xtap::cli {
namespace {

std::string environment(const char *name) {
    const char *value = std::getenv(name);
    return value != nullptr ? value : "";
}

// Nothing of what is stored takes part in getting something new.
constexpr CallerWishes kOwnCredentialsOnly = {.stored_credentials = false};

void app(const AuthArguments &arguments, Output &output) {
    const std::string path = credentials_path();
    Caller caller(arguments, output, kOwnCredentialsOnly);
    const AppCredential fetched = fetch_app_token(caller);
    const std::string server = server_of(caller.config());
    change_credentials(path, [&](Credentials &stored) { stored[server].app = fetched; });
    caller.console().line("xtap: the app's token for " + server + " is stored in " + path);
}

// A desktop's own way to open an address. Whether there is a desktop is not our business: the address is
// printed in any case.
void open_browser(std::string url) {
    std::string program = "xdg-open";
    char *words[] = {program.data(), url.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_t attributes; // the signals that this command holds back are its own affair
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    pid_t id = -1;
    static_cast<void>(::posix_spawnp(&id, program.c_str(), &actions, &attributes, words, environ));
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
}

RedirectQuery way_back(Caller &caller, Loopback &loopback, const LoginStart &start,
                       const AuthArguments &arguments) {
    const auto query = loopback.wait(arguments.timeout, caller.ended_fd(), [&](const RedirectQuery &seen) {
        const bool is_ours = seen.state == start.state;
        if (!is_ours) caller.console().line("xtap: a redirect of another login was turned away");
        return is_ours;
    });
    caller.check_ending();
    if (!query) {
        throw Complaint(ExitCode::failure,
                        "nobody logged in within " + readable_ms(arguments.timeout.count()),
                        "the address to come back to, " + loopback.address().uri +
                            ", must stand in the app's settings, letter for letter");
    }
    if (query->code.empty()) {
        loopback.answer(false, "X did not let xtap in. You can close this page.");
        std::string why = query->error.empty() ? "no code came back" : query->error;
        if (!query->error_description.empty()) why += ": " + query->error_description;
        throw Complaint(ExitCode::permission, "the login was refused: " + why);
    }
    return *query;
}

void login(const AuthArguments &arguments, Output &output) {
    const std::string path = credentials_path();
    Caller caller(arguments, output, kOwnCredentialsOnly);
    Loopback loopback(arguments.redirect);
    const std::string &redirect_uri = loopback.address().uri;
    const LoginStart start = start_login(caller, redirect_uri, arguments.scope);
    print_once(output, start.url + "\n");
    caller.console().line(
        "xtap: open this address in a browser of this machine and let the app in; the way back is " +
        redirect_uri);
    if (arguments.browser) open_browser(start.url);
    const RedirectQuery query = way_back(caller, loopback, start, arguments);
    try {
        UserCredential user = fetch_user_tokens(caller, {{"grant_type", "authorization_code"},
                                                         {"code", query.code},
                                                         {"redirect_uri", redirect_uri},
                                                         {"code_verifier", start.code_verifier}});
        user.client_id = option_value(caller.config(), "oauth2_client_id");
        user.client_secret = environment("XTAP_OAUTH2_CLIENT_SECRET");
        const std::string server = server_of(caller.config());
        change_credentials(path, [&](Credentials &stored) { stored[server].user = user; });
        loopback.answer(true, "xtap is logged in. You can close this page.");
        caller.console().line("xtap: logged in; the tokens for " + server + " are stored in " + path);
    } catch (...) {
        loopback.answer(false, "xtap could not log in; the terminal says why. You can close this page.");
        throw;
    }
}

ServerCredentials &stored_login(Credentials &credentials, const std::string &server,
                                const std::string &path) {
    ServerCredentials &stored = credentials[server];
    if (!stored.user)
        throw Complaint(ExitCode::permission, "no login for " + server + " is stored in " + path,
                        "log in: xtap auth login");
    return stored;
}

std::string server_named_by(const AuthArguments &arguments) {
    return server_of(configured(arguments, {}).get());
}

void refresh(const AuthArguments &arguments, Output &output) {
    const std::string path = credentials_path();
    const std::string server = server_named_by(arguments);
    // Held all the while: the token that is exchanged here must not be exchanged by anybody else.
    const CredentialsLock lock(path);
    Credentials credentials = load_credentials(path);
    UserCredential &user = *stored_login(credentials, server, path).user;
    if (user.refresh_token.empty())
        throw Complaint(ExitCode::permission,
                        "the stored login cannot be refreshed: it came without a refresh token",
                        "log in with the scope offline.access: xtap auth login");
    Caller caller(arguments, output, {.stored_credentials = false, .client_of = &user});
    const UserCredential fetched =
        fetch_user_tokens(caller, {{"grant_type", "refresh_token"}, {"refresh_token", user.refresh_token}});
    user.access_token = fetched.access_token;
    if (!fetched.refresh_token.empty()) user.refresh_token = fetched.refresh_token;
    if (!fetched.scope.empty()) user.scope = fetched.scope;
    user.expires_at_ms = fetched.expires_at_ms;
    user.saved_at_ms = fetched.saved_at_ms;
    save_credentials(path, credentials);
    caller.console().line("xtap: the tokens for " + server + " are renewed");
}

std::vector<std::string> set_variables() {
    std::vector<std::string> set;
    for (const char *name : {"XTAP_BEARER_TOKEN", "XTAP_BEARER_TOKEN_FILE", "XTAP_OAUTH2_ACCESS_TOKEN",
                             "XTAP_OAUTH2_REFRESH_TOKEN", "XTAP_OAUTH1_TOKEN"}) {
        if (!environment(name).empty()) set.emplace_back(name);
    }
    if (!environment("XTAP_API_KEY").empty() && !environment("XTAP_API_SECRET").empty())
        set.emplace_back("XTAP_API_KEY");
    return set;
}

void show(const AuthArguments &arguments, Output &output) {
    const std::string path = credentials_path();
    const Credentials stored = load_credentials(path);
    print_once(output, arguments.as_json ? stored_json(stored, path) : stored_text(stored, path, unix_ms()));
    if (const std::string note = environment_note(set_variables()); !note.empty())
        Console(STDERR_FILENO).line("xtap: " + note);
}

void revoke(const AuthArguments &arguments, const UserCredential &user, Output &output) {
    Caller caller(arguments, output, {.stored_credentials = false, .client_of = &user});
    if (!user.refresh_token.empty()) revoke_token(caller, user.refresh_token);
    revoke_token(caller, user.access_token);
}

void logout(const AuthArguments &arguments, Output &output) {
    const std::string path = credentials_path();
    const std::string server = server_named_by(arguments);
    Console console(STDERR_FILENO);
    const CredentialsLock lock(path);
    Credentials credentials = load_credentials(path);
    const auto stored = credentials.find(server);
    if (stored == credentials.end() || (!stored->second.app && !stored->second.user))
        return console.line("xtap: nothing is stored for " + server);
    if (stored->second.user && !arguments.local) revoke(arguments, *stored->second.user, output);
    credentials.erase(stored);
    save_credentials(path, credentials);
    console.line("xtap: what was stored for " + server + " is forgotten");
}

} // namespace

void run_auth_command(const AuthArguments &arguments) {
    Output output(STDOUT_FILENO);
    switch (arguments.action) {
    case AuthArguments::Action::app:
        return app(arguments, output);
    case AuthArguments::Action::login:
        return login(arguments, output);
    case AuthArguments::Action::refresh:
        return refresh(arguments, output);
    case AuthArguments::Action::show:
        return show(arguments, output);
    case AuthArguments::Action::logout:
        return logout(arguments, output);
    }
}

} // namespace xtap::cli
