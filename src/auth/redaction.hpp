// Masks secrets in a text: a safety net below logs and errors, which should not hold any to begin with.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace xtap::auth {

// Shorter ones are left: nothing X issues is that short, and masking them would shred ordinary words.
constexpr std::size_t shortest_masked = 6;

// Every occurrence of a secret, as it is or percent-encoded, becomes "***".
std::string redacted(std::string_view text, std::span<const std::string_view> secrets);

} // namespace xtap::auth
