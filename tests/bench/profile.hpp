// Has Linux's perf watch this process from the outside, into a file. Knows nothing of what is measured.
#pragma once

#include <string>
#include <sys/types.h>

namespace xtap::bench {

class Profile {
public:
    explicit Profile(const std::string &file); // empty: none
    ~Profile();
    Profile(const Profile &) = delete;
    Profile &operator=(const Profile &) = delete;

private:
    pid_t perf_ = -1;
};

} // namespace xtap::bench
