// What `xtap call` was asked to do, as words on a command line and as checked values. Pure: no I/O, no
// library.
#pragma once

#include "cli/base/named_values.hpp"

#include <optional>
#include <string>
#include <vector>

namespace xtap::cli {

// As CLI11 hands them over.
struct CallWords {
    ClientWords client;
    std::vector<std::string> words; // everything that belongs to no option
    std::vector<std::string> attach;
    // Of these at most one each.
    std::vector<std::string> body;
    std::vector<std::string> output;
    std::vector<std::string> metrics;
    bool all_pages = false;
    bool include_headers = false;
};

// A value that stands on the command line, in a file or on stdin.
struct Source {
    enum class Kind { text, file, standard_input };
    Kind kind = Kind::text;
    std::string text; // the value, or the file's path
    bool operator==(const Source &) const = default;
};

struct Attachment {
    std::string part;
    Source source;
};

struct CallArguments : ClientArguments {
    std::string operation;
    std::vector<NamedValue> parameters;
    std::optional<Source> body;
    std::vector<Attachment> attachments;
    bool all_pages = false;
    bool include_headers = false;
    std::optional<std::string> output;  // a file
    std::optional<std::string> metrics; // a file
};

// Throws a Complaint (exit 2) that names the word and what was expected in its place.
CallArguments call_arguments(const CallWords &words);

} // namespace xtap::cli
