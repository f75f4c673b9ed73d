// Sorts and checks the words of `xtap stream`. Names of operations, parameters and options are the library's
// business.
#include "cli/stream/stream_arguments.hpp"

#include <charconv>
#include <cmath>
#include <string_view>

namespace xtap::cli {
namespace {

constexpr char kStreamHint[] = "see 'xtap stream --help'";
constexpr double kLongestDuration = 1e9; // seconds, about 31 years: more would not fit a clock in nanoseconds

[[noreturn]] void refuse(std::string message, std::string hint = kStreamHint) {
    refuse_usage(std::move(message), std::move(hint));
}

bool is_pointer(const std::string &word) { return word.empty() || word.front() == '/'; }

// CLI11 gives --select every word up to the next option. A JSON pointer is empty or starts with a slash and
// nothing else on this command line does, so words that are none go back to where they belong.
void sort_words(const StreamWords &words, StreamArguments &sorted) {
    std::vector<std::string> others;
    for (const std::string &word : words.select)
        (is_pointer(word) ? sorted.select : others).push_back(word);
    others.insert(others.end(), words.words.begin(), words.words.end());
    if (!words.select.empty() && sorted.select.empty()) {
        refuse("--select is followed by '" + words.select.front() +
               "', which is no JSON pointer: a pointer starts with '/', as in /data/text");
    }
    for (const std::string &word : others) {
        if (word.find('=') != std::string::npos) {
            add_once(sorted.parameters, named_value(word, "parameter", kStreamHint), "parameter",
                     kStreamHint);
        } else if (sorted.operation.empty() && !word.empty()) {
            sorted.operation = word;
        } else {
            refuse("'" + word + "' is neither the operation (that is '" + sorted.operation +
                   "') nor a parameter of the form name=value" +
                   (word.starts_with("/") ? "; JSON pointers follow --select" : ""));
        }
    }
    if (sorted.operation.empty()) refuse("no operation is named", "see 'xtap operations' for all of them");
}

std::uint64_t event_count(const std::string &text) {
    std::uint64_t count = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (problem != std::errc() || end != text.data() + text.size() || count == 0) {
        refuse("--max-events '" + text + "' is not a whole number from 1 to 18446744073709551615");
    }
    return count;
}

std::chrono::milliseconds duration(const std::string &text) {
    double seconds = 0;
    const auto [end, problem] =
        std::from_chars(text.data(), text.data() + text.size(), seconds, std::chars_format::fixed);
    const bool whole = problem == std::errc() && end == text.data() + text.size();
    if (!whole || !(seconds >= 0.001) || seconds > kLongestDuration) {
        refuse("--duration '" + text + "' is not a number of seconds from 0.001 to 1000000000");
    }
    return std::chrono::milliseconds(static_cast<std::int64_t>(std::llround(seconds * 1000)));
}

// --metrics FILE or --metrics :PORT.
void take_metrics(const std::string &text, StreamArguments &checked) {
    if (!text.starts_with(':')) {
        checked.metrics = text;
        return;
    }
    std::uint16_t port = 0;
    const auto [end, problem] = std::from_chars(text.data() + 1, text.data() + text.size(), port);
    if (problem != std::errc() || end != text.data() + text.size()) {
        refuse("--metrics '" + text + "' names no port from 0 to 65535; a file of that name is './" + text +
               "'");
    }
    checked.metrics_port = port;
}

NoticeStyle notice_style(const std::string &text) {
    if (text == "text") return NoticeStyle::text;
    if (text == "json") return NoticeStyle::json;
    if (text == "off") return NoticeStyle::off;
    refuse("--notices '" + text + "' is not one of text, json, off");
}

} // namespace

StreamArguments stream_arguments(const StreamWords &words) {
    StreamArguments checked;
    static_cast<ClientArguments &>(checked) = client_arguments(words.client, kStreamHint);
    sort_words(words, checked);
    if (const auto given = only_one(words.max_events, "--max-events", kStreamHint))
        checked.max_events = event_count(*given);
    if (const auto given = only_one(words.duration, "--duration", kStreamHint))
        checked.duration = duration(*given);
    if (const auto given = only_one(words.notices, "--notices", kStreamHint))
        checked.notices = notice_style(*given);
    if (const auto given = only_one(words.metrics, "--metrics", kStreamHint)) take_metrics(*given, checked);
    checked.checkpoint = only_one(words.checkpoint, "--checkpoint", kStreamHint);
    if (checked.checkpoint && checked.checkpoint->empty()) refuse("--checkpoint needs the name of a file");
    return checked;
}

} // namespace xtap::cli
