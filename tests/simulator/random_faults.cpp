// See random_faults.hpp.
#include "random_faults.hpp"

#include "events.hpp"
#include "json/value.hpp"

#include <algorithm>
#include <array>

namespace xtap::sim {
namespace {

// One number after the other, all from the seed and the index.
class Dice {
public:
    explicit Dice(std::uint64_t state) : state_(state) {}
    std::uint64_t below(std::uint64_t end) { return mix(state_ += 0x9e3779b97f4a7c15u) % end; }
    template <std::size_t N> auto one_of(const std::array<std::uint64_t, N> &values) {
        return values[below(N)];
    }
    std::string one_of(std::initializer_list<const char *> texts) {
        return texts.begin()[below(texts.size())];
    }

private:
    std::uint64_t state_;
};

enum class Effect : std::uint8_t { cuts, disturbs, greets }; // greets: whoever connects next

struct Recipe {
    std::string_view kind;
    Effect effect;
    bool tls_only;
    void (*fill)(Json &fault, Dice &dice);
};

void nothing(Json &, Dice &) {}

// Somewhere in the next events, most often inside one.
void anywhere(Json &fault, Dice &dice) { fault["after_bytes"] = dice.below(20'000); }

void soon(Json &fault, Dice &dice) { fault["after_events"] = dice.below(10); }

constexpr std::array kRecipes{
    Recipe{"close", Effect::cuts, false, soon},
    Recipe{"eof", Effect::cuts, false, anywhere},
    Recipe{"reset", Effect::cuts, false, anywhere},
    Recipe{"tls_cut", Effect::cuts, true, anywhere},
    Recipe{"half_chunk", Effect::cuts, false, soon},
    Recipe{"bad_chunk", Effect::cuts, false, soon},
    Recipe{"gzip_corrupt", Effect::cuts, false, soon},
    Recipe{"operational_disconnect", Effect::cuts, false,
           [](Json &fault, Dice &dice) {
               // Not ClientApplicationStateDegraded and InvalidRules: nobody comes back after those.
               fault["disconnect_type"] = dice.one_of(
                   {"OperationalDisconnect", "UpstreamOperationalDisconnect", "UpstreamUncleanDisconnect",
                    "ForceDisconnect", "SlowReader", "InternalError", "SomethingNew"});
               soon(fault, dice);
           }},
    Recipe{"stall", Effect::disturbs, false,
           [](Json &fault, Dice &dice) {
               fault["for_ms"] = dice.one_of(std::array<std::uint64_t, 4>{100, 1000, 10'000, 60'000});
               anywhere(fault, dice);
           }},
    Recipe{"slow_drip", Effect::disturbs, false,
           [](Json &fault, Dice &dice) {
               fault["bytes"] = 1 + dice.below(200);
               fault["interval_ms"] = 1 + dice.below(20);
               fault["for_ms"] = 100 + dice.below(2000);
               anywhere(fault, dice);
           }},
    Recipe{"split_characters", Effect::disturbs, false,
           [](Json &fault, Dice &dice) { fault["for_ms"] = 100 + dice.below(2000); }},
    Recipe{"garbage_line", Effect::disturbs, false,
           [](Json &fault, Dice &dice) {
               fault["variant"] =
                   dice.one_of({"binary", "unclosed_string", "unclosed_object", "invalid_utf8", "text"});
           }},
    Recipe{"oversized_line", Effect::disturbs, false,
           [](Json &fault, Dice &dice) { fault["size"] = (9 << 20) + dice.below(1 << 20); }},
    Recipe{"duplicate_event", Effect::disturbs, false,
           [](Json &fault, Dice &dice) { fault["copies"] = 1 + dice.below(3); }},
    Recipe{"refuse", Effect::greets, false, nothing},
    Recipe{"tls_cut", Effect::greets, true, [](Json &fault, Dice &) { fault["handshake"] = true; }},
    Recipe{"http_500", Effect::greets, false, nothing},
    Recipe{"http_503", Effect::greets, false, nothing},
    Recipe{"http_status", Effect::greets, false,
           [](Json &fault, Dice &dice) {
               fault["status"] = dice.one_of(std::array<std::uint64_t, 3>{502, 504, 520});
           }},
    Recipe{"html_error", Effect::greets, false, nothing},
    Recipe{"http_429", Effect::greets, false,
           [](Json &fault, Dice &dice) { fault["seconds"] = 1 + dice.below(5); }},
    Recipe{"rate_limit", Effect::greets, false,
           [](Json &fault, Dice &dice) { fault["seconds"] = 1 + dice.below(5); }},
    Recipe{"too_many_connections", Effect::greets, false, nothing},
    Recipe{"connection_issue", Effect::greets, false,
           [](Json &fault, Dice &) { fault["connection_issue"] = "ProvisioningSubscription"; }},
    Recipe{"no_response", Effect::greets, false,
           [](Json &fault, Dice &dice) {
               fault["for_ms"] = dice.one_of(std::array<std::uint64_t, 3>{10, 1000, 20'000});
           }},
    Recipe{"slow_headers", Effect::greets, false,
           [](Json &fault, Dice &dice) {
               fault["bytes"] = 8 + dice.below(64);
               fault["interval_ms"] = 1 + dice.below(50);
           }},
    Recipe{"garbage_response", Effect::greets, false, nothing},
    Recipe{"gzip_bomb", Effect::greets, false, [](Json &fault, Dice &) { fault["size"] = 32 << 20; }},
};

std::vector<const Recipe *> recipes(bool tls, bool only_cuts) {
    std::vector<const Recipe *> fitting;
    for (const Recipe &recipe : kRecipes)
        if ((tls || !recipe.tls_only) && (!only_cuts || recipe.effect == Effect::cuts))
            fitting.push_back(&recipe);
    return fitting;
}

} // namespace

Json random_fault(std::uint64_t seed, std::uint64_t index, bool tls, bool only_cuts) {
    Dice dice(mix(seed) ^ mix(~index));
    const auto fitting = recipes(tls, only_cuts);
    const Recipe &recipe = *fitting[dice.below(fitting.size())];
    Json fault{{"kind", recipe.kind}};
    recipe.fill(fault, dice);
    if (recipe.effect != Effect::greets) fault["now"] = true;
    return fault;
}

std::vector<std::string_view> random_fault_names(bool tls) {
    std::vector<std::string_view> names;
    for (const Recipe *recipe : recipes(tls, false))
        if (std::ranges::count(names, recipe->kind) == 0) names.push_back(recipe->kind);
    return names;
}

} // namespace xtap::sim
