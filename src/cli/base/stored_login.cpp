// Lends and saves. The clock is looked at once, to see whether a token is about to expire.
#include "cli/base/stored_login.hpp"

#include "cli/base/complaint.hpp"
#include "cli/base/unix_time.hpp"

#include <utility>

namespace xtap::cli {
namespace {

// The library refreshes 30 s before the end; whoever starts a little earlier must wait for its turn, too.
constexpr std::int64_t kSoonMs = 60'000;

bool expires_soon(const ServerCredentials &stored) {
    return stored.user && !stored.user->refresh_token.empty() && stored.user->expires_at_ms != 0 &&
           stored.user->expires_at_ms < unix_ms() + kSoonMs;
}

std::string text_of(xtap_text text) { return text.data != nullptr ? std::string(text.data, text.size) : ""; }

} // namespace

StoredLogin::StoredLogin(xtap_config *config, Console &console)
    : console_(console), server_(server_of(config)) {
    const std::optional<std::string> path = find_credentials_path();
    if (!path || has_user_credential(config)) return; // nothing would be lent beside a user's own
    path_ = *path;
    try {
        lend(config);
    } catch (const Complaint &problem) {
        // What was set by hand serves without it.
        if (!has_app_credential(config)) throw;
        console_.line("xtap: warning: " + problem.message);
    }
}

void StoredLogin::lend(xtap_config *config) {
    ServerCredentials stored = load_credentials(path_)[server_];
    if (expires_soon(stored)) {
        turn_ = std::make_unique<CredentialsLock>(path_);
        stored = load_credentials(path_)[server_]; // somebody else may just have renewed it
        if (!expires_soon(stored)) turn_.reset();
    }
    lend_stored_credentials(config, stored);
    is_lent_ = stored.user.has_value();
}

void StoredLogin::keep_saved(xtap_client *client) {
    if (is_lent_) static_cast<void>(xtap_client_on_token(client, on_token, this));
}

xtap_flow StoredLogin::on_token(xtap_text access_token, xtap_text refresh_token, std::int64_t expires_at_ms,
                                void *self) {
    auto &login = *static_cast<StoredLogin *>(self);
    try {
        login.save(text_of(access_token), text_of(refresh_token), expires_at_ms);
        return XTAP_CONTINUE;
    } catch (const std::exception &problem) {
        login.console_.line("xtap: the new tokens could not be saved and are not used: " +
                            std::string(problem.what()));
        return XTAP_FAIL;
    }
}

void StoredLogin::save(std::string access_token, std::string refresh_token, std::int64_t expires_at_ms) {
    if (!turn_) turn_ = std::make_unique<CredentialsLock>(path_);
    Credentials credentials = load_credentials(path_);
    std::optional<UserCredential> &user = credentials[server_].user;
    if (!user) user.emplace();
    user->access_token = std::move(access_token);
    if (!refresh_token.empty()) user->refresh_token = std::move(refresh_token);
    user->expires_at_ms = expires_at_ms > 0 ? expires_at_ms : 0;
    user->saved_at_ms = unix_ms();
    save_credentials(path_, credentials);
    turn_.reset();
}

} // namespace xtap::cli
