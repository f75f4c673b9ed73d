// Reads files and stdin whole. Knows nothing about what is in them.
#pragma once

#include <string>

namespace xtap::cli {

// Throws a Complaint that names the file; one over 1 GiB is refused.
std::string read_file(const std::string &path);
std::string read_stdin();

} // namespace xtap::cli
