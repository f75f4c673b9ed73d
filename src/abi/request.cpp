// xtap_request: an operation with its parameters.
#include "abi/guard.hpp"
#include "abi/handle.hpp"

using namespace xtap;
using namespace xtap::abi;

namespace {

bool validates(const api::Options &options) { return options.text(api::Option::validate) == "strict"; }

std::optional<std::string_view> optional_text(const char *text) {
    return text ? std::optional<std::string_view>(text) : std::nullopt;
}

} // namespace

xtap_status xtap_request_create(xtap_client *client, const char *operation, xtap_request **request_out,
                                xtap_error *error) {
    clear_out(request_out);
    return guarded(error, [&] {
        out_of(request_out, "request_out");
        const std::shared_ptr<net::Client> &core = handle_of(client).core;
        core->check_process();
        core->tell_log();
        const api::Operation &found = api::find_operation(text_of(operation, "operation"));
        *request_out = new xtap_request{.client = core,
                                        .core = api::Request(found, validates(core->options())),
                                        .options = core->options()};
        return Status::ok;
    });
}

xtap_status xtap_request_set(xtap_request *request, const char *parameter, const char *value,
                             xtap_error *error) {
    return guarded(error, [&] {
        handle_of(request).core.set(text_of(parameter, "parameter"), optional_text(value));
        return Status::ok;
    });
}

xtap_status xtap_request_option(xtap_request *request, const char *name, const char *value,
                                xtap_error *error) {
    return guarded(error, [&] {
        xtap_request &self = handle_of(request);
        // NULL: back to what the client has, which may not be the option's own default.
        const std::string of_client =
            value ? std::string() : self.client->options().get(text_of(name, "name"));
        self.options.set_for_stream(text_of(name, "name"), value ? std::string_view(value) : of_client);
        self.core.set_validate(validates(self.options));
        return Status::ok;
    });
}

void xtap_request_destroy(xtap_request *request) {
    if (is_live(request)) destroy(request);
}
