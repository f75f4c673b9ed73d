// See intake.hpp.
#include "tap/intake.hpp"

#include "edge/clock.hpp"
#include "edge/stream_connection.hpp"

#include <utility>

namespace xtap::tap {

namespace {

// libcurl hands over at most its own buffer before we can stop it; beyond that it is paused.
constexpr std::size_t kMaxBacklog = 4 * static_cast<std::size_t>(edge::StreamConnection::kBufferBytes);

} // namespace

Intake::Intake(const Parts &parts, const event::DecoderSettings &decoder)
    : client_(parts.client), sink_(parts.sink), source_(parts.source),
      max_event_bytes_(decoder.max_event_bytes), decoder_(decoder, parts.pointers, parts.filter) {}

void Intake::begin() {
    gzip_ = retry_line_ = tail_done_ = false;
    last_word_.reset();
    backlog_.clear();
    backlog_taken_ = 0;
    inflated_ = {};
    inflater_.reset();
    decoder_.reset();
    events_before_ = decoder_.counters().events.load(kRelaxed);
    bytes_before_ = decoder_.counters().bytes.load(kRelaxed);
}

bool Intake::has_room() const { return !sink_.full() && backlog_.size() <= kMaxBacklog; }

void Intake::take(std::string_view wire) {
    if (!has_leftover()) drain(wire);
    backlog_.append(wire);
}

void Intake::drop() noexcept {
    backlog_.clear();
    backlog_taken_ = 0;
    inflated_ = {};
    retry_line_ = false;
}

bool Intake::has_leftover() const noexcept {
    return backlog_taken_ < backlog_.size() || retry_line_ || !inflated_.empty() || !notices_.empty();
}

bool Intake::settle() {
    if (!flush_notices()) return false;
    if (!has_leftover()) return true;
    std::string_view rest = std::string_view(backlog_).substr(backlog_taken_);
    drain(rest);
    backlog_taken_ = backlog_.size() - rest.size();
    if (has_leftover()) return flush_notices() && !has_leftover();
    backlog_.clear();
    backlog_taken_ = 0;
    return flush_notices();
}

// Takes from the front of `wire` all that the sink has room for.
void Intake::drain(std::string_view &wire) {
    for (;;) {
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
bool Intake::decode(std::string_view &bytes) {
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
        if (!flush_notices()) return false;
        batch = sink_.batch();
    }
    return false;
}

void Intake::handle(event::Decoder::Stop stop) {
    const std::int64_t at_ms = edge::now().wall_ms;
    if (stop == event::Decoder::Stop::system) {
        api::Problem problem = api::parse_problem(decoder_.text(), "application/json", 0);
        note(session::system_notice(source_, at_ms, problem, decoder_.text()));
        if (!problem.disconnect_type.empty() || !problem.connection_issue.empty())
            last_word_ = std::move(problem);
    } else if (stop == event::Decoder::Stop::oversized) {
        note(session::oversized_notice(source_, at_ms, decoder_.size(), max_event_bytes_));
    } else if (stop == event::Decoder::Stop::endless) {
        note(session::oversized_notice(source_, at_ms, decoder_.size(), max_event_bytes_));
        throw Failure(Status::too_large, "a line of " + std::to_string(decoder_.size()) +
                                             " bytes has not ended; max_event_bytes is " +
                                             std::to_string(max_event_bytes_));
    }
}

bool Intake::finish(bool clean) {
    while (!tail_done_) {
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

void Intake::note(session::Notice notice) {
    // Servers repeat what they were sent: before anybody is told, the client's secrets are masked.
    client_.credentials().redact(notice);
    client_.log_notice(notice);
    notices_.push_back(std::move(notice));
}

bool Intake::flush_notices() {
    while (!notices_.empty()) {
        const session::Notice &notice = notices_.front();
        const event::Need need{notice.json.size(), 1, 0};
        event::BatchView *batch = sink_.batch();
        if (batch != nullptr && !batch->fits(need)) batch = sink_.next(need);
        if (batch == nullptr) {
            need_ = need;
            return false;
        }
        session::put_notice(notice, source_.partition, *batch);
        notices_put_.fetch_add(1, kRelaxed);
        notices_.pop_front();
    }
    return true;
}

} // namespace xtap::tap
