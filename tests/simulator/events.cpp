// See events.hpp.
#include "events.hpp"

#include "shapes.hpp"

#include <charconv>

namespace xtap::sim {
namespace {

constexpr Micros kSnowflakeEpochMs = 1288834974657; // the first millisecond of the API's ids

// Digits of one event, on the stack: nothing is allocated per event.
struct Digits {
    char text[24];
    std::string_view operator()(std::uint64_t value) {
        const auto end = std::to_chars(text, text + sizeof text, value).ptr;
        return {text, static_cast<std::size_t>(end - text)};
    }
};

std::string_view hex32(char (&text)[32], std::uint64_t high, std::uint64_t low) {
    static constexpr char kHex[] = "0123456789abcdef";
    for (unsigned i = 0; i < 16; ++i) {
        text[i] = kHex[high >> (60 - 4 * i) & 0xf];
        text[16 + i] = kHex[low >> (60 - 4 * i) & 0xf];
    }
    return {text, 32};
}

} // namespace

const Templates &TemplateStore::of(const Operation &operation) {
    std::call_once(made_[operation.index],
                   [&] { templates_[operation.index] = make_templates(operation, seed_); });
    return templates_[operation.index];
}

EventSource::EventSource(TemplateStore &store, const Operation &operation, unsigned partition,
                         Timeline timeline)
    : templates_(&store.of(operation)), operation_(&operation), partition_(partition),
      salt_(mix(store.seed() ^ mix(operation.index * 64u + partition))), timeline_(timeline) {}

std::uint64_t EventSource::snowflake(std::uint64_t number) const {
    const auto ms = static_cast<std::uint64_t>(timeline_.time_of(number) / 1000 - kSnowflakeEpochMs);
    return ms << 22 | static_cast<std::uint64_t>(operation_->index & 15u) << 18 |
           static_cast<std::uint64_t>(partition_ & 31u) << 13 | (number & 8191u);
}

std::size_t EventSource::shape_of(std::uint64_t number) const {
    return mix(salt_ ^ number) % templates_->size();
}

void EventSource::append(std::string &out, std::uint64_t number) {
    const std::uint64_t random = mix(salt_ ^ number);
    const Template &shape = (*templates_)[shape_of(number)];
    const Micros when = timeline_.time_of(number);
    Digits number_text, id, ms, user, a, b, c;
    char hex[32];
    FieldTexts fields{};
    const auto set = [&](Field field, std::string_view text) {
        fields[static_cast<std::size_t>(field)] = text;
    };
    set(Field::number, number_text(number));
    set(Field::id, id(snowflake(number)));
    if (shape.needs(Field::iso_time)) set(Field::iso_time, moments_.iso(when));
    if (shape.needs(Field::classic_time)) set(Field::classic_time, moments_.classic(when));
    if (shape.needs(Field::timestamp_ms))
        set(Field::timestamp_ms, ms(static_cast<std::uint64_t>(when / 1000)));
    if (shape.needs(Field::hex_id)) set(Field::hex_id, hex32(hex, mix(random), number));
    if (shape.needs(Field::user_id)) set(Field::user_id, user(3'000'000'000u + number));
    if (shape.needs(Field::metric_a)) {
        set(Field::metric_a, a(random >> 16 & 63));
        set(Field::metric_b, b(random >> 24 & 511));
        set(Field::metric_c, c(random >> 36 & 65535));
    }
    shape.append_to(out, fields);
}

} // namespace xtap::sim
