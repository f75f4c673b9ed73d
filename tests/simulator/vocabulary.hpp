// What the simulator's people say and who they are: sentences by language, names, tags. Pure data plus a
// dice.
#pragma once

#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

namespace xtap::sim {

struct Language {
    std::string_view code;
    std::span<const std::string_view> sentences;
    std::span<const std::string_view> tags;
};

// Every language there is; en, ja, ko and pt are among them.
std::span<const Language> languages();
const Language &language(std::string_view code);

struct Person {
    std::string_view name;
    std::string_view username;
    std::string_view bio;
    std::string_view place;
};
std::span<const Person> people();

// Repeatable choices.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next();
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }
    bool percent(unsigned chance) { return below(100) < chance; }
    template <typename Choices> const auto &pick(const Choices &choices) {
        return choices[below(std::size(choices))];
    }
    // 19 digits, as the ids of today's posts have.
    std::string id();
    // An account number.
    std::string account();

private:
    std::uint64_t state_;
};

} // namespace xtap::sim
