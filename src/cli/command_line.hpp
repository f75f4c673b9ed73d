// Reads the command line with CLI11: which command, and its words. The only file that knows CLI11.
#pragma once

#include "cli/auth/auth_command.hpp"
#include "cli/call/call_arguments.hpp"
#include "cli/connections/connections_command.hpp"
#include "cli/rules/rules_command.hpp"
#include "cli/stream/stream_arguments.hpp"

#include <string>
#include <variant>
#include <vector>

namespace xtap::cli {

struct ShowText {
    std::string text; // a help text, a completion script
};
struct ShowVersion {};
struct ListOperations {
    std::string text; // only those that hold it
    bool streaming = false;
    bool as_json = false;
};
struct DescribeOperation {
    std::string operation;
    bool as_json = false;
};
struct CompleteWords {
    std::vector<std::string> words;
};

using Command =
    std::variant<ShowText, ShowVersion, ListOperations, DescribeOperation, CompleteWords, StreamArguments,
                 CallArguments, AuthArguments, RulesArguments, ConnectionsArguments>;

// Throws a Complaint (exit 2) that names the word that was wrong.
Command parse_command_line(int argc, const char *const *argv);

} // namespace xtap::cli
