// What a shell may offer next: commands, options, operations, their parameters and the values these allow.
// Pure but for the library's table of operations.
#pragma once

#include <string>
#include <vector>

namespace xtap::cli {

// `words`: what stands after `xtap`, up to the cursor; the last is the one being typed, perhaps empty. Gives
// whole words in its place; one with a '=' may be typed on.
std::vector<std::string> completions(const std::vector<std::string> &words);

// The script that makes a shell ask; empty for a shell that is not known.
std::string completion_script(const std::string &shell);

} // namespace xtap::cli
