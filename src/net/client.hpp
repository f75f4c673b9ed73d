// What the streams of a client share: options, the bearer token, connect budgets, rate limits, the log, the
// I/O thread.
#pragma once

#include "api/operation.hpp"
#include "api/options.hpp"
#include "api/secret.hpp"
#include "net/io_thread.hpp"
#include "net/log_queue.hpp"
#include "net/process.hpp"
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

class Stream;

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

    api::Secret credential(); // throws no_credential
    bool reload_credential();

    stream::ConnectBudget::Turn budget_take(const api::Operation &operation);
    void budget_take_back(const api::Operation &operation, std::int64_t taken_ms);
    void connection_opened() noexcept { ++connections_; }
    void connection_closed() noexcept { --connections_; }
    void rate_limit_seen(const api::Operation &operation, const stream::RateLimit &limit);

    void add(Stream &stream);
    void remove(Stream &stream) noexcept;

private:
    void on_exit() noexcept override;
    api::Secret read_token_file() const;
    stream::ConnectBudget &budget(const api::Operation &operation);

    const api::Options options_;
    const EdgeSettings edge_;
    const std::uint32_t generation_;
    LogQueue log_;

    std::mutex credential_mutex_; // file_token_
    api::Secret file_token_;      // as last read from bearer_token_file

    std::mutex mutex_; // budgets_, rate_limits_ and the making of io_thread_
    std::map<std::string_view, stream::ConnectBudget> budgets_;
    std::map<std::string_view, stream::RateLimit> rate_limits_;
    std::unique_ptr<IoThread> io_thread_;
    std::mutex streams_mutex_; // held while exit() waits, so that no stream dies under it
    std::vector<Stream *> streams_;
    std::atomic<std::uint64_t> connects_{0};
    std::atomic<std::int64_t> connections_{0};
};

} // namespace xtap::net
