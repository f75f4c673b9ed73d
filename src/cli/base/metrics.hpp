// The library's statistics in Prometheus' text form. Pure: JSON comes in, text goes out. The names are
// documented in docs/GUIDE.md and never change their meaning.
#pragma once

#include <string>
#include <string_view>

namespace xtap::cli {

// Of xtap_client_stats; and of xtap_stream_stats, which may be empty.
std::string metrics_text(std::string_view client_stats, std::string_view stream_stats = {});

} // namespace xtap::cli
