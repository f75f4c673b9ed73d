// Masks secrets in a text: a safety net below logs and errors, which should not hold any to begin with, but
// for the words of servers that repeat what they were sent.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace xtap::auth {

// Shorter ones are left: nothing X issues is that short, and masking them would shred ordinary words.
constexpr std::size_t shortest_masked = 6;

// Every occurrence of a secret becomes "***": as it is, percent-encoded, escaped as in JSON, each as many
// times as it likes, and the beginning of one that was cut off ("...").
std::string redacted(std::string_view text, std::span<const std::string_view> secrets);

// The same in the strings of a JSON text, keys included, which stays one.
std::string redacted_json(std::string_view json, std::span<const std::string_view> secrets);

} // namespace xtap::auth
