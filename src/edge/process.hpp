// What happens once per process: libcurl's start, the fork's child, the exit. Knows no client's inside.
#pragma once

#include <cstdint>

namespace xtap::edge {

// Starts libcurl before its first use; throws Failure when it cannot. Later calls cost one atomic load.
void start_process();

// Differs between a process and its forked children: a handle remembers the one it was made in.
std::uint32_t process_generation() noexcept;

// True once exit() has begun: OpenSSL may be gone, so nothing of libcurl's is touched any more.
bool process_exiting() noexcept;

// Told when exit() begins, before OpenSSL's own cleanup.
class ExitListener {
public:
    virtual void on_exit() noexcept = 0;

protected:
    ExitListener();
    ~ExitListener();
    ExitListener(const ExitListener &) = delete;
    ExitListener &operator=(const ExitListener &) = delete;
};

} // namespace xtap::edge
