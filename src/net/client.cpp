// See client.hpp.
#include "net/client.hpp"

#include "api/failure.hpp"
#include "net/sender.hpp"
#include "net/sigpipe.hpp"
#include "net/stream.hpp"

#include <algorithm>

namespace xtap::net {

namespace {

using api::Option;

// How long exit() waits for another thread to leave run or read: beyond, it may be inside a callback for
// good.
constexpr int kExitWaitMs = 1000;

const api::Options &checked(const api::Options &options) {
    start_process();
    options.check();
    return options;
}

LogLevel level_of(Kind kind) {
    switch (kind) {
    case Kind::notice_connecting:
        return LogLevel::debug;
    case Kind::notice_connected:
        return LogLevel::info;
    default:
        return LogLevel::warn;
    }
}

} // namespace

Client::Client(const api::Options &options)
    : options_(checked(options)), edge_(edge_settings(options_)), generation_(process_generation()),
      log_(log_level(options_.text(Option::log_level))), credentials_(options_) {}

Client::~Client() {
    if (forked()) {
        // A forked child: the thread is not here, so it can neither be joined nor its object destroyed.
        static_cast<void>(io_thread_.release());
        channels_.abandon();
        return;
    }
    const SigpipeBlocked no_sigpipe(!edge_.plain); // TLS says goodbye, to a peer that may be gone
    channels_.close();
}

void Client::check_process() const {
    if (forked())
        throw Failure(Status::forked, "this client was opened before fork(); open another one in the child");
}

IoThread &Client::io_thread() {
    const std::lock_guard lock(mutex_);
    if (process_exiting() && !io_thread_) throw Failure(Status::state, "the process is exiting");
    if (!io_thread_) io_thread_ = std::make_unique<IoThread>();
    return *io_thread_;
}

// ---- budgets, limits, log ----

stream::ConnectBudget &Client::budget(const api::Operation &operation) {
    const auto limit = edge_.connect_budget < 0 ? operation.connect_budget : edge_.connect_budget;
    return budgets_.try_emplace(operation.path, static_cast<std::int32_t>(limit)).first->second;
}

stream::ConnectBudget::Turn Client::budget_take(const api::Operation &operation) {
    const std::lock_guard lock(mutex_);
    const stream::ConnectBudget::Turn turn = budget(operation).take(mono_ms());
    if (turn.wait_ms == 0) ++connects_;
    return turn;
}

void Client::budget_take_back(const api::Operation &operation, std::int64_t taken_ms) {
    const std::lock_guard lock(mutex_);
    budget(operation).take_back(taken_ms);
}

void Client::rate_limit_seen(const api::Operation &operation, const stream::RateLimit &limit) {
    rate_limits_.seen(operation, "bearer", limit);
}

void Client::log_notice(const stream::Notice &notice) noexcept {
    try {
        log_.put(level_of(notice.kind), notice.json);
    } catch (const std::bad_alloc &) {
        // a line less
    }
}

// ---- streams, exit ----

void Client::add(Stream &stream) {
    const std::lock_guard lock(streams_mutex_);
    streams_.push_back(&stream);
}

void Client::remove(Stream &stream) noexcept {
    if (forked()) return; // the mutex may be held by a thread that is not here
    const std::lock_guard lock(streams_mutex_);
    std::erase(streams_, &stream);
}

void Client::add(Sender &sender) {
    const std::lock_guard lock(streams_mutex_);
    senders_.push_back(&sender);
}

void Client::remove(Sender &sender) noexcept {
    if (forked()) return;
    const std::lock_guard lock(streams_mutex_);
    std::erase(senders_, &sender);
}

// exit() has begun: no thread of ours may be inside OpenSSL when it cleans up.
void Client::on_exit() noexcept {
    {
        const std::lock_guard lock(streams_mutex_);
        for (Stream *stream : streams_)
            stream->cancel_and_wait(kExitWaitMs);
        for (Sender *sender : senders_)
            sender->cancel_and_wait(kExitWaitMs);
    }
    IoThread *thread = nullptr;
    {
        const std::lock_guard lock(mutex_);
        thread = io_thread_.get();
    }
    if (thread != nullptr) thread->stop();
}

} // namespace xtap::net
