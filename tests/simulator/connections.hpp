// What is known of every connection, for those who play it and those who ask about it. Knows no bytes of the
// stream.
#pragma once

#include "faults.hpp"
#include "requests.hpp"
#include "json/value.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace xtap::sim {

// A descriptor that makes poll() return; level-triggered until cleared.
class Signal {
public:
    Signal();
    ~Signal();
    Signal(const Signal &) = delete;
    Signal &operator=(const Signal &) = delete;
    int fd() const { return fd_; }
    void raise();
    void clear();
    void shut(); // frees the descriptor; raising it does nothing from then on

private:
    int fd_;
};

// What the history tells of a stream.
struct StreamRecord {
    std::uint64_t id = 0;
    std::string uuid;
    const Operation *operation = nullptr;
    std::string client_ip;
    Micros connected_at = 0, disconnected_at = 0; // 0: still connected
    std::string disconnect_reason;
};

class Connections;

class Connection {
public:
    Connection(std::uint64_t id, Connections &all, std::string client_ip)
        : id_(id), all_(all), client_ip_(std::move(client_ip)) {}

    std::uint64_t id() const { return id_; }
    const Signal &wake() const { return wake_; }

    // By the relay.
    void describe_request(std::string request_line, HeaderList headers);
    void describe_fault(const FaultPlan &plan);
    void played(const Fault &fault);
    void set_plan(StreamPlan plan);
    std::optional<StreamPlan> plan() const;
    void set_status(int status);
    void progress(std::uint64_t bytes, std::uint64_t events, std::uint64_t last_number);

    // Faults sent while it is open, and the wish that it ends.
    void inject(const FaultPlan &plan);
    FaultPlan take_injected();
    void ask_to_close();
    // The same, and from now on it counts as ended by its app. False when it has ended already.
    bool terminate();
    // It has to go for another one of its app.
    void force_off();
    // Whether the API takes it for open: a ghost is not, but still counts.
    bool counts() const;
    bool close_asked() const { return close_asked_.load(); }
    // Cheap enough for every batch: whether there is anything to look at.
    bool attention() const { return attention_.load(); }

private:
    friend class Connections;
    bool over() const;                                         // under the lock
    enum class Left : std::uint8_t { nothing, ghost, stream }; // of what is to end
    Left end_by(const char *reason);
    Json to_json() const;
    StreamRecord to_record() const;

    const std::uint64_t id_;
    Connections &all_;
    const std::string client_ip_;
    Signal wake_;
    std::atomic<std::uint64_t> bytes_{0}, events_{0}, last_number_{0};
    std::atomic<int> status_{0};
    std::atomic<bool> close_asked_{false}, attention_{false};
    mutable std::mutex mutex_; // guards what follows
    std::string request_line_, ended_;
    HeaderList headers_;
    std::vector<std::string> faults_;
    FaultPlan injected_;
    std::optional<StreamPlan> plan_;
    // Of the stream, as the API takes it: the end of a ghost is still to come.
    Micros connected_at_ = 0, ended_at_ = 0;
    std::string ended_by_; // the reason, where somebody wanted it to end
};

class Connections {
public:
    // A stream that broke off counts as open for `ghost_ms` more.
    explicit Connections(std::uint64_t ghost_ms = 0) : ghost_(static_cast<Micros>(ghost_ms) * 1000) {}

    std::shared_ptr<Connection> open(std::string client_ip);
    void close(const std::shared_ptr<Connection> &connection, std::string how);
    std::shared_ptr<Connection> find(std::uint64_t id) const;

    // Applies to open streams (of `operation`, when not empty); returns to how many.
    std::size_t inject(const FaultOrder &order);
    // To one of the open streams, by a number that chooses; false when there is none.
    bool inject_into_one(const FaultPlan &plan, std::uint64_t choice);
    std::size_t ask_all_to_close();

    // The streams that count as open and are wanted, oldest first.
    std::vector<std::shared_ptr<Connection>>
    counted(const std::function<bool(const StreamPlan &)> &wanted) const;
    // Every stream there was, newest first.
    std::vector<StreamRecord> history() const;
    // False when there is no such stream or it has ended.
    bool terminate(std::uint64_t id);

    // Connections of any kind, streams, and streams that are open.
    std::uint64_t opened() const;
    std::uint64_t streams() const { return streams_; }
    std::size_t streams_open() const;
    // {"eof":3,"reset":1}: the faults that really were played.
    Json faults_played() const;

    Json state() const;
    // Blocks until `holds` is true of the state, the time is over, or stop() was called.
    Json wait_for(const std::function<bool(const Json &)> &holds, std::uint64_t timeout_ms);
    void stop();
    void changed();

private:
    friend class Connection;
    static constexpr std::size_t kMostRemembered = 20'000;
    std::vector<std::shared_ptr<Connection>> open_streams() const; // under the lock
    void count_played(const Fault &fault);

    const Micros ghost_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::atomic<int> waiting_{0};
    std::atomic<std::uint64_t> streams_{0};
    mutable std::mutex played_mutex_; // guards the next
    std::map<std::string, std::uint64_t> played_;
    bool stopped_ = false;
    std::uint64_t last_id_ = 0, open_ = 0;
    std::deque<std::shared_ptr<Connection>> connections_;
};

} // namespace xtap::sim
