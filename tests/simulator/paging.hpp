// Pages of lists that grow while somebody reads them. A token names the item a page ends at, not a number of
// items, so that new items shift nothing. Pure functions.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xtap::sim {

struct PageMark {
    bool forward = true; // what comes after the item, or what comes before it
    std::uint64_t rank = 0;
};

// 16 characters, as the API's own have.
std::string page_token(PageMark mark);
std::optional<PageMark> parse_page_token(std::string_view token);

struct Page {
    std::size_t begin = 0, end = 0;
    std::string next_token, previous_token; // empty: there is none
};

// The page of `size` items that `from` asks for, the first without it. Their ranks rise in the list's order.
template <typename Items, typename Rank>
Page page_of(const Items &items, const Rank &rank, std::optional<PageMark> from, std::size_t size) {
    Page page;
    const auto first_after = [&](std::uint64_t limit, bool with) {
        const auto at = std::ranges::find_if(
            items, [&](const auto &item) { return with ? rank(item) >= limit : rank(item) > limit; });
        return static_cast<std::size_t>(at - items.begin());
    };
    if (from && !from->forward) {
        page.end = first_after(from->rank, true);
        page.begin = page.end - std::min(page.end, size);
    } else {
        page.begin = from ? first_after(from->rank, false) : 0;
        page.end = std::min(page.begin + size, items.size());
    }
    if (page.begin == page.end) return page;
    if (page.end < items.size()) page.next_token = page_token({true, rank(items[page.end - 1])});
    if (page.begin > 0) page.previous_token = page_token({false, rank(items[page.begin])});
    return page;
}

} // namespace xtap::sim
