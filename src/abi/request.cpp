// xtap_request: an operation with its parameters and its body, and the sending of it.
#include "abi/arguments.hpp"
#include "abi/barrier.hpp"
#include "abi/handle.hpp"
#include "api/paging.hpp"

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
        const std::shared_ptr<client::Client> &core = handle_of(client).core;
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

xtap_status xtap_request_body(xtap_request *request, const char *json, size_t size, xtap_error *error) {
    return guarded(error, [&] {
        xtap_request &self = handle_of(request);
        if (json == nullptr && size > 0)
            throw Failure(Status::argument, "json is NULL but its size is not 0");
        self.payload.set_json(self.core.operation(),
                              json == nullptr ? std::nullopt : std::optional<std::string_view>({json, size}),
                              validates(self.options));
        return Status::ok;
    });
}

xtap_status xtap_request_attach(xtap_request *request, const char *part, const char *filename,
                                const void *data, size_t size, xtap_error *error) {
    return guarded(error, [&] {
        xtap_request &self = handle_of(request);
        const std::string_view name = text_of(part, "part");
        if (data == nullptr && size > 0)
            throw Failure(Status::argument, "data is NULL but its size is not 0");
        if (data == nullptr && filename == nullptr) {
            self.payload.detach(name);
            return Status::ok;
        }
        api::Part added{.name = std::string(name), .filename = std::nullopt, .data = {}};
        if (filename != nullptr) added.filename = filename;
        if (data != nullptr) added.data.assign(static_cast<const char *>(data), size);
        self.payload.attach(self.core.operation(), std::move(added), validates(self.options));
        return Status::ok;
    });
}

xtap_status xtap_request_send(xtap_request *request, xtap_response **response_out, xtap_error *error) {
    clear_out(response_out);
    return guarded(error, [&] {
        out_of(response_out, "response_out");
        xtap_request &self = handle_of(request);
        // A token callback may end the client; it must not die under the send.
        const std::shared_ptr<client::Client> client = self.client;
        client->check_process();
        client->tell_log();
        client::Sent sent = self.sender->send(self.core, self.options, self.payload);
        if (sent.response) *response_out = new xtap_response{.core = std::move(*sent.response)};
        client->tell_log();
        if (sent.failure) throw Failure(*sent.failure);
        return Status::ok;
    });
}

xtap_status xtap_request_cancel(xtap_request *request) {
    return guarded(nullptr, [&] {
        xtap_request &self = handle_of(request);
        self.client->check_process();
        self.sender->cancel();
        return Status::ok;
    });
}

xtap_status xtap_request_next_page(xtap_request *request, const xtap_response *response, xtap_error *error) {
    return guarded(error, [&] {
        xtap_request &self = handle_of(request);
        const client::Response &page = handle_of(response).core;
        const api::Operation &operation = self.core.operation();
        if (operation.page_parameter.empty())
            throw Failure(Status::unsupported, std::string(operation.id) + " has no pages");
        if (page.operation != &operation)
            throw Failure(Status::state, "the response is one of " + std::string(page.operation->id) +
                                             ", the request one of " + operation.id);
        if (!page.ok())
            throw Failure(Status::state, "the response has HTTP status " + std::to_string(page.head.status) +
                                             ": send the request again, then go on");
        const std::optional<std::string> token = api::next_page_token(operation, page.body);
        if (!token) return Status::end;
        if (self.core.get(operation.page_parameter) == *token)
            throw Failure(Status::protocol, // following it would never end
                          std::string(operation.id) + ": the answer names its own page as the next one");
        self.core.set_page(*token);
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
