// The way of a leg's bytes: from libcurl through inflate and decoder into the sink's batch, and the notices
// beside them, in order. What the sink has no room for waits here, bounded.
#include "edge/closing.hpp"
#include "tap/leg.hpp"

#include <algorithm>
#include <new>

namespace xtap::tap {

namespace {

// libcurl hands over at most its own buffer before we can stop it; beyond that it is paused.
constexpr std::size_t kMaxBacklog = 4 * static_cast<std::size_t>(edge::Transfer::kBufferBytes);
constexpr std::size_t kMaxProblemBody = 64 * 1024;

} // namespace

void Leg::begin_body() {
    head_ = {};
    gzip_ = paused_ = retry_line_ = tail_done_ = broken_ = false;
    problem_body_.clear();
    problem_.reset();
    system_.reset();
    backlog_.clear();
    backlog_taken_ = 0;
    inflated_ = {};
    inflater_.reset();
    decoder_.reset();
    events_before_ = decoder_.counters().events.load(std::memory_order_relaxed);
    bytes_before_ = decoder_.counters().bytes.load(std::memory_order_relaxed);
}

bool Leg::on_body(std::string_view bytes) {
    if (broken_) return true; // the rest is of no use
    if (head_.status == 200 && (sink_.full() || backlog_.size() > kMaxBacklog)) {
        paused_ = true;
        return false;
    }
    heard_ = true;
    counters_.wire_bytes.fetch_add(bytes.size(), std::memory_order_relaxed);
    try {
        if (head_.status != 200) {
            problem_body_.append(
                bytes.substr(0, kMaxProblemBody - std::min(kMaxProblemBody, problem_body_.size())));
            return true;
        }
        if (!has_leftover()) drain(bytes);
        if (!broken_) backlog_.append(bytes);
    } catch (const Failure &failure) {
        break_off(failure);
    } catch (const std::bad_alloc &) {
        break_off({Status::no_memory, "out of memory"});
    }
    return true;
}

// What comes cannot be read: the connection is given up, and what waited of it with it. The connection may
// have ended meanwhile, in whatever way: what was wrong with its bytes came first.
void Leg::break_off(const Failure &failure) {
    if (!finishing_) closing_.reset();
    give_up(edge::closing_of_failure(failure));
    broken_ = true;
    backlog_.clear();
    backlog_taken_ = 0;
    inflated_ = {};
    retry_line_ = false;
}

bool Leg::has_leftover() const noexcept {
    return backlog_taken_ < backlog_.size() || retry_line_ || !inflated_.empty() || !notices_.empty();
}

// Delivers what waits; true when nothing does any more.
bool Leg::settle() {
    if (!flush_notices()) return false;
    if (!has_leftover()) return true;
    try {
        std::string_view rest = std::string_view(backlog_).substr(backlog_taken_);
        drain(rest);
        if (!broken_) backlog_taken_ = backlog_.size() - rest.size();
    } catch (const Failure &failure) {
        break_off(failure);
    }
    if (has_leftover()) return flush_notices() && !has_leftover();
    backlog_.clear();
    backlog_taken_ = 0;
    return flush_notices();
}

// Takes from the front of `wire` all that the sink has room for.
void Leg::drain(std::string_view &wire) {
    while (!broken_) {
        if (!gzip_) {
            decode(wire);
            return;
        }
        if (inflated_.empty() && !retry_line_) inflated_ = inflater_.step(wire);
        if (inflated_.empty() && !retry_line_) return;
        if (!decode(inflated_)) return;
    }
}

// True when `bytes` are used up.
bool Leg::decode(std::string_view &bytes) {
    event::BatchView *batch = sink_.batch();
    while (batch != nullptr) {
        const event::Decoder::Stop stop = decoder_.decode(bytes, *batch);
        retry_line_ = false;
        if (stop == event::Decoder::Stop::input_done) return true;
        if (stop == event::Decoder::Stop::batch_full) {
            need_ = decoder_.need();
            batch = sink_.next(need_);
            retry_line_ = batch == nullptr;
            continue;
        }
        handle(stop);
        if (broken_ || !flush_notices()) return false;
        batch = sink_.batch();
    }
    return false;
}

void Leg::handle(event::Decoder::Stop stop) {
    const std::int64_t at_ms = edge::now().wall_ms;
    const std::size_t limit = settings_.decoder.max_event_bytes;
    if (stop == event::Decoder::Stop::system) {
        api::Problem problem = api::parse_problem(decoder_.text(), "application/json", 0);
        note(session::system_notice(settings_.source, at_ms, problem, decoder_.text()));
        if (!problem.disconnect_type.empty() || !problem.connection_issue.empty())
            system_ = std::move(problem);
    } else if (stop == event::Decoder::Stop::oversized) {
        note(session::oversized_notice(settings_.source, at_ms, decoder_.size(), limit));
    } else if (stop == event::Decoder::Stop::endless) {
        note(session::oversized_notice(settings_.source, at_ms, decoder_.size(), limit));
        break_off({Status::too_large, "a line of " + std::to_string(decoder_.size()) +
                                          " bytes has not ended; max_event_bytes is " +
                                          std::to_string(limit)});
    }
}

// What stood after the last line end. False when the sink has no room for it.
bool Leg::finish_decoder() {
    const bool clean = closing_->cause == session::Cause::clean_close;
    while (!tail_done_ && head_.status == 200) {
        event::BatchView *batch = sink_.batch();
        if (batch == nullptr) return false;
        const event::Decoder::Stop stop = decoder_.finish(clean, *batch);
        if (stop == event::Decoder::Stop::batch_full) {
            need_ = decoder_.need();
            if (sink_.next(need_) == nullptr) return false;
            continue;
        }
        if (stop == event::Decoder::Stop::system) {
            handle(stop);
            decoder_.reset();
        }
        tail_done_ = true;
    }
    return flush_notices();
}

void Leg::note(session::Notice notice) {
    // Servers repeat what they were sent: before anybody is told, the client's secrets are masked.
    client_.credentials().redact(notice);
    client_.log_notice(notice);
    notices_.push_back(std::move(notice));
}

// At once where there is room: what is left over counts as what no batch had room for.
void Leg::tell(session::Notice notice) {
    note(std::move(notice));
    flush_notices();
}

bool Leg::flush_notices() {
    while (!notices_.empty()) {
        const session::Notice &notice = notices_.front();
        const event::Need need{notice.json.size(), 1, 0};
        event::BatchView *batch = sink_.batch();
        if (batch != nullptr && !batch->fits(need)) batch = sink_.next(need);
        if (batch == nullptr) {
            need_ = need;
            return false;
        }
        session::put_notice(notice, settings_.source.partition, *batch);
        counters_.notices.fetch_add(1, std::memory_order_relaxed);
        notices_.pop_front();
    }
    return true;
}

} // namespace xtap::tap
