// The file in which the command keeps tokens between runs: its place, its form, and who may read it. Knows
// nothing about how tokens are got or used.
#pragma once

#include "cli/base/file_lock.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace xtap::cli {

struct AppCredential {
    std::string bearer_token;
    std::int64_t saved_at_ms = 0;
    bool operator==(const AppCredential &) const = default;
};

// What a login gave, with what refreshing it takes.
struct UserCredential {
    std::string client_id;
    std::string client_secret; // of a confidential client; public ones have none
    std::string access_token;
    std::string refresh_token;      // empty without the scope offline.access
    std::int64_t expires_at_ms = 0; // 0: not known
    std::string scope;              // as the server said it, separated by blanks
    std::int64_t saved_at_ms = 0;
    bool operator==(const UserCredential &) const = default;
};

struct ServerCredentials {
    std::optional<AppCredential> app;
    std::optional<UserCredential> user;
};

// By base URL: a token is never sent to another server than the one it came from.
using Credentials = std::map<std::string, ServerCredentials>;

// $XDG_CONFIG_HOME/xtap/credentials.json, or below $HOME/.config; nothing without either.
std::optional<std::string> find_credentials_path();
// The same; throws a Complaint when there is none.
std::string credentials_path();

// Pure: the file's text. `path` names it in the complaint when it is not of this form.
Credentials parse_credentials(std::string_view text, const std::string &path);
std::string credentials_text(const Credentials &credentials);

// Nothing when there is no file. Throws a Complaint when others than its owner may read it.
Credentials load_credentials(const std::string &path);

// Reads, lets `change` have its way, and writes, while no other process does the same. File mode 0600, in a
// folder of mode 0700 when it has to be made.
template <typename Change> void change_credentials(const std::string &path, Change &&change);

// Held by one process at a time, from construction to destruction.
class CredentialsLock {
public:
    explicit CredentialsLock(const std::string &path);

private:
    std::optional<FileLock> lock_; // made when its folder is
};

void save_credentials(const std::string &path, const Credentials &credentials);

template <typename Change> void change_credentials(const std::string &path, Change &&change) {
    const CredentialsLock lock(path);
    Credentials credentials = load_credentials(path);
    change(credentials);
    save_credentials(path, credentials);
}

} // namespace xtap::cli
