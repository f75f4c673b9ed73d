// The rules of a stream: kept, added, deleted. Knows no HTTP.
#pragma once

#include "rule_matcher.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace xtap::sim {

struct Rule {
    std::uint64_t id = 0;
    std::string value, tag;
    RuleExpression expression;
};
using Rules = std::vector<Rule>; // oldest first

// Whether a stream sends what its rules match alone: from the first change of them on, always, or never.
enum class Filtering : std::uint8_t { once_used, on, off };

class RuleBook {
public:
    RuleBook(Filtering filtering, std::size_t most) : filtering_(filtering), most_(most) {}

    bool filters() const { return filters_ || filtering_ == Filtering::on; }
    std::size_t most() const { return most_; }
    // A picture that stays as it is; version() tells when there is a newer one.
    std::shared_ptr<const Rules> rules() const;
    std::uint64_t version() const { return version_; }

    enum class Added : std::uint8_t { done, duplicate, full };
    struct Addition {
        Added how;
        std::uint64_t id; // of the new rule, or of the one that is there already
    };
    // With `dry`, says what would be done.
    std::vector<Addition> add(const Rules &wanted, bool dry);
    // How many of these there were.
    std::size_t remove(const std::vector<std::uint64_t> &ids, const std::vector<std::string> &values,
                       bool dry);
    std::size_t remove_all(bool dry);

private:
    void replace(Rules rules);

    const Filtering filtering_;
    const std::size_t most_;
    std::atomic<bool> filters_{false};
    std::atomic<std::uint64_t> version_{0};
    mutable std::mutex mutex_;
    std::uint64_t last_id_ = 1'700'000'000'000'000'000;
    std::shared_ptr<const Rules> rules_ = std::make_shared<const Rules>();
};

} // namespace xtap::sim
