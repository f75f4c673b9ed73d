// A moment that one thread of a test announces, as often as it likes, and others wait for.
#pragma once

#include <atomic>
#include <latch>

namespace xtap::test {

class Moment {
public:
    void announce() {
        if (!announced_.exchange(true)) latch_.count_down();
    }
    void wait() const { latch_.wait(); }

private:
    std::atomic<bool> announced_ = false;
    std::latch latch_{1};
};

} // namespace xtap::test
