// Kinds, times and scopes of the stored credentials.
#include "cli/auth/stored_text.hpp"

#include "cli/base/plain_text.hpp"
#include "cli/base/readable.hpp"
#include "json/value.hpp"

namespace xtap::cli {
namespace {

std::string expiry(const UserCredential &user, std::int64_t now_ms) {
    if (user.expires_at_ms == 0) return "not known";
    const std::int64_t left = user.expires_at_ms - now_ms;
    return utc_time(user.expires_at_ms) + (left > 0 ? " (in " + readable_ms(left) + ")" : " (over)");
}

std::string user_lines(const UserCredential &user, std::int64_t now_ms) {
    std::string text = "  login\n    client     " + plain_text(user.client_id) + "\n";
    text += "    expires    " + expiry(user, now_ms) + "\n";
    text += "    refreshes  " +
            std::string(user.refresh_token.empty() ? "no: log in again when it has expired" : "yes") + "\n";
    if (!user.scope.empty()) text += "    scopes     " + wrapped(plain_text(user.scope), 84, 15, 15) + "\n";
    text += "    saved      " + utc_time(user.saved_at_ms) + "\n";
    return text;
}

} // namespace

std::string stored_text(const Credentials &credentials, const std::string &path, std::int64_t now_ms) {
    std::string text;
    for (const auto &[server, stored] : credentials) {
        if (!stored.app && !stored.user) continue;
        text += plain_text(server) + "\n";
        if (stored.app) text += "  app token\n    saved      " + utc_time(stored.app->saved_at_ms) + "\n";
        if (stored.user) text += user_lines(*stored.user, now_ms);
    }
    if (text.empty()) return "Nothing is stored in " + path + "\n";
    return text + "\nin " + path + "\n";
}

std::string stored_json(const Credentials &credentials, const std::string &path) {
    Json servers = Json::object();
    for (const auto &[server, stored] : credentials) {
        Json facts = Json::object();
        if (stored.app) facts["app"] = {{"saved_at_ms", stored.app->saved_at_ms}};
        if (stored.user) {
            facts["user"] = {{"client_id", stored.user->client_id},
                             {"expires_at_ms", stored.user->expires_at_ms},
                             {"refreshes", !stored.user->refresh_token.empty()},
                             {"scope", stored.user->scope},
                             {"saved_at_ms", stored.user->saved_at_ms}};
        }
        if (!facts.empty()) servers[server] = std::move(facts);
    }
    const Json shown = {{"path", path}, {"servers", std::move(servers)}};
    return shown.dump({.indent = 2, .replace_invalid = true}) + "\n";
}

std::string environment_note(const std::vector<std::string> &variables) {
    std::string names;
    for (const std::string &variable : variables)
        names += (names.empty() ? "" : ", ") + variable;
    if (names.empty()) return "";
    return names + (variables.size() == 1 ? " is" : " are") + " set in the environment and " +
           (variables.size() == 1 ? "goes" : "go") + " before what is stored";
}

} // namespace xtap::cli
