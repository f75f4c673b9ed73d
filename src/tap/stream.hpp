// A stream: its legs, what waits to be delivered, and the two ways of consuming it. Its I/O happens inside
// run and read, or on the client's I/O thread when there is read-ahead.
#pragma once

#include "api/request.hpp"
#include "client/cancellable.hpp"
#include "client/client.hpp"
#include "edge/io_thread.hpp"
#include "edge/process.hpp"
#include "stream/event/pointers.hpp"
#include "tap/delivered_log.hpp"
#include "tap/leg.hpp"
#include "tap/partition.hpp"
#include "tap/read_ahead.hpp"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace xtap::tap {

// One record handed to a callback.
struct Delivered {
    const event::Record *record;
    const char *data; // what the record's offsets count from
    std::span<const event::Column> columns;
    std::uint64_t position;
};

class RecordReceiver {
public:
    virtual Flow receive(const Delivered &delivered) = 0;

protected:
    ~RecordReceiver() = default;
};

class Stream final : public client::Cancellable, private edge::IoMember, private CoverageListener {
public:
    Stream(std::shared_ptr<client::Client> client, const api::Request &request,
           const StreamSettings &settings);
    ~Stream();
    Stream(const Stream &) = delete;
    Stream &operator=(const Stream &) = delete;

    void select(std::span<const std::string> pointers);
    void resume(std::string_view checkpoint); // before the first run or read
    // Both throw Failure when the stream failed, was cancelled, or another thread is inside.
    Status run(RecordReceiver &receiver); // ok (stopped), end, interrupted
    // Returns ok, timeout, end, interrupted. `need` is set when it throws buffer_small: what the next record
    // takes.
    Status read(event::BatchView &to, std::uint32_t timeout_ms, event::Need &need);
    std::size_t columns_per_event() const noexcept { return pointers_.count(); }

    // Any thread; cancel also from a signal handler.
    void wake() noexcept;
    void finish() noexcept;
    void cancel() noexcept;
    std::string stats() const;
    std::string checkpoint(std::uint64_t upto) const; // 0: all that was delivered
    int fd(); // starts the stream; throws unsupported without read-ahead

    bool inside() const noexcept; // the calling thread is inside run or read
    bool busy() const noexcept { return busy_.load(); }
    void cancel_and_wait(int timeout_ms) noexcept override;
    bool forked() const noexcept { return edge::process_generation() != generation_; }
    void check_process() const; // throws forked
    client::Client &client() const noexcept { return *client_; }

private:
    class Entry;
    struct DirectSink final : RecordSink {
        event::BatchView *target = nullptr;
        std::size_t records_before = 0; // in it
        std::uint64_t put_before = 0;
        void begin(event::BatchView &batch) noexcept;
        void end() noexcept;
        event::BatchView *batch() override { return target; }
        event::BatchView *next(const event::Need &) override { return nullptr; }
        bool full() const override { return false; }
        bool half_full() const override { return false; }
        bool far_behind() const override { return false; }
        std::uint64_t records_put() const override {
            return put_before + (target == nullptr ? 0 : target->record_count() - records_before);
        }
    };

    // the work of one round, on whichever thread does the I/O
    std::int64_t service(edge::Now now, edge::Pump &pump) noexcept override;
    void leave(edge::Pump &pump) noexcept override;
    std::int64_t advance(edge::Now now, edge::Pump &pump, bool drained);
    bool all_over() const noexcept;
    void settle_outcome();
    bool something_to_tell() const; // the outcome, or that the consumer lags
    void look_for_lag(edge::Now now);
    // Of one round, the one being handled: nothing goes on after it.
    void fail_with_exception(edge::Pump &pump) noexcept;
    void fail(Failure failure) noexcept;

