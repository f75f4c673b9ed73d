// See fault_player.hpp.
#include "fault_player.hpp"

#include "events.hpp"
#include "json/value.hpp"

namespace xtap::sim {

FaultPlayer::FaultPlayer(Connections &connections, FaultQueue &queue, Score score)
    : connections_(connections), queue_(queue), score_(std::move(score)) {}

void FaultPlayer::start() {
    if (!done()) thread_ = std::thread([this] { run(); });
}

void FaultPlayer::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    stopped_changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

bool FaultPlayer::done() const { return score_.script.empty() && tally_->played >= score_.random.count; }

void FaultPlayer::run() {
    std::unique_lock lock(mutex_);
    while (!stopped_ && !done()) {
        const Time now = std::chrono::steady_clock::now();
        if (!first_stream_ && connections_.streams() > 0) first_stream_ = now;
        play_script(now);
        play_random(now);
        stopped_changed_.wait_for(lock, score_.look, [this] { return stopped_; });
    }
}

void FaultPlayer::play_script(Time now) {
    const std::uint64_t connections = connections_.opened();
    std::erase_if(score_.script, [&](const ScriptLine &line) {
        const bool due = line.at_ms
                             ? first_stream_ && now >= *first_stream_ + std::chrono::milliseconds(*line.at_ms)
                             : connections >= *line.after_connections;
        if (!due) return false;
        for (const FaultOrder &order : line.orders) {
            if (order.now)
                connections_.inject(order);
            else
                queue_.add(order);
        }
        return true;
    });
}

void FaultPlayer::play_random(Time now) {
    if (!first_stream_) return;
    const auto every = std::chrono::milliseconds(score_.random.every_ms);
    if (given_ == 0 && next_random_ == Time{}) next_random_ = *first_stream_ + every;
    // As many as are due by now; behind by more than a look, the rest is not made up for.
    for (next_random_ = std::max(next_random_, now - score_.look); next_random_ <= now;
         next_random_ += every) {
        const std::uint64_t gone = tally_->played + tally_->out;
        if (gone >= score_.random.count) return;
        // What greets the next connection needs one to come, so never two wait, and the last one is a cut.
        give_random(queue_.size() > 0 || gone + 1 == score_.random.count);
    }
}

void FaultPlayer::give_random(bool only_cuts) {
    if (connections_.streams_open() == 0) return;
    const std::uint64_t index = given_++;
    FaultOrder order = parse_faults(random_fault(score_.random.seed, index, score_.tls, only_cuts)).front();
    order.plan.front().ticket = std::make_shared<FaultTicket>(tally_);
    if (order.now)
        connections_.inject_into_one(order.plan, mix(score_.random.seed ^ mix(index)));
    else
        queue_.add(std::move(order));
}

Json FaultPlayer::state() const {
    const std::lock_guard lock(mutex_);
    return {{"script_left", score_.script.size()},
            {"random",
             {{"count", score_.random.count},
              {"played", tally_->played.load()},
              {"lost", tally_->lost.load()},
              {"done", tally_->played >= score_.random.count}}}};
}

} // namespace xtap::sim
