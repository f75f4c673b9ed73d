// What `xtap stream` was asked to do, as words on a command line and as checked values. Pure: no I/O, no
// library.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace xtap::cli {

enum class NoticeStyle { text, json, off };

using NamedValue = std::pair<std::string, std::string>;

// As CLI11 hands them over.
struct StreamWords {
    std::vector<std::string> words; // everything that belongs to no option
    std::vector<std::string> select;
    std::vector<std::string> options;
    // Of these at most one each; all that were given are kept, so that a second one can be named as the
    // mistake.
    std::vector<std::string> base_url;
    std::vector<std::string> max_events;
    std::vector<std::string> duration;
    std::vector<std::string> notices;
};

struct StreamArguments {
    std::string operation;
    std::vector<NamedValue> parameters;
    std::vector<std::string> select;
    std::vector<NamedValue> options;
    std::optional<std::string> base_url;
    std::optional<std::uint64_t> max_events;
    std::optional<std::chrono::milliseconds> duration;
    NoticeStyle notices = NoticeStyle::text;
};

// Throws a Complaint (exit 2) that names the word and what was expected in its place.
StreamArguments stream_arguments(const StreamWords &words);

} // namespace xtap::cli
