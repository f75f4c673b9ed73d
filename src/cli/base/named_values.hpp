// What several commands take from a command line: name=value words, options that may stand once, and what
// every command that talks to the server understands. Pure: no I/O, no library.
#pragma once

#include "cli/base/complaint.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace xtap::cli {

using NamedValue = std::pair<std::string, std::string>;

// As CLI11 hands them over. Of options that may stand once all that were given are kept, so that a second one
// can be named as the mistake.
struct ClientWords {
    std::vector<std::string> options;
    std::vector<std::string> base_url;
};

struct ClientArguments {
    std::vector<NamedValue> options;
    std::optional<std::string> base_url;
};

// Throws a Complaint of wrong usage.
[[noreturn]] void refuse_usage(std::string message, std::string hint);

// Splits at the first '='. `what` names the kind of word in the complaint.
NamedValue named_value(const std::string &word, const std::string &what, const std::string &hint);

// Appends, unless the name is there already or names a secret: those are refused before anything else, so
// that whatever else is wrong with one, it is not repeated in a message.
void add_once(std::vector<NamedValue> &list, NamedValue added, const std::string &what,
              const std::string &hint);

std::optional<std::string> only_one(const std::vector<std::string> &given, const std::string &option,
                                    const std::string &hint);

ClientArguments client_arguments(const ClientWords &words, const std::string &hint);

} // namespace xtap::cli
