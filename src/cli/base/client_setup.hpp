// From arguments and environment to a client: the options in their order, the stored credentials, log lines.
// Knows nothing about what the client is for.
#pragma once

#include "cli/base/console.hpp"
#include "cli/base/credentials_file.hpp"
#include "cli/base/handles.hpp"
#include "cli/base/named_values.hpp"

#include <span>
#include <string>
#include <utility>

namespace xtap::cli {

// Throw a Complaint with the library's words.
void set_option(xtap_config *config, const std::string &name, const std::string &value);
// A secret reads *** when it is set.
std::string option_value(const xtap_config *config, const char *name);

// A command's own defaults first, then the environment, then --base-url and --option.
ConfigHandle configured(const ClientArguments &arguments,
                        std::span<const std::pair<const char *, const char *>> own_defaults);

// The server's name in the credentials file.
std::string server_of(const xtap_config *config);

// Makes the config that of the client which the user's tokens belong to, whatever the environment names.
void lend_client(xtap_config *config, const UserCredential &user);

// Whether one was set by hand.
bool has_user_credential(const xtap_config *config);
bool has_app_credential(const xtap_config *config);

// Lends the config what is stored for its server, where nothing was set by hand: the app's token when no
// credential was, the login when no user's was. What is set by hand is never overruled by what is stored.
void lend_stored_credentials(xtap_config *config, const ServerCredentials &stored);

// Where the parameters of an operation are explained.
std::string parameter_hint(const std::string &operation);

// A client that tells its log lines on the console.
ClientHandle opened_client(const xtap_config *config, Console &console);

} // namespace xtap::cli
