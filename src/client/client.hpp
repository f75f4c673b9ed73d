// What the streams and requests of a client share: options, credentials, connections, connect budgets, rate
// limits, the log, the I/O thread.
#pragma once

#include "api/operation.hpp"
#include "api/options.hpp"
#include "client/cancellable.hpp"
#include "client/credentials.hpp"
#include "client/log_queue.hpp"
#include "client/rate_limits.hpp"
#include "client/repairs.hpp"
#include "client/request_counters.hpp"
#include "edge/channels.hpp"
#include "edge/io_thread.hpp"
#include "edge/process.hpp"
#include "edge/settings.hpp"
#include "stream/session/connect_budget.hpp"
#include "stream/session/notice.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace xtap::client {

class Client final : private edge::ExitListener {
public:
    explicit Client(const api::Options &options); // checks them; throws Failure
    ~Client();
    Client(const Client &) = delete;
    Client &operator=(const Client &) = delete;

    const api::Options &options() const noexcept { return options_; }
    const edge::EdgeSettings &edge() const noexcept { return edge_; }
    bool forked() const noexcept { return edge::process_generation() != generation_; }
    void check_process() const;  // throws forked
    edge::IoThread &io_thread(); // started by its first use
    std::string stats();

    LogQueue &log() noexcept { return log_; }
    void log_notice(const session::Notice &notice) noexcept;
    void tell_log() noexcept { log_.tell(); }

    Credentials &credentials() noexcept { return credentials_; }
    edge::Channels &channels() noexcept { return channels_; }
    RateLimits &rate_limits() noexcept { return rate_limits_; }
    Repairs &repairs() noexcept { return repairs_; }
    RequestCounters &requests() noexcept { return requests_; }

    session::ConnectBudget::Turn budget_take(const api::Operation &operation);
    void budget_take_back(const api::Operation &operation, std::int64_t taken_ms);
    // Of a stream; by the server's clock.
    void connection_opened(const api::Operation &operation, std::int64_t connected_ms);
    void connection_closed(const api::Operation &operation, std::int64_t connected_ms) noexcept;
    std::vector<std::int64_t> connected_since(const api::Operation &operation) const;
    void stream_opened() noexcept { ++streams_; }
    void stream_closed() noexcept { --streams_; }

    // What exit() must end, as long as it lives.
    void add(Cancellable &cancellable);
    void remove(Cancellable &cancellable) noexcept;

private:
    void on_exit() noexcept override;
    session::ConnectBudget &budget(const api::Operation &operation);

    const api::Options options_;
    const edge::EdgeSettings edge_;
    const std::uint32_t generation_;
    LogQueue log_;

    Credentials credentials_;
    edge::Channels channels_;
    RateLimits rate_limits_;
    Repairs repairs_;
    RequestCounters requests_;

    mutable std::mutex mutex_; // open_, budgets_ and the making of io_thread_
    std::map<std::string_view, session::ConnectBudget> budgets_;
    std::multimap<std::string_view, std::int64_t> open_; // connection times, by path
    std::unique_ptr<edge::IoThread> io_thread_;
    std::mutex cancellables_mutex_; // held while exit() waits, so that none dies under it
    std::vector<Cancellable *> cancellables_;
    std::atomic<std::uint64_t> connects_{0};
    std::atomic<std::int64_t> streams_{0}, connections_{0};
};

} // namespace xtap::client
