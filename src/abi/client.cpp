// xtap_client: what streams share.
#include "abi/arguments.hpp"
#include "abi/barrier.hpp"
#include "abi/handle.hpp"

using namespace xtap;
using namespace xtap::abi;

namespace {

// The C callback takes a borrowed text; a function pointer and its data travel together as two words.
void tell(std::int32_t level, std::string_view line, client::LogTarget target) {
    reinterpret_cast<xtap_log_cb>(target.function)(level, {line.data(), line.size()}, target.data);
}

client::TokenCallback token_callback(xtap_token_cb callback, void *user_data) {
    if (callback == nullptr) return {};
    return [=](std::string_view access_token, std::string_view refresh_token, std::int64_t expires_at_ms) {
        const xtap_text refresh = refresh_token.empty()
                                      ? xtap_text{nullptr, 0}
                                      : xtap_text{refresh_token.data(), refresh_token.size()};
        return static_cast<Flow>(
            callback({access_token.data(), access_token.size()}, refresh, expires_at_ms, user_data));
    };
}

} // namespace

xtap_status xtap_client_open(const xtap_config *config, xtap_client **client_out, xtap_error *error) {
    clear_out(client_out);
    return guarded(error, [&] {
        out_of(client_out, "client_out");
        auto core =
            std::make_shared<client::Client>(config == nullptr ? api::Options() : handle_of(config).options);
        auto client = std::make_unique<xtap_client>();
        client->core = std::move(core);
        *client_out = client.release();
        return Status::ok;
    });
}

xtap_status xtap_client_on_log(xtap_client *client, xtap_log_cb callback, void *user_data) {
    return guarded(nullptr, [&] {
        client::Client &core = *handle_of(client).core;
        core.check_process();
        core.log().on_line(callback ? tell : nullptr, {reinterpret_cast<void (*)()>(callback), user_data});
        return Status::ok;
    });
}

xtap_status xtap_client_on_token(xtap_client *client, xtap_token_cb callback, void *user_data) {
    return guarded(nullptr, [&] {
        client::Client &core = *handle_of(client).core;
        core.check_process();
        core.credentials().on_token(token_callback(callback, user_data));
        return Status::ok;
    });
}

xtap_status xtap_client_stats(xtap_client *client, char *buffer, size_t capacity, size_t *size_out,
                              xtap_error *error) {
    return guarded(error, [&] {
        client::Client &core = *handle_of(client).core;
        core.check_process();
        core.tell_log();
        return copy_out(core.stats(), buffer, capacity, size_out);
    });
}

void xtap_client_close(xtap_client *client) {
    if (!is_live(client)) return;
    if (!client->core->forked()) {
        client->core->tell_log();
        client->core->log().on_line(nullptr, {});
        client->core->credentials().on_token({});
    }
    destroy(client);
}
