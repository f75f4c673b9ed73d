// The machine the figures come from, and how much of it others took meanwhile. Knows nothing of measures.
#pragma once

#include <string>

namespace xtap::bench {

std::string processor_name();
unsigned processor_count();
std::string kernel_release();

// The part of all processor time that other processes used since it was made: what spoils figures on a shared
// machine.
class Others {
public:
    Others();
    double share() const;

private:
    struct Used {
        double all = 0, own = 0, passed = 0;
    };
    static Used used();
    Used start_;
};

} // namespace xtap::bench
