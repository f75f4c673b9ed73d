// Sends the requests of one xtap_request, one at a time, and can be told to stop from any thread. What a
// single send does step by step is send_attempts.hpp's business.
#pragma once

#include "api/options.hpp"
#include "api/payload.hpp"
#include "api/request.hpp"
#include "client/cancellable.hpp"
#include "client/response.hpp"
#include "edge/exchange.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>

namespace xtap::client {

class Client;

// An answer, a failure, or both: an HTTP status of 300 or more is a failure that has an answer.
struct Sent {
    std::optional<Response> response;
    std::optional<Failure> failure;
};

class RequestSender final : public Cancellable {
public:
    explicit RequestSender(Client &client); // must outlive it
    ~RequestSender();
    RequestSender(const RequestSender &) = delete;
    RequestSender &operator=(const RequestSender &) = delete;

    // Throws Failure for what is wrong before anything is sent, and busy.
    Sent send(const api::Request &request, const api::Options &options, const api::Payload &payload);
    void cancel() noexcept; // any thread; final
    void cancel_and_wait(int timeout_ms) noexcept override;

    // For the send in progress, on its thread. Both throw Failure(cancelled).
    void wait(std::int64_t ms);
    // Throws Failure(request_timeout) when it is not over at `deadline_ms` (monotonic).
    void perform(edge::Exchange &exchange, edge::Pump &pump, std::int64_t deadline_ms);

private:
    class Entry;
    void check_cancelled() const;

    Client &client_;
    std::mutex mutex_; // busy_, pump_
    std::condition_variable changed_;
    bool busy_ = false;
    edge::Pump *pump_ = nullptr; // what the thread inside waits in
    std::atomic<bool> cancelled_{false};
};

} // namespace xtap::client
