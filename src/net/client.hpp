// What the streams and requests of a client share: options, credentials, connections, connect budgets, rate
// limits, the log, the I/O thread.
#pragma once

#include "api/operation.hpp"
#include "api/options.hpp"
#include "net/channels.hpp"
#include "net/credentials.hpp"
#include "net/io_thread.hpp"
#include "net/log_queue.hpp"
#include "net/process.hpp"
#include "net/rate_limits.hpp"
#include "net/settings.hpp"
#include "stream/connect_budget.hpp"
#include "stream/notice.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace xtap::net {

class Sender;
class Stream;

// Exchanges that do not stream; read by any thread.
struct RequestCounters {
    std::atomic<std::uint64_t> sent{0}, failed{0}, retried{0}, tokens{0}; // tokens: asked of token endpoints
    std::atomic<std::int64_t> in_flight{0};
};

class Client final : private ExitListener {
public:
    explicit Client(const api::Options &options); // checks them; throws Failure
    ~Client();
    Client(const Client &) = delete;
    Client &operator=(const Client &) = delete;

    const api::Options &options() const noexcept { return options_; }
    const EdgeSettings &edge() const noexcept { return edge_; }
    bool forked() const noexcept { return process_generation() != generation_; }
    void check_process() const; // throws forked
    IoThread &io_thread();      // started by its first use
    std::string stats();

    LogQueue &log() noexcept { return log_; }
    void log_notice(const stream::Notice &notice) noexcept;
    void tell_log() noexcept { log_.tell(); }

    Credentials &credentials() noexcept { return credentials_; }
    Channels &channels() noexcept { return channels_; }
    RateLimits &rate_limits() noexcept { return rate_limits_; }
    RequestCounters &requests() noexcept { return requests_; }

    stream::ConnectBudget::Turn budget_take(const api::Operation &operation);
    void budget_take_back(const api::Operation &operation, std::int64_t taken_ms);
    void connection_opened() noexcept { ++connections_; }
    void connection_closed() noexcept { --connections_; }
    void rate_limit_seen(const api::Operation &operation, const stream::RateLimit &limit);

    void add(Stream &stream);
    void remove(Stream &stream) noexcept;
    void add(Sender &sender);
    void remove(Sender &sender) noexcept;

private:
    void on_exit() noexcept override;
    stream::ConnectBudget &budget(const api::Operation &operation);

    const api::Options options_;
    const EdgeSettings edge_;
    const std::uint32_t generation_;
    LogQueue log_;

    Credentials credentials_;
    Channels channels_;
    RateLimits rate_limits_;
    RequestCounters requests_;

    std::mutex mutex_; // budgets_ and the making of io_thread_
    std::map<std::string_view, stream::ConnectBudget> budgets_;
    std::unique_ptr<IoThread> io_thread_;
    std::mutex streams_mutex_; // held while exit() waits, so that no stream or sender dies under it
    std::vector<Stream *> streams_;
    std::vector<Sender *> senders_;
    std::atomic<std::uint64_t> connects_{0};
    std::atomic<std::int64_t> connections_{0};
};

} // namespace xtap::net
