// What is stored, told without telling it. Pure: credentials come in, text without any secret goes out.
#pragma once

#include "cli/base/credentials_file.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace xtap::cli {

// `now_ms` decides what has expired.
std::string stored_text(const Credentials &credentials, const std::string &path, std::int64_t now_ms);
std::string stored_json(const Credentials &credentials, const std::string &path);

// "XTAP_BEARER_TOKEN is set in the environment and goes before what is stored"; empty when none is.
std::string environment_note(const std::vector<std::string> &variables);

} // namespace xtap::cli
