// xtap_config: options by name.
#include "abi/arguments.hpp"
#include "abi/barrier.hpp"
#include "abi/handle.hpp"

#include <cstdlib>

using namespace xtap;
using namespace xtap::abi;

xtap_status xtap_config_create(xtap_config **config_out, xtap_error *error) {
    clear_out(config_out);
    return guarded(error, [&] {
        out_of(config_out, "config_out");
        *config_out = new xtap_config;
        return Status::ok;
    });
}

xtap_status xtap_config_set(xtap_config *config, const char *name, const char *value, xtap_error *error) {
    return guarded(error, [&] {
        handle_of(config).options.set(text_of(name, "name"),
                                      value ? std::optional<std::string_view>(value) : std::nullopt);
        return Status::ok;
    });
}

xtap_status xtap_config_load_env(xtap_config *config, const char *prefix, xtap_error *error) {
    return guarded(error, [&] {
        handle_of(config).options.load_environment(
            prefix == nullptr ? "XTAP" : prefix,
            [](const std::string &variable) -> const char * { return std::getenv(variable.c_str()); });
        return Status::ok;
    });
}

xtap_status xtap_config_get(const xtap_config *config, const char *name, char *buffer, size_t capacity,
                            size_t *size_out, xtap_error *error) {
    return guarded(error, [&] {
        return copy_out(handle_of(config).options.get(text_of(name, "name")), buffer, capacity, size_out);
    });
}

void xtap_config_destroy(xtap_config *config) {
    if (is_live(config)) destroy(config);
}
