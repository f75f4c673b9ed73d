// See request_sender.hpp.
#include "client/request_sender.hpp"

#include "client/client.hpp"
#include "client/send_attempts.hpp"
#include "edge/clock.hpp"

#include <algorithm>
#include <chrono>

namespace xtap::client {

namespace {

// A round at least so often, should libcurl have a timer of its own.
constexpr std::int64_t kLongestPauseMs = 1000;

} // namespace

class RequestSender::Entry {
public:
    explicit Entry(RequestSender &sender) : sender_(sender) {
        const std::lock_guard lock(sender_.mutex_);
        if (sender_.busy_) throw Failure(Status::busy, "another thread is sending this request");
        sender_.busy_ = true;
    }
    ~Entry() {
        const std::lock_guard lock(sender_.mutex_);
        sender_.busy_ = false;
        sender_.changed_.notify_all();
    }
    Entry(const Entry &) = delete;
    Entry &operator=(const Entry &) = delete;

private:
    RequestSender &sender_;
};

RequestSender::RequestSender(Client &client) : client_(client) { client_.add(*this); }

RequestSender::~RequestSender() { client_.remove(*this); }

void RequestSender::check_cancelled() const {
    if (cancelled_.load()) throw Failure(Status::cancelled, "the request was cancelled");
}

Sent RequestSender::send(const api::Request &request, const api::Options &options,
                         const api::Payload &payload) {
    const Entry entry(*this);
    try {
        check_cancelled();
        Sent sent = SendAttempts(client_, *this, request, options, payload).run();
        if (sent.failure) client_.credentials().redact(*sent.failure);
        return sent;
    } catch (Failure &failure) {
        client_.credentials().redact(failure);
        if (failure.status != Status::cancelled) throw;
        return {.response = std::nullopt, .failure = failure};
    }
}

void RequestSender::cancel() noexcept {
    cancelled_.store(true);
    const std::lock_guard lock(mutex_);
    if (pump_ != nullptr) pump_->flag().raise();
    changed_.notify_all();
    client_.credentials().wake(); // should it wait for another send's token
}

void RequestSender::cancel_and_wait(int timeout_ms) noexcept {
    cancel();
    std::unique_lock lock(mutex_);
    const auto gone = [this] { return !busy_; };
    if (timeout_ms < 0)
        changed_.wait(lock, gone);
    else
        changed_.wait_for(lock, std::chrono::milliseconds(timeout_ms), gone);
}

void RequestSender::wait(std::int64_t ms) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds(ms), [this] { return cancelled_.load(); });
    check_cancelled();
}

void RequestSender::perform(edge::Exchange &exchange, edge::Pump &pump, std::int64_t deadline_ms) {
    struct Inside {
        RequestSender &sender;
        edge::Exchange &exchange;
        edge::Pump &pump;
        Inside(RequestSender &s, edge::Exchange &e, edge::Pump &p) : sender(s), exchange(e), pump(p) {
            pump.add(exchange);
            const std::lock_guard lock(sender.mutex_);
            sender.pump_ = &pump;
        }
        ~Inside() {
            pump.remove(exchange);
            const std::lock_guard lock(sender.mutex_);
            sender.pump_ = nullptr;
        }
    };
    const Inside inside(*this, exchange, pump);
    for (;;) {
        check_cancelled();
        pump.step();
        if (exchange.over()) return;
        const std::int64_t left = deadline_ms - edge::mono_ms();
        if (left <= 0)
            throw Failure(Status::request_timeout, "no whole answer came within request_timeout_ms");
        pump.wait(static_cast<int>(std::min(left, kLongestPauseMs)));
    }
}

} // namespace xtap::client
