// The stream's making, its I/O rounds and its ends; consuming.cpp has run and read. See stream.hpp.
#include "tap/stream.hpp"

#include "edge/process.hpp"

#include <algorithm>

namespace xtap::tap {

namespace {

// The text of this one fits into the string itself.
Failure out_of_memory() noexcept { return {Status::no_memory, "out of memory"}; }

Failure unexpected(const std::exception &error) noexcept {
    try {
        return {Status::internal, std::string("unexpected: ") + error.what()};
    } catch (const std::bad_alloc &) {
        return out_of_memory();
    }
}

} // namespace

Stream::Stream(std::shared_ptr<client::Client> client, const api::Request &request,
               const StreamSettings &settings)
    : client_(std::move(client)), operation_(&request.operation()), request_(request), settings_(settings),
      numbers_(request.partitions()), generation_(edge::process_generation()) {
    if (settings_.continuity.tells) delivered_ = std::make_unique<DeliveredLog>(settings_.continuity.keys_ms);
    if (settings_.read_ahead_bytes == 0) {
        pump_ = std::make_unique<edge::Pump>();
        io_flag_ = &pump_->flag();
    } else {
        io_flag_ = &client_->io_thread().flag();
    }
    client_->add(*this);
    client_->stream_opened();
}

Stream::~Stream() {
    client_->remove(*this);
    client_->stream_closed();
    if (forked()) { // a forked child: the connections are the parent's
        for (const auto &partition : partitions_)
            partition->abandon();
        if (pump_) pump_->abandon();
        return;
    }
    if (queue_) client_->io_thread().remove(*this);
    if (pump_) leave(*pump_);
}

void Stream::check_process() const {
    if (forked())
        throw Failure(Status::forked, "this stream was opened before fork(); open another one in the child");
}

void Stream::start() {
    if (started_.load(std::memory_order_acquire)) return;
    const std::lock_guard lock(start_mutex_);
    if (started_.load(std::memory_order_relaxed)) return;
    started_ms_.store(edge::now().wall_ms, std::memory_order_relaxed);
    if (settings_.read_ahead_bytes != 0)
        queue_ = std::make_unique<ReadAhead>(settings_.read_ahead_bytes, pointers_.count());
    for (const std::uint32_t number : numbers_) {
        partitions_.push_back(
            std::make_unique<Partition>(settings_of(number), Partition::Parts{.client = *client_,
                                                                              .stream = settings_,
                                                                              .request = request_,
                                                                              .pointers = pointers_,
                                                                              .sink = sink(),
                                                                              .listener = *this}));
        for (const auto &lane : partitions_.back()->lanes())
            legs_.push_back(&lane->leg());
        for (const continuity::PartitionCheckpoint &before : restored_)
            if (before.partition == number) partitions_.back()->restore(before);
    }
    restored_.clear();
    started_.store(true, std::memory_order_release); // stats may look at the legs from now on
    if (queue_) client_->io_thread().add(*this);
}

RecordSink &Stream::sink() noexcept {
    if (queue_) return *queue_;
    return direct_;
}

void Stream::DirectSink::begin(event::BatchView &batch) noexcept {
    target = &batch;
    records_before = batch.record_count();
}

void Stream::DirectSink::end() noexcept {
    put_before += target->record_count() - records_before;
    target = nullptr;
}

// ---- one round of I/O ----

std::int64_t Stream::service(edge::Now now, edge::Pump &pump) noexcept {
    try {
        if (cancelled_.load()) {
            leave(pump);
            return edge::kNever;
        }
        if (broken_) return edge::kNever;
        queue_->begin();
        const std::int64_t next = advance(now, pump, true);
        // Lagging goes first: the records that follow are those it warns about.
        look_for_lag(now);
        const bool readable = queue_->commit();
        settle_outcome();
        if (readable || something_to_tell()) ready_.raise();
        return next;
    } catch (...) {
        fail_with_exception(pump);
        return edge::kNever;
    }
}

std::int64_t Stream::advance(edge::Now now, edge::Pump &pump, bool drained) {
    std::int64_t next = edge::kNever;
    // Each in its turn comes first: whoever comes last may find no room left.
    first_partition_ = (first_partition_ + 1) % partitions_.size();
    for (std::size_t index = 0; index < partitions_.size(); ++index) {
        Partition &partition = *partitions_[(first_partition_ + index) % partitions_.size()];
        next = std::min(next, partition.advance(now, pump, drained, finish_.load()));
    }
    if (all_over())
        for (const auto &partition : partitions_)
            partition->end(now);
    return next;
}

void Stream::leave(edge::Pump &pump) noexcept {
    for (const auto &partition : partitions_)
        partition->disconnect(pump);
}

bool Stream::all_over() const noexcept {
    return std::all_of(partitions_.begin(), partitions_.end(), [](const auto &one) { return one->over(); });
}

// The stream is over when all its partitions are; it failed when one of them did.
void Stream::settle_outcome() {
    if (!all_over()) return;
    const std::lock_guard lock(outcome_mutex_);
    if (std::exchange(outcome_known_, true)) return;
    for (const auto &partition : partitions_)
        if (partition->failure() && !outcome_) outcome_ = partition->failure();
}

void Stream::fail_with_exception(edge::Pump &pump) noexcept {
    broken_ = true;
    try {
        throw;
    } catch (Failure &failure) { // moved: a copy may find no memory
        fail(std::move(failure));
    } catch (const std::bad_alloc &) {
        fail(out_of_memory());
    } catch (const std::exception &error) {
        fail(unexpected(error));
    }
    leave(pump);
}

void Stream::fail(Failure failure) noexcept {
    const std::lock_guard lock(outcome_mutex_);
    if (!std::exchange(outcome_known_, true)) outcome_ = std::move(failure);
    ready_.raise();
}

bool Stream::something_to_tell() const {
    const std::lock_guard lock(outcome_mutex_);
    return outcome_known_ || lagging_;
}

// Said once when three quarters are full, and again only after it was below half in between.
void Stream::look_for_lag(edge::Now now) {
    if (queue_->below_half()) lagging_said_ = false;
    if (lagging_said_ || queue_->bytes() < queue_->capacity() / 4 * 3) return;
    lagging_said_ = true;
    const std::int64_t delivered = delivered_event_ms_.load(std::memory_order_relaxed);
    const std::int64_t lag =
        delivered == event::kNoTime ? 0 : std::max<std::int64_t>(0, now.wall_ms - delivered);
    session::Notice notice =
        session::lagging_notice({.operation = operation_->id, .partition = own_partition()}, now.wall_ms,
                                queue_->bytes(), queue_->capacity(), queue_->records(), lag);
    client_->log_notice(notice);
    lagging_notices_.fetch_add(1, std::memory_order_relaxed);
    const std::lock_guard lock(outcome_mutex_);
    lagging_ = std::move(notice);
}

// ---- from any thread ----

void Stream::raise_all() noexcept {
    ready_.raise();
    io_flag_->raise();
}

void Stream::wake() noexcept {
    wake_.store(true);
    raise_all();
}

void Stream::finish() noexcept {
    finish_.store(true);
    io_flag_->raise(); // the descriptor goes up when there is something to read, not before
}

void Stream::cancel() noexcept {
    cancelled_.store(true);
    raise_all();
}

bool Stream::inside() const noexcept { return inside_.load() == std::this_thread::get_id(); }

void Stream::cancel_and_wait(int timeout_ms) noexcept {
    cancel();
    if (inside()) return;
    std::unique_lock lock(leave_mutex_);
    const auto gone = [&] { return !busy_.load(); };
    if (timeout_ms < 0)
        left_.wait(lock, gone);
    else
        left_.wait_for(lock, std::chrono::milliseconds(timeout_ms), gone);
}

int Stream::fd() {
    if (settings_.read_ahead_bytes == 0)
        throw Failure(
            Status::unsupported,
            "a stream with read_ahead_bytes=0 has no descriptor to wait for: its I/O happens inside read");
    if (cancelled_.load()) throw Failure(Status::cancelled, "the stream was cancelled");
    start();
    return ready_.fd();
}

} // namespace xtap::tap
