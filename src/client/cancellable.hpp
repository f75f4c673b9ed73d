// What may be in progress on a caller's thread when the process exits.
#pragma once

namespace xtap::client {

class Cancellable {
public:
    // Cancels and waits until no thread is inside; for at most `timeout_ms`, -1: as long as it takes. Any
    // thread.
    virtual void cancel_and_wait(int timeout_ms) noexcept = 0;

protected:
    ~Cancellable() = default;
};

} // namespace xtap::client