    // what the consumer does
    PartitionSettings settings_of(std::uint32_t partition) const {
        return partition_settings(request_, settings_, client_->repairs(), partition);
    }
    std::int64_t begins_ms(std::uint32_t partition) const;
    RecordSink &sink() noexcept;
    std::vector<continuity::PartitionCheckpoint> checked_checkpoint(std::string_view text) const;
    void check_continuity() const; // throws unsupported when there is none
    void covered(std::uint32_t partition, const continuity::Coverage &coverage,
                 const std::vector<continuity::Interval> &overlaps) override;
    // Of what concerns the stream as a whole: its only partition, or 0.
    std::uint32_t own_partition() const noexcept { return numbers_.size() == 1 ? numbers_.front() : 0; }
    void start();
    enum class Pulled : std::uint8_t { nothing, more_at_hand, all_at_hand, no_room };
    Status give(event::BatchView &to);
    Pulled pull_ahead(event::BatchView &to);
    Pulled pull_direct(event::BatchView &to);
    Pulled pull_connection(event::BatchView &to);
    Pulled one_round();
    bool put_lagging(event::BatchView &to);
    std::optional<Status> deliver(RecordReceiver &receiver, bool &any);
    std::optional<Status> deliver_lagging(RecordReceiver &receiver);
    std::optional<Status> deliver_view(RecordReceiver &receiver, const event::BatchView &view,
                                       std::size_t begin, std::size_t end, std::size_t &consumed);
    // Nothing will come any more and all is delivered. Throws what the stream failed with, unless records are
    // in hand: they go first.
    bool over(bool records_in_hand) const;
    void wait(std::int64_t timeout_ms);
    void settle_ready();
    [[noreturn]] void tell_cancelled();
    void consumed(std::size_t end);
    void count_delivered(const event::Record &record, std::int64_t now_ms);
    void raise_all() noexcept;

    std::shared_ptr<client::Client> client_;
    const api::Operation *operation_;
    const api::Request request_;
    const StreamSettings settings_;
    const std::vector<std::uint32_t> numbers_; // of the partitions
    std::size_t first_partition_ = 0;          // whose turn it is to be served first
    const std::uint32_t generation_;           // of the process it was made in
    event::Pointers pointers_;

    std::vector<std::unique_ptr<Partition>> partitions_;
    std::vector<Leg *> legs_;                 // of all of them
    std::unique_ptr<DeliveredLog> delivered_; // null with continuity=off
    std::vector<continuity::PartitionCheckpoint> restored_;
    std::unique_ptr<edge::Pump> pump_; // without read-ahead
    DirectSink direct_;
    std::int64_t next_due_ms_ = 0;
    std::unique_ptr<event::Segment> held_; // without read-ahead: what run delivers from
    std::size_t held_consumed_ = 0;
    std::unique_ptr<ReadAhead> queue_;   // with read-ahead
    edge::EventFlag ready_;              // with read-ahead: the fd that users poll
    edge::EventFlag *io_flag_ = nullptr; // wakes whoever does the I/O
    bool broken_ = false;                // by an exception, on the thread that does the I/O

    std::mutex start_mutex_; // fd starts the stream from any thread
    std::atomic<std::int64_t> started_ms_{event::kNoTime};
    std::atomic<bool> started_{false}, cancelled_{false}, finish_{false}, wake_{false}, busy_{false};
    std::atomic<std::thread::id> inside_{};
    mutable std::mutex outcome_mutex_; // outcome_, outcome_known_, lagging_
    bool outcome_known_ = false;
    std::optional<Failure> outcome_;
    std::optional<session::Notice> lagging_;
    bool lagging_said_ = false; // the I/O thread's
    std::atomic<std::uint64_t> lagging_notices_{0};
    std::mutex leave_mutex_;
    std::condition_variable left_;

    std::uint64_t position_ = 0;
    std::atomic<std::uint64_t> delivered_position_{0}, delivered_events_{0};
    std::atomic<std::int64_t> delivered_event_ms_{event::kNoTime};
    event::Need need_;
};

} // namespace xtap::tap
