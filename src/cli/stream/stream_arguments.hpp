// What `xtap stream` was asked to do, as words on a command line and as checked values. Pure: no I/O, no
// library.
#pragma once

#include "cli/base/named_values.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace xtap::cli {

enum class NoticeStyle { text, json, off };

// As CLI11 hands them over.
struct StreamWords {
    ClientWords client;
    std::vector<std::string> words; // everything that belongs to no option
    std::vector<std::string> select;
    // Of these at most one each.
    std::vector<std::string> max_events;
    std::vector<std::string> duration;
    std::vector<std::string> notices;
    std::vector<std::string> metrics;
    std::vector<std::string> checkpoint;
};

struct StreamArguments : ClientArguments {
    std::string operation;
    std::vector<NamedValue> parameters;
    std::vector<std::string> select;
    std::optional<std::uint64_t> max_events;
    std::optional<std::chrono::milliseconds> duration;
    NoticeStyle notices = NoticeStyle::text;
    std::optional<std::string> metrics; // a file
    std::optional<std::uint16_t> metrics_port;
    std::optional<std::string> checkpoint; // a file
};

// Throws a Complaint (exit 2) that names the word and what was expected in its place.
StreamArguments stream_arguments(const StreamWords &words);

} // namespace xtap::cli
