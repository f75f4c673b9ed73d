// What the account behind the tokens may not ask of a stream, whatever the description says. Can change at
// any time.
#pragma once

#include "problems.hpp"
#include "requests.hpp"
#include "json/value.hpp"

#include <mutex>
#include <optional>

namespace xtap::sim {

class Refusals {
public:
    struct What {
        bool backfill = false, recovery = false;
        int status = 400; // or 403
    };
    explicit Refusals(What what) : what_(what) {}

    void set(What what);
    What what() const;
    // The answer to a request whose parameters are right, where it is one of those.
    std::optional<Answer> check(const Operation &operation, const Query &query) const;

private:
    mutable std::mutex mutex_;
    What what_;
};

} // namespace xtap::sim
