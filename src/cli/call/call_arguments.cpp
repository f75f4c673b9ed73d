// Sorts and checks the words of `xtap call`. Names of operations and parameters are the library's business.
#include "cli/call/call_arguments.hpp"

#include <utility>

namespace xtap::cli {
namespace {

constexpr char kCallHint[] = "see 'xtap call --help'";

// Parameters that hold a token: a command line is no place for them, and there is a command that needs none.
void refuse_token_parameter(const std::string &name) {
    if (name == "refresh_token")
        refuse_usage("'refresh_token' is a secret and not taken from the command line",
                     "'xtap auth refresh' exchanges the stored one");
    if (name == "token")
        refuse_usage("'token' is a secret and not taken from the command line",
                     "'xtap auth logout' makes the stored tokens worthless");
}

Source source_of(const std::string &word) {
    if (word == "-") return {Source::Kind::standard_input, ""};
    if (word.starts_with('@')) return {Source::Kind::file, word.substr(1)};
    return {Source::Kind::text, word};
}

Source body_source(const std::string &word) {
    Source source = source_of(word);
    if (source.text.empty() && source.kind != Source::Kind::standard_input)
        refuse_usage("--body '" + word + "' is empty: it is JSON, @FILE or -", kCallHint);
    return source;
}

Attachment attachment(const std::string &word) {
    auto [part, value] = named_value(word, "--attach", kCallHint);
    Source source = source_of(value);
    if (source.kind == Source::Kind::file && source.text.empty())
        refuse_usage("--attach '" + word + "' names no file after the '@'", kCallHint);
    // "-" is a text like any other here: of several parts only one could be read from stdin.
    if (source.kind == Source::Kind::standard_input) source = {Source::Kind::text, value};
    return {std::move(part), std::move(source)};
}

void sort_words(const CallWords &words, CallArguments &sorted) {
    for (const std::string &word : words.words) {
        if (sorted.operation.empty() && word.find('=') == std::string::npos && !word.empty()) {
            sorted.operation = word;
        } else if (word.find('=') != std::string::npos) {
            NamedValue parameter = named_value(word, "parameter", kCallHint);
            refuse_token_parameter(parameter.first);
            add_once(sorted.parameters, std::move(parameter), "parameter", kCallHint);
        } else {
            refuse_usage("'" + word + "' is neither the operation (that is '" + sorted.operation +
                             "') nor a parameter of the form name=value",
                         kCallHint);
        }
    }
    if (sorted.operation.empty())
        refuse_usage("no operation is named", "see 'xtap operations' for all of them");
}

} // namespace

CallArguments call_arguments(const CallWords &words) {
    CallArguments checked;
    static_cast<ClientArguments &>(checked) = client_arguments(words.client, kCallHint);
    sort_words(words, checked);
    if (const auto given = only_one(words.body, "--body", kCallHint)) checked.body = body_source(*given);
    for (const std::string &word : words.attach)
        checked.attachments.push_back(attachment(word));
    if (checked.body && !checked.attachments.empty())
        refuse_usage("--body and --attach exclude each other: a body is JSON or has parts", kCallHint);
    checked.output = only_one(words.output, "--output", kCallHint);
    checked.metrics = only_one(words.metrics, "--metrics", kCallHint);
    if (checked.metrics && checked.metrics->starts_with(':'))
        refuse_usage("--metrics takes a file here: a call ends before a port could be asked", kCallHint);
    checked.all_pages = words.all_pages;
    checked.include_headers = words.include_headers;
    if (checked.all_pages && checked.include_headers)
        refuse_usage("--all-pages and --include-headers exclude each other: items have no headers",
                     kCallHint);
    return checked;
}

} // namespace xtap::cli
