// The commands and options as CLI11 sees them. Help texts and checks of values are elsewhere.
#include "cli/command_line.hpp"

#include "cli/complaint.hpp"
#include "cli/help_text.hpp"

#include <CLI/CLI.hpp>
#include <memory>

namespace xtap::cli {
namespace {

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
    bool describe_json = false;
    std::vector<std::string> describe;
    std::vector<std::string> extra;
    StreamWords stream;
};

CLI::App *add_command(CLI::App &app, const char *name, const char *help) {
    CLI::App *command = app.add_subcommand(name);
    command->formatter(std::make_shared<HandWrittenHelp>(help));
    return command;
}

void add_stream(CLI::App &app, StreamWords &words) {
    CLI::App *stream = add_command(app, "stream", kStreamHelp);
    stream->add_option("words", words.words);
    stream->add_option("--select", words.select)->expected(1, CLI::detail::expected_max_vector_size);
    stream->add_option("--option", words.options)->allow_extra_args(false);
    stream->add_option("--base-url", words.base_url)->allow_extra_args(false);
    stream->add_option("--max-events", words.max_events)->allow_extra_args(false);
    stream->add_option("--duration", words.duration)->allow_extra_args(false);
    stream->add_option("--notices", words.notices)->allow_extra_args(false);
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
    if (app.get_subcommands().empty())
        return "unknown command '" + word + "': it is one of stream, operations, describe";
    return "'" + word + "' is one word too many";
}

Command chosen(const CLI::App &app, const Words &words) {
    if (words.version) return ShowVersion{};
    const std::string command = parsed_command(app);
    if (command == "operations") return ListOperations{words.operations_json};
    if (command == "stream") return stream_arguments(words.stream);
    if (command != "describe") refuse("no command is given: it is one of stream, operations, describe", "");
    if (words.describe.size() != 1 || words.describe.front().empty()) {
        refuse("'describe' takes the name of one operation", command);
    }
    return DescribeOperation{words.describe.front(), words.describe_json};
}

} // namespace

Command parse_command_line(int argc, const char *const *argv) {
    Words words;
    CLI::App app;
    app.name("xtap");
    app.formatter(std::make_shared<HandWrittenHelp>(kHelp));
    app.require_subcommand(0, 1);
    app.add_flag("--version", words.version);
    add_stream(app, words.stream);
    CLI::App *operations = add_command(app, "operations", kOperationsHelp);
    operations->add_flag("--json", words.operations_json);
    CLI::App *describe = add_command(app, "describe", kDescribeHelp);
    describe->add_option("operation", words.describe);
    describe->add_flag("--json", words.describe_json);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp &) {
        return ShowText{app.help()};
    } catch (const CLI::ParseError &problem) {
        refuse(sentence_for(problem, app), parsed_command(app));
    }
    return chosen(app, words);
}

} // namespace xtap::cli
