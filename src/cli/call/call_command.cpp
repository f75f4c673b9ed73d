// Puts the request together, sends it, and hands its answer on as it came.
#include "cli/call/call_command.hpp"

#include "cli/base/caller.hpp"
#include "cli/base/file_replacement.hpp"
#include "cli/base/input.hpp"
#include "cli/base/json_facts.hpp"
#include "cli/base/metrics_file.hpp"
#include "cli/base/operation_json.hpp"
#include "cli/base/page_items.hpp"
#include "cli/base/plain_text.hpp"

#include <unistd.h>

namespace xtap::cli {
namespace {

struct Kind {
    bool has_pages = false;
    bool is_bytes = false; // a download
};

Kind kind_of(const CallArguments &arguments) {
    const Json facts = Json::parse_or_null(operation_json(arguments.operation));
    if (flag_fact(facts, "streaming"))
        throw Complaint(ExitCode::usage, "'" + arguments.operation + "' is a stream",
                        "see 'xtap stream --help', or try: xtap stream " + arguments.operation);
    const Kind kind = {facts.contains("paging"), text_fact(facts, "response") == "bytes"};
    if (arguments.all_pages && !kind.has_pages)
        throw Complaint(ExitCode::usage, "'" + arguments.operation + "' has no pages",
                        "call it without --all-pages");
    if (kind.is_bytes && !arguments.output && ::isatty(STDOUT_FILENO) == 1)
        throw Complaint(ExitCode::usage,
                        "'" + arguments.operation + "' answers with bytes that are not for a terminal",
                        "give --output FILE");
    return kind;
}

std::string read_source(const Source &source) {
    switch (source.kind) {
    case Source::Kind::file:
        return read_file(source.text);
    case Source::Kind::standard_input:
        return read_stdin();
    default:
        return source.text;
    }
}

// What is sent beside the parameters. Read before signals are held back: a wait for stdin ends by Ctrl-C.
struct Payload {
    std::optional<std::string> body;
    struct Part {
        std::string name;
        std::optional<std::string> filename;
        std::string data;
    };
    std::vector<Part> parts;
};

Payload payload_of(const CallArguments &arguments) {
    Payload payload;
    if (arguments.body) payload.body = read_source(*arguments.body);
    for (const Attachment &attachment : arguments.attachments) {
        Payload::Part part = {attachment.part, std::nullopt, read_source(attachment.source)};
        if (attachment.source.kind == Source::Kind::file)
            part.filename = attachment.source.text.substr(attachment.source.text.rfind('/') + 1);
        payload.parts.push_back(std::move(part));
    }
    return payload;
}

RequestHandle request_for(Caller &caller, const CallArguments &arguments, const Payload &payload) {
    RequestHandle request = caller.request(arguments.operation);
    for (const NamedValue &parameter : arguments.parameters)
        caller.set(request.get(), arguments.operation, parameter);
    LibraryError error;
    const std::string hint = "see 'xtap describe " + arguments.operation + "' for the body it takes";
    if (payload.body) {
        check(xtap_request_body(request.get(), payload.body->data(), payload.body->size(), &error), error,
              hint);
    }
    for (const Payload::Part &part : payload.parts) {
        check(xtap_request_attach(request.get(), part.name.c_str(),
                                  part.filename ? part.filename->c_str() : nullptr, part.data.data(),
                                  part.data.size(), &error),
              error, hint);
    }
    return request;
}

// Throws when it cannot be written; at a reader who had enough, the command is over.
void write(Output &output, std::string_view bytes) {
    switch (output.write(bytes)) {
    case Written::whole:
        return;
    case Written::failed:
        throw Complaint(ExitCode::failure, output.failure());
    case Written::reader_gone:
        throw ReaderLeft{};
    case Written::abandoned:
        throw Complaint(ExitCode::failure, "ended by a signal before everything was done");
    }
}

std::string head_of(const xtap_response *response) {
    const xtap_text headers = xtap_response_header(response, nullptr);
    std::string head = "HTTP " + std::to_string(xtap_response_http_status(response)) + "\n";
    if (headers.data != nullptr) head.append(headers.data, headers.size);
    return head + "\n";
}

void print_answer(const Sent &sent, const CallArguments &arguments, const Kind &kind, Output &output) {
    if (!sent.response || (!sent.ok() && !arguments.include_headers)) return;
    std::string text;
    if (arguments.include_headers) text = head_of(sent.response.get());
    text += sent.body();
    const bool is_text = !kind.is_bytes || !sent.ok();
    if (is_text && !sent.body().empty() && !text.ends_with('\n')) text += '\n';
    write(output, text);
}

// What could not be given beside the data of a page.
void warn_of_errors(Console &console, std::string_view errors, std::size_t page) {
    const Json list = Json::parse_or_null(errors);
    if (!list.is_array() || list.empty()) return;
    const Json &first = list.front();
    std::string words = text_fact(first, "title");
    for (const char *key : {"detail", "message"}) {
        if (const std::string more = text_fact(first, key); !more.empty())
            words += (words.empty() ? "" : ": ") + more;
    }
    console.line("xtap: warning: page " + std::to_string(page) + " came with " + std::to_string(list.size()) +
                 (list.size() == 1 ? " error: " : " errors, the first: ") + plain_text(words));
}

void print_all_pages(Caller &caller, xtap_request *request, const CallArguments &arguments, Output &output) {
    std::string lines;
    for (std::size_t number = 1;; ++number) {
        const Sent sent = caller.send(request, arguments.operation);
        const std::optional<Page> page = page_of(sent.body());
        if (!page)
            throw Complaint(ExitCode::failure,
                            "page " + std::to_string(number) + " is no JSON object, so it has no items");
        lines.clear();
        for (const std::string_view item : page->items)
            append_line(lines, item);
        write(output, lines);
        if (page->errors) warn_of_errors(caller.console(), *page->errors, number);
        LibraryError error;
        const xtap_status status = xtap_request_next_page(request, sent.response.get(), &error);
        if (status == XTAP_END) return;
        check(status, error);
    }
}

void call(Caller &caller, const CallArguments &arguments, const Kind &kind, const Payload &payload,
          Output &output) {
    const RequestHandle request = request_for(caller, arguments, payload);
    if (arguments.all_pages) return print_all_pages(caller, request.get(), arguments, output);
    const Sent sent = caller.try_send(request.get());
    print_answer(sent, arguments, kind, output);
    const bool about_parameters =
        sent.status == XTAP_E_MISSING || sent.status == XTAP_E_VALUE || sent.status == XTAP_E_ARGUMENT;
    check(sent.status, sent.error, about_parameters ? parameter_hint(arguments.operation) : "");
}

} // namespace

void run_call_command(const CallArguments &arguments) {
    const Kind kind = kind_of(arguments);
    const Payload payload = payload_of(arguments);
    std::optional<FileReplacement> file;
    if (arguments.output) file.emplace(*arguments.output);
    Output output(file ? file->fd() : STDOUT_FILENO,
                  arguments.output ? "'" + *arguments.output + "'" : "stdout");
    Caller caller(arguments, output, {.reader_may_leave = true, .wait_on_rate_limit = arguments.all_pages});
    const MetricsFile metrics(arguments.metrics, caller.client());
    try {
        call(caller, arguments, kind, payload, output);
    } catch (...) {
        // The pages that came are worth keeping; the exit status says that there were more.
        if (file && arguments.all_pages) file->commit();
        metrics.try_write();
        throw;
    }
    if (file) file->commit();
    metrics.write();
}

} // namespace xtap::cli
