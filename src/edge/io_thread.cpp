// See io_thread.hpp.
#include "edge/io_thread.hpp"

#include <algorithm>
#include <csignal>
#include <pthread.h>

namespace xtap::edge {

namespace {

// A round at least so often, should a wake-up ever be missed.
constexpr std::int64_t kLongestWaitMs = 1000;

constexpr int kNoMemoryWaitMs = 100;

class AllSignalsBlocked {
public:
    AllSignalsBlocked() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~AllSignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    AllSignalsBlocked(const AllSignalsBlocked &) = delete;
    AllSignalsBlocked &operator=(const AllSignalsBlocked &) = delete;

private:
    sigset_t before_;
};

} // namespace

IoThread::IoThread() {
    const AllSignalsBlocked blocked; // inherited by the thread; libcurl's resolver thread inherits it in turn
    thread_ = std::thread([this] { run(); });
}

IoThread::~IoThread() { stop(); }

void IoThread::add(IoMember &member) {
    const std::lock_guard lock(mutex_);
    arriving_.push_back(&member);
    flag().raise();
}

void IoThread::remove(IoMember &member) noexcept {
    std::unique_lock lock(mutex_);
    if (stopped_) return;
    leaving_.push_back(&member);
    flag().raise();
    done_.wait(lock, [&] { return stopped_ || std::count(leaving_.begin(), leaving_.end(), &member) == 0; });
}

void IoThread::stop() noexcept {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
        flag().raise();
    }
    if (thread_.joinable()) thread_.join();
}

bool IoThread::take_orders() {
    const std::lock_guard lock(mutex_);
    members_.insert(members_.end(), arriving_.begin(), arriving_.end());
    arriving_.clear();
    for (IoMember *member : stop_ ? members_ : leaving_)
        member->leave(pump_);
    if (stop_) members_.clear();
    for (IoMember *member : leaving_)
        std::erase(members_, member);
    leaving_.clear();
    stopped_ = stop_;
    done_.notify_all();
    return !stop_;
}

void IoThread::run() noexcept {
    pthread_setname_np(pthread_self(), "xtap-io");
    while (take_orders()) {
        const Now at = now();
        std::int64_t next = at.mono_ms + kLongestWaitMs;
        for (IoMember *member : members_)
            next = std::min(next, member->service(at, pump_));
        try {
            pump_.wait(static_cast<int>(std::max<std::int64_t>(0, next - at.mono_ms)));
            pump_.step();
        } catch (const std::exception &) {
            // Out of memory: the streams go on as soon as there is some again; until then we must not spin.
            flag().wait(kNoMemoryWaitMs);
        }
    }
}

} // namespace xtap::edge
