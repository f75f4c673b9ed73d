// Reads the command line with CLI11: which command, and its words. The only file that knows CLI11.
#pragma once

#include "cli/stream_arguments.hpp"

#include <string>
#include <variant>

namespace xtap::cli {

struct ShowText {
    std::string text; // a help text
};
struct ShowVersion {};
struct ListOperations {
    bool as_json = false;
};
struct DescribeOperation {
    std::string operation;
    bool as_json = false;
};

using Command = std::variant<ShowText, ShowVersion, ListOperations, DescribeOperation, StreamArguments>;

// Throws a Complaint (exit 2) that names the word that was wrong.
Command parse_command_line(int argc, const char *const *argv);

} // namespace xtap::cli
