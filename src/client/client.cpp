// See client.hpp.
#include "client/client.hpp"

#include "api/failure.hpp"

#include <algorithm>

namespace xtap::client {

namespace {

using api::Option;

// How long exit() waits for another thread to leave run, read or send: beyond, it may be inside a callback
// for good.
constexpr int kExitWaitMs = 1000;

const api::Options &checked(const api::Options &options) {
    edge::start_process();
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
    : options_(checked(options)), edge_(edge::edge_settings(options_)),
      generation_(edge::process_generation()), log_(log_level(options_.text(Option::log_level))),
      credentials_(options_), repairs_(options_.integer(Option::recovery_jobs)) {}

Client::~Client() {
    if (forked()) {
        // A forked child: the thread is not here, so it can neither be joined nor its object destroyed.
        static_cast<void>(io_thread_.release());
        channels_.abandon();
        return;
    }
    channels_.close();
}

void Client::check_process() const {
    if (forked())
        throw Failure(Status::forked, "this client was opened before fork(); open another one in the child");
}

edge::IoThread &Client::io_thread() {
    const std::lock_guard lock(mutex_);
    if (edge::process_exiting() && !io_thread_) throw Failure(Status::state, "the process is exiting");
    if (!io_thread_) io_thread_ = std::make_unique<edge::IoThread>();
    return *io_thread_;
}

// ---- budgets, limits, log ----

session::ConnectBudget &Client::budget(const api::Operation &operation) {
    const std::int64_t wanted = options_.integer(Option::connect_budget);
    const std::int64_t limit = wanted < 0 ? operation.connect_budget : wanted;
    return budgets_.try_emplace(operation.path, static_cast<std::int32_t>(limit)).first->second;
}

session::ConnectBudget::Turn Client::budget_take(const api::Operation &operation) {
    const std::lock_guard lock(mutex_);
    const session::ConnectBudget::Turn turn = budget(operation).take(edge::mono_ms());
    if (turn.wait_ms == 0) ++connects_;
    return turn;
}

void Client::budget_take_back(const api::Operation &operation, std::int64_t taken_ms) {
    const std::lock_guard lock(mutex_);
    budget(operation).take_back(taken_ms);
}

void Client::connection_opened(const api::Operation &operation, std::int64_t connected_ms) {
    const std::lock_guard lock(mutex_);
    open_.emplace(operation.path, connected_ms);
    ++connections_;
}

void Client::connection_closed(const api::Operation &operation, std::int64_t connected_ms) noexcept {
    const std::lock_guard lock(mutex_);
    --connections_;
    const auto [first, last] = open_.equal_range(operation.path);
    const auto same = std::find_if(first, last, [&](const auto &one) { return one.second == connected_ms; });
    if (same != last) open_.erase(same);
}

std::vector<std::int64_t> Client::connected_since(const api::Operation &operation) const {
    const std::lock_guard lock(mutex_);
    const auto [first, last] = open_.equal_range(operation.path);
    std::vector<std::int64_t> since;
    std::transform(first, last, std::back_inserter(since), [](const auto &one) { return one.second; });
    return since;
}

void Client::log_notice(const session::Notice &notice) noexcept {
    try {
        log_.put(level_of(notice.kind), notice.json);
    } catch (const std::bad_alloc &) {
        // a line less
    }
}

// ---- exit ----

void Client::add(Cancellable &cancellable) {
    const std::lock_guard lock(cancellables_mutex_);
    cancellables_.push_back(&cancellable);
}

void Client::remove(Cancellable &cancellable) noexcept {
    if (forked()) return; // the mutex may be held by a thread that is not here
    const std::lock_guard lock(cancellables_mutex_);
    std::erase(cancellables_, &cancellable);
}

// exit() has begun: no thread of ours may be inside OpenSSL when it cleans up.
void Client::on_exit() noexcept {
    {
        const std::lock_guard lock(cancellables_mutex_);
        for (Cancellable *cancellable : cancellables_)
            cancellable->cancel_and_wait(kExitWaitMs);
    }
    edge::IoThread *thread = nullptr;
    {
        const std::lock_guard lock(mutex_);
        thread = io_thread_.get();
    }
    if (thread != nullptr) thread->stop();
}

} // namespace xtap::client
