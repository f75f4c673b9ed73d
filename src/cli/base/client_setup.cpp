// Sets options by name; what they mean is the library's business.
#include "cli/base/client_setup.hpp"

#include "cli/base/complaint.hpp"
#include "cli/base/plain_text.hpp"

namespace xtap::cli {
namespace {

constexpr char kOptionHint[] = "docs/CONFIGURATION.md lists every option, its default and its range";

bool is_set(const xtap_config *config, const char *option) { return !option_value(config, option).empty(); }

void show_log_line(std::int32_t, xtap_text line, void *console) {
    static_cast<Console *>(console)->line("xtap: " + plain_text({line.data, line.size}));
}

} // namespace

void set_option(xtap_config *config, const std::string &name, const std::string &value) {
    LibraryError error;
    check(xtap_config_set(config, name.c_str(), value.c_str(), &error), error, kOptionHint);
}

std::string option_value(const xtap_config *config, const char *name) {
    LibraryError error;
    std::size_t size = 0;
    const xtap_status status = xtap_config_get(config, name, nullptr, 0, &size, &error);
    if (status != XTAP_E_BUFFER_SMALL) check(status, error);
    std::string value(size + 1, '\0'); // the library ends the text with a NUL when it fits
    check(xtap_config_get(config, name, value.data(), value.size(), &size, &error), error);
    value.resize(size);
    return value;
}

ConfigHandle configured(const ClientArguments &arguments,
                        std::span<const std::pair<const char *, const char *>> own_defaults) {
    LibraryError error;
    xtap_config *made = nullptr;
    check(xtap_config_create(&made, &error), error);
    ConfigHandle config(made);
    for (const auto &[name, value] : own_defaults)
        set_option(config.get(), name, value);
    check(xtap_config_load_env(config.get(), "XTAP", &error), error, kOptionHint);
    if (arguments.base_url) set_option(config.get(), "base_url", *arguments.base_url);
    for (const auto &[name, value] : arguments.options)
        set_option(config.get(), name, value);
    return config;
}

std::string server_of(const xtap_config *config) {
    std::string url = option_value(config, "base_url");
    while (url.ends_with('/'))
        url.pop_back();
    return url;
}

std::string parameter_hint(const std::string &operation) {
    return "see 'xtap describe " + operation + "' for its parameters";
}

bool has_user_credential(const xtap_config *config) {
    return is_set(config, "oauth2_access_token") || is_set(config, "oauth2_refresh_token") ||
           is_set(config, "oauth1_token");
}

bool has_app_credential(const xtap_config *config) {
    return is_set(config, "bearer_token") || is_set(config, "bearer_token_file") ||
           (is_set(config, "api_key") && is_set(config, "api_secret"));
}

void lend_client(xtap_config *config, const UserCredential &user) {
    const bool another_client = option_value(config, "oauth2_client_id") != user.client_id;
    set_option(config, "oauth2_client_id", user.client_id);
    LibraryError error;
    if (!user.client_secret.empty()) {
        set_option(config, "oauth2_client_secret", user.client_secret);
    } else if (another_client) {
        check(xtap_config_set(config, "oauth2_client_secret", nullptr, &error), error);
    }
}

void lend_stored_credentials(xtap_config *config, const ServerCredentials &stored) {
    if (has_user_credential(config)) return;
    if (stored.app && !has_app_credential(config))
        set_option(config, "bearer_token", stored.app->bearer_token);
    if (!stored.user) return;
    set_option(config, "oauth2_access_token", stored.user->access_token);
    lend_client(config, *stored.user);
    if (!stored.user->refresh_token.empty())
        set_option(config, "oauth2_refresh_token", stored.user->refresh_token);
    if (stored.user->expires_at_ms > 0)
        set_option(config, "oauth2_expires_at", std::to_string(stored.user->expires_at_ms));
}

ClientHandle opened_client(const xtap_config *config, Console &console) {
    LibraryError error;
    xtap_client *made = nullptr;
    check(xtap_client_open(config, &made, &error), error, kOptionHint);
    ClientHandle client(made);
    static_cast<void>(xtap_client_on_log(client.get(), show_log_line, &console));
    return client;
}

} // namespace xtap::cli
