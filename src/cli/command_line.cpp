// The commands and options as CLI11 sees them. Help texts and checks of values are elsewhere.
#include "cli/command_line.hpp"

#include "cli/action_words.hpp"
#include "cli/base/complaint.hpp"
#include "cli/completion/completion.hpp"
#include "cli/help_text.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string_view>

namespace xtap::cli {
namespace {

constexpr char kCommands[] = "stream, call, operations, describe, auth, rules, connections, completion";

class HandWrittenHelp : public CLI::FormatterBase {
public:
    explicit HandWrittenHelp(const char *text) : text_(text) {}
    std::string make_help(const CLI::App *, std::string, CLI::AppFormatMode) const override { return text_; }

private:
    const char *text_;
};

struct Words {
    bool version = false;
    bool operations_json = false;
    bool operations_streaming = false;
    bool describe_json = false;
    std::vector<std::string> operations;
    std::vector<std::string> describe;
    std::vector<std::string> shell;
    StreamWords stream;
    CallWords call;
    AuthWords auth;
    RulesWords rules;
    ConnectionsWords connections;
};

CLI::App *add_command(CLI::App &app, const char *name, const char *help) {
    CLI::App *command = app.add_subcommand(name);
    command->formatter(std::make_shared<HandWrittenHelp>(help));
    return command;
}

// An option with one value, which may be given again: whether it may is told where it is checked.
void add_value(CLI::App *command, const char *option, std::vector<std::string> &values) {
    command->add_option(option, values)->allow_extra_args(false);
}

void add_client(CLI::App *command, ClientWords &words) {
    add_value(command, "--option", words.options);
    add_value(command, "--base-url", words.base_url);
}

void add_stream(CLI::App &app, StreamWords &words) {
    CLI::App *stream = add_command(app, "stream", kStreamHelp);
    stream->add_option("words", words.words);
    stream->add_option("--select", words.select)->expected(1, CLI::detail::expected_max_vector_size);
    add_value(stream, "--max-events", words.max_events);
    add_value(stream, "--duration", words.duration);
    add_value(stream, "--notices", words.notices);
    add_value(stream, "--metrics", words.metrics);
    add_value(stream, "--checkpoint", words.checkpoint);
    add_client(stream, words.client);
}

void add_call(CLI::App &app, CallWords &words) {
    CLI::App *call = add_command(app, "call", kCallHelp);
    call->add_option("words", words.words);
    add_value(call, "--body", words.body);
    add_value(call, "--attach", words.attach);
    add_value(call, "--output", words.output);
    add_value(call, "--metrics", words.metrics);
    call->add_flag("--all-pages", words.all_pages);
    call->add_flag("--include-headers", words.include_headers);
    add_client(call, words.client);
}

void add_table(CLI::App &app, Words &words) {
    CLI::App *operations = add_command(app, "operations", kOperationsHelp);
    operations->add_option("text", words.operations);
    operations->add_flag("--streaming", words.operations_streaming);
    operations->add_flag("--json", words.operations_json);
    CLI::App *describe = add_command(app, "describe", kDescribeHelp);
    describe->add_option("operation", words.describe);
    describe->add_flag("--json", words.describe_json);
    CLI::App *completion = add_command(app, "completion", kCompletionHelp);
    completion->add_option("shell", words.shell);
}

void add_auth(CLI::App &app, AuthWords &words) {
    CLI::App *auth = add_command(app, "auth", kAuthHelp);
    auth->add_option("words", words.words);
    add_value(auth, "--port", words.port);
    add_value(auth, "--redirect-uri", words.redirect_uri);
    add_value(auth, "--scope", words.scope);
    add_value(auth, "--timeout", words.timeout);
    auth->add_flag("--browser", words.browser);
    auth->add_flag("--json", words.json);
    auth->add_flag("--local", words.local);
    add_client(auth, words.client);
}

void add_rules(CLI::App &app, RulesWords &words) {
    CLI::App *rules = add_command(app, "rules", kRulesHelp);
    rules->add_option("words", words.words);
    add_value(rules, "--tag", words.tag);
    rules->add_flag("--powerstream", words.powerstream);
    rules->add_flag("--json", words.json);
    rules->add_flag("--plain", words.plain);
    rules->add_flag("--dry-run", words.dry_run);
    rules->add_flag("--allow-empty", words.allow_empty);
    add_client(rules, words.client);
}

void add_connections(CLI::App &app, ConnectionsWords &words) {
    CLI::App *connections = add_command(app, "connections", kConnectionsHelp);
    connections->add_option("words", words.words);
    add_value(connections, "--endpoint", words.endpoint);
    connections->add_flag("--all", words.all);
    connections->add_flag("--json", words.json);
    add_client(connections, words.client);
}

[[noreturn]] void refuse(std::string message, const std::string &command) {
    throw Complaint(ExitCode::usage, std::move(message),
                    "see 'xtap " + command + (command.empty() ? "" : " ") + "--help'");
}

std::string parsed_command(const CLI::App &app) {
    const auto commands = app.get_subcommands();
    return commands.empty() ? "" : commands.front()->get_name();
}

// CLI11's own words differ from version to version and name neither what was wrong nor what to do.
std::string sentence_for(const CLI::ParseError &problem, const CLI::App &app) {
    std::string said = problem.what();
    if (dynamic_cast<const CLI::ArgumentMismatch *>(&problem) != nullptr) {
        // The only mismatch that the options above allow.
        return said.substr(0, said.find(':')) + " needs a value";
    }
    const std::vector<std::string> left_over = app.remaining(true);
    if (dynamic_cast<const CLI::ExtrasError *>(&problem) == nullptr || left_over.empty()) return said;
    // Not what follows '=': somebody may have tried --bearer-token=...
    const std::string word = left_over.front().substr(0, left_over.front().find('='));
    if (word.starts_with('-')) return "unknown option '" + word + "'";
    if (app.get_subcommands().empty()) return "unknown command '" + word + "': it is one of " + kCommands;
    return "'" + word + "' is one word too many";
}

ListOperations list_operations(const Words &words) {
    if (words.operations.size() > 1)
        refuse("'" + words.operations[1] + "' is one word too many", "operations");
    return {words.operations.empty() ? "" : words.operations.front(), words.operations_streaming,
            words.operations_json};
}

DescribeOperation describe_operation(const Words &words) {
    if (words.describe.size() != 1 || words.describe.front().empty())
        refuse("'describe' takes the name of one operation", "describe");
    return {words.describe.front(), words.describe_json};
}

ShowText completion(const Words &words) {
    if (words.shell.size() == 1) {
        if (std::string script = completion_script(words.shell.front()); !script.empty()) return {script};
    }
    refuse("'completion' takes the name of one shell: bash, zsh or fish", "completion");
}

Command chosen(const CLI::App &app, const Words &words) {
    if (words.version) return ShowVersion{};
    const std::string command = parsed_command(app);
    if (command == "stream") return stream_arguments(words.stream);
    if (command == "call") return call_arguments(words.call);
    if (command == "operations") return list_operations(words);
    if (command == "describe") return describe_operation(words);
    if (command == "auth") return auth_arguments(words.auth);
    if (command == "rules") return rules_arguments(words.rules);
    if (command == "connections") return connections_arguments(words.connections);
    if (command == "completion") return completion(words);
    refuse(std::string("no command is given: it is one of ") + kCommands, "");
}

// Asked by a shell, never typed: whatever stands there is a word to be completed, an option, too.
CompleteWords words_to_complete(int argc, const char *const *argv) {
    const int first = argc > 2 && std::string_view(argv[2]) == "--" ? 3 : 2;
    return {std::vector<std::string>(argv + std::min(first, argc), argv + argc)};
}

// Words behind a "--" are no options, whatever they begin with: a rule may begin with '-'. CLI11 gives up a
// command at a "--", so they are kept from it.
int end_of_options(int argc, const char *const *argv) {
    return static_cast<int>(std::find(argv, argv + argc, std::string_view("--")) - argv);
}

void add_plain_words(Words &words, const std::string &command, const std::vector<std::string> &plain) {
    const std::pair<const char *, std::vector<std::string> *> places[] = {
        {"stream", &words.stream.words},
        {"call", &words.call.words},
        {"operations", &words.operations},
        {"describe", &words.describe},
        {"auth", &words.auth.words},
        {"rules", &words.rules.words},
        {"connections", &words.connections.words},
        {"completion", &words.shell}};
    for (const auto &[name, place] : places) {
        if (command == name) place->insert(place->end(), plain.begin(), plain.end());
    }
}

} // namespace

Command parse_command_line(int argc, const char *const *argv) {
    if (argc > 1 && std::string_view(argv[1]) == "complete-words") return words_to_complete(argc, argv);
    Words words;
    CLI::App app;
    app.name("xtap");
    app.formatter(std::make_shared<HandWrittenHelp>(kHelp));
    app.require_subcommand(0, 1);
    app.add_flag("--version", words.version);
    add_stream(app, words.stream);
    add_call(app, words.call);
    add_table(app, words);
    add_auth(app, words.auth);
    add_rules(app, words.rules);
    add_connections(app, words.connections);
    const int end = end_of_options(argc, argv);
    try {
        app.parse(end, argv);
    } catch (const CLI::CallForHelp &) {
        return ShowText{app.help()};
    } catch (const CLI::ParseError &problem) {
        refuse(sentence_for(problem, app), parsed_command(app));
    }
    if (end < argc) add_plain_words(words, parsed_command(app), {argv + end + 1, argv + argc});
    return chosen(app, words);
}

} // namespace xtap::cli
