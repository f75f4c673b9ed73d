// Keeps a write to a connection that the peer has reset from killing the process. Knows nothing of transfers.
#pragma once

#include <csignal>

namespace xtap::edge {

// For the length of its life SIGPIPE does not reach the calling thread. OpenSSL writes without MSG_NOSIGNAL,
// and libcurl guards against that only by changing the whole process's signal handlers, which
// CURLOPT_NOSIGNAL forbids.
class SigpipeBlocked {
public:
    // `needed` false: does nothing. Plain connections are written to with MSG_NOSIGNAL, and the I/O thread
    // has all signals blocked.
    explicit SigpipeBlocked(bool needed) noexcept;
    ~SigpipeBlocked();
    SigpipeBlocked(const SigpipeBlocked &) = delete;
    SigpipeBlocked &operator=(const SigpipeBlocked &) = delete;

private:
    bool armed_ = false; // one that comes now is ours and taken away
    sigset_t before_{};
};

} // namespace xtap::edge
