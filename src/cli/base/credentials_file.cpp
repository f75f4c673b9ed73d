// Reading, checking and replacing the credentials file.
#include "cli/base/credentials_file.hpp"

#include "cli/base/complaint.hpp"
#include "cli/base/file_replacement.hpp"
#include "cli/base/input.hpp"
#include "cli/base/json_facts.hpp"

#include <cerrno>
#include <cstdlib>
#include <sys/stat.h>
#include <system_error>

namespace xtap::cli {
namespace {

constexpr int kForm = 1;

[[noreturn]] void fail(const std::string &sentence) {
    throw Complaint(ExitCode::failure, sentence + ": " + std::generic_category().message(errno));
}

std::string folder_of(const std::string &path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
}

void make_folder(const std::string &path) {
    if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return;
    if (errno != ENOENT || path == "/") fail("cannot make the folder '" + path + "'");
    make_folder(folder_of(path));
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) fail("cannot make the folder '" + path + "'");
}

const char *variable(const char *name) {
    const char *value = std::getenv(name);
    return value != nullptr && *value == '/' ? value : nullptr; // the XDG rules ignore relative paths
}

// What is not known is not written.
Json without_empty(const Json &object) {
    Json known = Json::object();
    for (const auto &[key, value] : object.items()) {
        const bool is_empty = value.is_string() ? value.text().empty() : value == 0;
        if (!is_empty) known[key] = value;
    }
    return known;
}

Json to_json(const ServerCredentials &server) {
    Json json = Json::object();
    if (server.app) {
        json["app"] = without_empty(
            {{"bearer_token", server.app->bearer_token}, {"saved_at_ms", server.app->saved_at_ms}});
    }
    if (server.user) {
        json["user"] = without_empty({{"client_id", server.user->client_id},
                                      {"client_secret", server.user->client_secret},
                                      {"access_token", server.user->access_token},
                                      {"refresh_token", server.user->refresh_token},
                                      {"expires_at_ms", server.user->expires_at_ms},
                                      {"scope", server.user->scope},
                                      {"saved_at_ms", server.user->saved_at_ms}});
    }
    return json;
}

ServerCredentials from_json(const Json &json) {
    ServerCredentials server;
    if (const auto app = json.find("app"); app != json.end() && app->is_object()) {
        server.app =
            AppCredential{text_fact(*app, "bearer_token"), number_fact(*app, "saved_at_ms").value_or(0)};
    }
    if (const auto user = json.find("user"); user != json.end() && user->is_object()) {
        server.user = UserCredential{text_fact(*user, "client_id"),
                                     text_fact(*user, "client_secret"),
                                     text_fact(*user, "access_token"),
                                     text_fact(*user, "refresh_token"),
                                     number_fact(*user, "expires_at_ms").value_or(0),
                                     text_fact(*user, "scope"),
                                     number_fact(*user, "saved_at_ms").value_or(0)};
    }
    return server;
}

} // namespace

std::optional<std::string> find_credentials_path() {
    constexpr char kFile[] = "/xtap/credentials.json";
    if (const char *config = variable("XDG_CONFIG_HOME")) return config + std::string(kFile);
    if (const char *home = variable("HOME")) return std::string(home) + "/.config" + kFile;
    return std::nullopt;
}

std::string credentials_path() {
    if (auto path = find_credentials_path()) return *path;
    throw Complaint(ExitCode::usage,
                    "there is no place for stored credentials: neither XDG_CONFIG_HOME nor HOME is set");
}

Credentials parse_credentials(std::string_view text, const std::string &path) {
    const Json file = Json::parse_or_null(text);
    const auto servers = file.is_object() ? file.find("servers") : file.end();
    if (!file.is_object() || servers == file.end() || !servers->is_object()) {
        throw Complaint(ExitCode::permission, "'" + path + "' does not hold credentials of this command",
                        "move it away and log in again: xtap auth login, xtap auth app");
    }
    if (number_fact(file, "version").value_or(0) != kForm) {
        throw Complaint(ExitCode::permission, "'" + path + "' was written by another version of this command",
                        "move it away and log in again: xtap auth login, xtap auth app");
    }
    Credentials credentials;
    for (const auto &[server, stored] : servers->items()) {
        if (stored.is_object()) credentials[server] = from_json(stored);
    }
    return credentials;
}

std::string credentials_text(const Credentials &credentials) {
    Json servers = Json::object();
    for (const auto &[server, stored] : credentials) {
        if (stored.app || stored.user) servers[server] = to_json(stored);
    }
    const Json file = {{"version", kForm}, {"servers", std::move(servers)}};
    return file.dump({.indent = 2, .replace_invalid = true}) + "\n";
}

Credentials load_credentials(const std::string &path) {
    struct stat facts = {};
    if (::stat(path.c_str(), &facts) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) return {};
        fail("cannot read '" + path + "'");
    }
    if ((facts.st_mode & 077) != 0) {
        throw Complaint(ExitCode::permission,
                        "'" + path + "' can be read by others than its owner and is not used",
                        "its tokens may be known to them; to use it all the same: chmod 600 " + path);
    }
    return parse_credentials(read_file(path), path);
}

CredentialsLock::CredentialsLock(const std::string &path) {
    make_folder(folder_of(path));
    lock_.emplace(path);
}

void save_credentials(const std::string &path, const Credentials &credentials) {
    replace_file(path, credentials_text(credentials), 0600);
}

} // namespace xtap::cli
