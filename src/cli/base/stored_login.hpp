// The stored credentials as a running command uses them: lent to its config, and renewed in the file when the
// library renews them.
#pragma once

#include "cli/base/client_setup.hpp"
#include "cli/base/credentials_file.hpp"

#include <xtap/xtap.h>

#include <cstdint>
#include <memory>
#include <string>

namespace xtap::cli {

class StoredLogin {
public:
    // Reads the file and lends what it has to the config.
    StoredLogin(xtap_config *config, Console &console);

    // From now on new tokens of the client are saved before they are used. The login must outlive the client.
    void keep_saved(xtap_client *client);
    // The command needs no new tokens any more: another process may get them.
    void settled() noexcept { turn_.reset(); }

private:
    void lend(xtap_config *config);
    static xtap_flow on_token(xtap_text access_token, xtap_text refresh_token, std::int64_t expires_at_ms,
                              void *self);
    void save(std::string access_token, std::string refresh_token, std::int64_t expires_at_ms);

    Console &console_;
    std::string path_;
    std::string server_;
    // Held while a token that is about to expire may be exchanged: a refresh token works once, and of two
    // processes that use the same one, the second loses the login.
    std::unique_ptr<CredentialsLock> turn_;
    bool is_lent_ = false;
};

} // namespace xtap::cli
