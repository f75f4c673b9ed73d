// What is asked of the little server of figures, and what it answers. Pure: text comes in, text goes out.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace xtap::cli {

// More than any scraper sends before its request is complete.
constexpr std::size_t kLongestScrape = 8 * 1024;

bool is_whole_request(std::string_view request) noexcept;

// The answer to a whole request. `page` is asked for when it is wanted, and may throw: that is a 500.
std::string scrape_answer(std::string_view request, const std::function<std::string()> &page);

} // namespace xtap::cli
