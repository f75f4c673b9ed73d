// Consuming a stream: run (callbacks on the calling thread) and read (caller-owned memory). See stream.hpp.
#include "tap/stream.hpp"

#include "edge/process.hpp"

#include <algorithm>

namespace xtap::tap {

namespace {

constexpr std::uint32_t kForever = 0xffffffffu;

// poll takes an int; a longer wait is several.
int poll_timeout(std::int64_t ms) { return static_cast<int>(std::clamp<std::int64_t>(ms, 0, 60'000)); }

} // namespace

// A thread inside run or read: one at a time, in this process, not after cancel. Log lines are told when it
// leaves.
class Stream::Entry {
public:
    explicit Entry(Stream &stream) : stream_(stream) {
        stream_.check_process();
        if (edge::process_exiting()) throw Failure(Status::state, "the process is exiting");
        if (stream_.busy_.exchange(true))
            throw Failure(Status::busy, stream_.inside()
                                            ? "a callback may not run or read its own stream"
                                            : "another thread is inside run or read of this stream");
        stream_.inside_.store(std::this_thread::get_id());
    }
    ~Entry() {
        // Whatever the call consumed last, the descriptor tells what the next one would find.
        if (stream_.started_.load(std::memory_order_relaxed) && stream_.queue_) stream_.settle_ready();
        stream_.client_->tell_log();
        stream_.inside_.store({});
        const std::lock_guard lock(stream_.leave_mutex_);
        stream_.busy_.store(false);
        stream_.left_.notify_all();
    }
    Entry(const Entry &) = delete;
    Entry &operator=(const Entry &) = delete;

private:
    Stream &stream_;
};

void Stream::select(std::span<const std::string> pointers) {
    const Entry entry(*this);
    if (started_.load()) throw Failure(Status::state, "select comes before the first run or read");
    pointers_ = event::Pointers(pointers);
}

void Stream::resume(std::string_view checkpoint) {
    const Entry entry(*this);
    if (started_.load()) throw Failure(Status::state, "resume comes before the first run or read");
    restored_ = checked_checkpoint(checkpoint);
    delivered_->restore(restored_);
}

// ---- read ----

Status Stream::read(event::BatchView &to, std::uint32_t timeout_ms, event::Need &need) {
    const Entry entry(*this);
    if (!cancelled_.load()) start();
    const std::int64_t begun = edge::mono_ms();
    const std::int64_t deadline = timeout_ms == kForever ? edge::kNever : begun + std::int64_t{timeout_ms};
    std::int64_t linger_until = edge::kNever;
    for (;;) {
        if (cancelled_.load()) tell_cancelled();
        if (to.empty() && wake_.exchange(false)) return Status::interrupted;
        const Pulled pulled = queue_ ? pull_ahead(to) : pull_direct(to);
        if (pulled == Pulled::no_room) {
            if (!to.empty()) return give(to);
            need = need_;
            throw Failure(Status::buffer_small,
                          "the next record does not fit into this batch; see data_needed, "
                          "records_needed and columns_needed");
        }
        if (pulled == Pulled::more_at_hand) continue;
        const bool finished = over(!to.empty());
        const std::int64_t at = edge::mono_ms();
        if (!to.empty()) {
            if (linger_until == edge::kNever) linger_until = at + settings_.read_linger_ms;
            // A wake waits for the next call: this one has consumed something.
            if (finished || to.data_size() >= settings_.read_min_bytes ||
                at >= std::min(linger_until, deadline) || wake_.load())
                return give(to);
        } else if (finished) {
            return Status::end;
        } else if (at >= deadline && !wake_.load() && !cancelled_.load()) {
            return Status::timeout;
        }
        wait(std::min(deadline, to.empty() ? edge::kNever : linger_until) - at);
    }
}

// The one place where read delivers: what a call that is cancelled, or fails, had in hand by then was not
// delivered, and no checkpoint covers it.
Status Stream::give(event::BatchView &to) {
    const std::int64_t at_ms = edge::mono_ms();
    for (event::Record &record : to.records()) {
        record.position = ++position_;
        count_delivered(record, at_ms);
    }
    return Status::ok;
}

bool Stream::put_lagging(event::BatchView &to) {
    const std::lock_guard lock(outcome_mutex_);
    if (!lagging_) return true;
    need_ = {lagging_->json.size(), 1, 0};
    if (!to.fits(need_)) return false;
    session::put_notice(*lagging_, own_partition(), to);
    lagging_.reset();
    return true;
}

Stream::Pulled Stream::pull_ahead(event::BatchView &to) {
    if (!put_lagging(to)) return Pulled::no_room;
    for (;;) {
        const ReadAhead::Unread unread = queue_->unread();
        std::size_t index = unread.begin;
        while (index < unread.end &&
               event::copy_record(unread.view, unread.view.records()[index], pointers_.count(), 0, to))
            ++index;
        if (index > unread.begin) consumed(index);
        if (index < unread.end) {
            need_ = event::need_of(unread.view, unread.view.records()[index], pointers_.count());
            return Pulled::no_room;
        }
        if (unread.begin == unread.end) return to.empty() ? Pulled::nothing : Pulled::all_at_hand;
    }
}

void Stream::consumed(std::size_t end) {
    if (queue_->consume(end)) io_flag_->raise();
}

Stream::Pulled Stream::pull_direct(event::BatchView &to) {
    if (held_) { // left by a run that stopped
        const event::BatchView &held = held_->batch();
        while (held_consumed_ < held.record_count()) {
            const event::Record &record = held.records()[held_consumed_];
            need_ = event::need_of(held, record, pointers_.count());
            if (!event::copy_record(held, record, pointers_.count(), 0, to)) return Pulled::no_room;
            ++held_consumed_;
        }
        held_.reset();
        held_consumed_ = 0;
    }
    return pull_connection(to);
}

// One round: what is due, what the sockets have, what follows from it. An exception may have cost records
// that were on their way: the stream is over with it, as it is with one on the I/O thread, and what came
// before is still delivered.
Stream::Pulled Stream::pull_connection(event::BatchView &to) {
    Pulled pulled = Pulled::nothing;
    if (broken_) return pulled;
    direct_.begin(to);
    try {
        pulled = one_round();
    } catch (...) {
        fail_with_exception(*pump_);
    }
    direct_.end();
    return pulled;
}

Stream::Pulled Stream::one_round() {
    Pulled pulled = Pulled::nothing;
    next_due_ms_ = advance(edge::now(), *pump_, false);
    const auto blocked = [&] {
        return std::find_if(legs_.begin(), legs_.end(), [](const auto &leg) { return leg->has_leftover(); });
    };
    if (blocked() == legs_.end()) {
        pump_->step();
        const bool more =
            std::any_of(legs_.begin(), legs_.end(), [](const auto &l) { return l->progressed(); });
        next_due_ms_ = advance(edge::now(), *pump_, true);
        if (more) pulled = Pulled::more_at_hand;
    }
    if (const auto leg = blocked(); leg != legs_.end()) {
        need_ = (*leg)->blocked_need();
        pulled = Pulled::no_room;
    }
    settle_outcome();
    return pulled;
}

// ---- run ----

Status Stream::run(RecordReceiver &receiver) {
    const Entry entry(*this);
    if (!cancelled_.load()) start();
    for (;;) {
        if (cancelled_.load()) tell_cancelled();
        if (wake_.exchange(false)) return Status::interrupted;
        client_->tell_log(); // also while events never cease
        bool any = false;
        if (const std::optional<Status> stopped = deliver(receiver, any)) return *stopped;
        if (any) continue;
        if (over(false)) return Status::end;
        wait(edge::kNever);
    }
}

// Delivers what is at hand; `any`: there was something.
std::optional<Status> Stream::deliver(RecordReceiver &receiver, bool &any) {
    if (!queue_) {
        if (!held_) held_ = std::make_unique<event::Segment>(pointers_.count(), event::Need{});
        if (held_consumed_ == held_->batch().record_count()) {
            held_->batch().clear();
            held_consumed_ = 0;
            const Pulled pulled = pull_connection(held_->batch());
            if (pulled == Pulled::no_room && held_->batch().empty())
                held_ = std::make_unique<event::Segment>(pointers_.count(), need_);
            any = pulled != Pulled::nothing;
        }
        any = any || held_consumed_ < held_->batch().record_count();
        return deliver_view(receiver, held_->batch(), held_consumed_, held_->batch().record_count(),
                            held_consumed_);
    }
    if (const std::optional<Status> stopped = deliver_lagging(receiver)) return stopped;
    const ReadAhead::Unread unread = queue_->unread();
    any = unread.begin < unread.end;
    std::size_t done = unread.begin;
    std::optional<Status> stopped;
    try {
        stopped = deliver_view(receiver, unread.view, unread.begin, unread.end, done);
    } catch (...) {
        if (done > unread.begin) consumed(done);
        throw;
    }
    if (done > unread.begin) consumed(done);
    return stopped;
}

std::optional<Status> Stream::deliver_lagging(RecordReceiver &receiver) {
    std::optional<session::Notice> notice;
    {
        const std::lock_guard lock(outcome_mutex_);
        notice = std::exchange(lagging_, std::nullopt);
    }
    if (!notice) return std::nullopt;
    event::Record record{};
    std::string text(notice->json.size(), '\0');
    event::BatchView view({text.data(), text.size()}, {&record, 1}, {});
    session::put_notice(*notice, own_partition(), view);
    std::size_t consumed = 0;
    const std::optional<Status> stopped = deliver_view(receiver, view, 0, 1, consumed);
    if (consumed == 0) { // not delivered after all
        const std::lock_guard lock(outcome_mutex_);
        if (!lagging_) lagging_ = std::move(notice);
    }
    return stopped;
}

// Hands records to the receiver until it says otherwise; `consumed` follows record by record.
std::optional<Status> Stream::deliver_view(RecordReceiver &receiver, const event::BatchView &view,
                                           std::size_t begin, std::size_t end, std::size_t &consumed) {
    const std::int64_t at_ms = begin < end ? edge::mono_ms() : 0;
    for (std::size_t index = begin; index < end; ++index) {
        if (cancelled_.load(std::memory_order_relaxed)) return std::nullopt;
        if (wake_.load(std::memory_order_relaxed)) return std::nullopt;
        const event::Record &record = view.records()[index];
        const std::size_t columns = event::is_notice(record.kind) ? 0 : pointers_.count();
        const Flow flow =
            receiver.receive({.record = &record,
                              .data = view.data(),
                              .columns = columns == 0 ? std::span<const event::Column>{}
                                                      : view.columns().subspan(record.first_column, columns),
                              .position = position_ + 1});
        if (flow != Flow::proceed && flow != Flow::stop) return Status::ok; // it comes again
        ++position_;
        count_delivered(record, at_ms);
        consumed = index + 1;
        if (flow == Flow::stop) return Status::ok;
    }
    return std::nullopt;
}

// ---- both ----

// Without read-ahead the connection is this thread's to close; with it the I/O thread does.
void Stream::tell_cancelled() {
    if (pump_) leave(*pump_);
    throw Failure(Status::cancelled, "the stream was cancelled");
}

void Stream::count_delivered(const event::Record &record, std::int64_t now_ms) {
    if (delivered_) {
        if (static_cast<Kind>(record.kind) == Kind::notice_lagging)
            delivered_->overtaken(now_ms);
        else
            delivered_->delivered(record, now_ms);
    }
    delivered_position_.store(position_, std::memory_order_relaxed);
    if (event::is_notice(record.kind)) return;
    delivered_events_.store(delivered_events_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    if (record.time_ms != event::kNoTime)
        delivered_event_ms_.store(record.time_ms, std::memory_order_relaxed);
}

bool Stream::over(bool records_in_hand) const {
    {
        const std::lock_guard lock(outcome_mutex_);
        if (!outcome_known_ || lagging_) return false;
    }
    // The outcome is told after the last commit, so an empty queue now is empty for good.
    if (queue_ && queue_->records() > 0) return false;
    if (!queue_ && held_ && held_consumed_ < held_->batch().record_count()) return false;
    if (!records_in_hand && outcome_) throw *outcome_;
    return true;
}

void Stream::wait(std::int64_t timeout_ms) {
    if (!queue_) {
        const std::int64_t due = next_due_ms_ == edge::kNever ? timeout_ms : next_due_ms_ - edge::mono_ms();
        try {
            pump_->wait(poll_timeout(std::min(timeout_ms, due)));
        } catch (...) {
            fail_with_exception(*pump_);
        }
        return;
    }
    settle_ready();
    ready_.wait(poll_timeout(timeout_ms));
}

// The flag is up exactly while a read would not have to wait. Lower first, look afterwards: whatever is
// raised in between is seen or keeps it up.
void Stream::settle_ready() {
    ready_.lower();
    if (queue_->records() > 0 || cancelled_.load() || wake_.load() || something_to_tell()) ready_.raise();
}

} // namespace xtap::tap
