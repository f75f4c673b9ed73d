// Scan, UTF-8 check, walk, facts: in this order, each only as far as it is needed.
#include "stream/event/classifier.hpp"

#include "stream/event/facts.hpp"
#include "stream/event/line_hash.hpp"
#include "stream/event/nesting.hpp"

#include <algorithm>
#include <simdjson.h>

namespace xtap::event {
namespace {

constexpr std::size_t kLongestLine = UINT32_MAX - 2 * kBlockBytes; // places in a line are 32-bit numbers

Trie complete(Trie trie, const Pointers &pointers) {
    for (std::size_t i = 0; i < pointers.count(); ++i)
        trie.add_selected(pointers.paths()[i], static_cast<std::uint16_t>(i));
    trie.freeze();
    return trie;
}

} // namespace

Classifier::Classifier(Kind expected, const Pointers &pointers)
    : Classifier(expected, pointers, backends().front()) {}

Classifier::Classifier(Kind expected, const Pointers &pointers, const Backend &backend)
    : expected_(expected), column_count_(pointers.count()), trie_(complete(facts_of(expected), pointers)),
      late_trie_(complete(late_facts_of_post(), Pointers{})), memory_(trie_), late_memory_(late_trie_),
      scan_(trie_.has_places() ? backend.scan_with_commas : backend.scan), blocks_(64),
      brackets_(65 * kBlockBytes) {}

Facts Classifier::classify(std::string_view line, Span *selected) {
    std::fill_n(selected, column_count_, Span{});
    if (!read(line, selected)) {
        std::fill_n(selected, column_count_, Span{});
        const Wide hash = hash_line(line);
        return {Kind::event_malformed, 0, 0, {hash.high, hash.low}, kTimeUnknown};
    }
    resolve_escapes(findings_, plain_);
    Facts facts = derive(expected_, findings_, line);
    if (facts.kind == Kind::event_post && facts.time_ms == kTimeUnknown) facts.time_ms = late_post_time(line);
    return facts;
}

bool Classifier::scan(std::string_view line) {
    if (line.size() > kLongestLine) return false;
    if (const std::size_t needed = blocks_of(line.size()); blocks_.size() < needed) {
        brackets_.resize((needed + 1) * kBlockBytes);
        blocks_.resize(needed);
    }
    const LineEnd end = scan_(line.data(), line.size(), {blocks_.data(), brackets_.data()});
    return !end.in_string && brackets_pair_up({brackets_.data(), end.brackets}) &&
           (!end.non_ascii || simdjson::validate_utf8(line.data(), line.size()));
}

bool Classifier::read(std::string_view line, Span *selected) {
    if (!scan(line)) return false;
    findings_ = {0, facts_.data(), selected};
    const ScannedLine scanned{line.data(), static_cast<std::uint32_t>(line.size()), blocks_.data()};
    return walk(trie_, memory_, scanned, findings_);
}

std::int64_t Classifier::late_post_time(std::string_view line) {
    findings_.found = 0;
    const ScannedLine scanned{line.data(), static_cast<std::uint32_t>(line.size()), blocks_.data()};
    if (!walk(late_trie_, late_memory_, scanned, findings_)) return kTimeUnknown;
    resolve_escapes(findings_, plain_);
    for (const Fact fact : {fact_data_created_at, fact_created_at}) {
        if (!findings_.has(fact)) continue;
        if (const std::int64_t time = time_of_date(facts_[fact]); time != kTimeUnknown) return time;
    }
    return kTimeUnknown;
}

} // namespace xtap::event
