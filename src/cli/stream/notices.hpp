// The library's notices for people: one readable line each. Pure: JSON comes in, text goes out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xtap::cli {

struct ReadableNotice {
    std::string line;                  // without a line end, safe for a terminal
    std::optional<std::string> state;  // what the stream is doing from now on, where the notice says so
    std::optional<std::string> reason; // why there is no connection, where the notice says so
};

// An unknown kind and unknown facts are shown as they came: a newer library may say more than this command
// knows.
ReadableNotice readable_notice(std::uint32_t kind, std::string_view json);

// What the command itself says when it keeps a checkpoint: whether it goes on from one or begins now. As JSON
// it is shaped like the library's notices.
struct Beginning {
    std::string operation;
    std::string checkpoint; // the file
    bool resumed = false;
    std::int64_t at_ms = 0;
};
std::string beginning_line(const Beginning &beginning);
std::string beginning_json(const Beginning &beginning);

} // namespace xtap::cli
