// Continuity against a server that knows the truth: random outages, pauses, refusals, slow links, restarts
// from coverage() and redundancy, hundreds of times. Whatever happens, an event is delivered or inside a gap
// that was told, and no checkpoint forgets one.
#include "continuity_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <limits>
#include <random>
#include <utility>

namespace xtap::continuity {
namespace {

using Random = std::mt19937_64;

std::int64_t between(Random &random, std::int64_t from, std::int64_t to) {
    return from + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(to - from + 1));
}
bool chance(Random &random, std::int64_t percent) { return between(random, 1, 100) <= percent; }

struct Plan {
    bool redundant = false, timed = true, long_outage = false, too_long = false;
    bool refuse_backfill = false, refuse_recovery = false, no_recovery = false;
    bool backfill_by_delivery = false;
    enum class Order { time, delivery, none } backfill_order = Order::time;
    bool recovery_by_delivery = false;
    std::int64_t late_ms = kMinute, early_ms = 0; // our clock's whole seconds
    std::int64_t link_rate = 0;                   // events per second; 0: as fast as they are read
    std::size_t socket = 50;
    std::int64_t every_ms = kSecond, span_ms = 2 * kHour;
    std::optional<std::int64_t> start_ms; // the caller's
    std::int64_t user_minutes = 0;
    std::int64_t cut_percent = 2, pause_percent = 2, mute_percent = 0;

    bool nothing_is_lost() const { return !refuse_backfill && !refuse_recovery && !no_recovery && !too_long; }
};

Plan random_plan(Random &random) {
    Plan plan;
    plan.redundant = chance(random, 50);
    plan.timed = chance(random, 85);
    plan.long_outage = chance(random, 30);
    plan.too_long = plan.long_outage && chance(random, 20);
    plan.refuse_backfill = chance(random, 20);
    plan.refuse_recovery = chance(random, 15);
    plan.no_recovery = chance(random, 10);
    plan.backfill_by_delivery = chance(random, 50);
    plan.backfill_order = static_cast<Plan::Order>(between(random, 0, 2));
    plan.recovery_by_delivery = chance(random, 50);
    constexpr std::array<std::int64_t, 4> kLate = {0, 5 * kSecond, kMinute, 7 * kMinute};
    plan.late_ms = kLate[random() % kLate.size()];
    plan.early_ms = between(random, 0, 999);
    constexpr std::array<std::int64_t, 3> kEvery = {kSecond / 2, 3 * kSecond, 45 * kSecond};
    plan.every_ms = kEvery[random() % kEvery.size()];
    if (plan.timed && chance(random, 30)) plan.link_rate = between(random, 3, 10); // at least what comes
    plan.socket = static_cast<std::size_t>(between(random, 5, 200));
    plan.span_ms = between(random, 20 * kMinute, kHour);
    if (plan.timed && chance(random, 15))
        plan.start_ms = kStart - between(random, 0, 2 * kHour) / kSecond * kSecond;
    else if (chance(random, 15))
        plan.user_minutes = between(random, 1, 5);
    plan.cut_percent = between(random, 0, 8);
    plan.pause_percent = between(random, 0, 4);
    plan.mute_percent = between(random, 0, 20);
    return plan;
}

// ---- the server ----

struct Event {
    std::int64_t time_ms, delivered_ms;
};

struct Connection {
    std::vector<std::size_t> replay;
    std::size_t replayed = 0, live_at = 0;
    std::int64_t sent_ms = 0;
    bool live = true, mute = false, dead = false; // mute: bytes come, and no event; dead: nothing does
    std::deque<std::size_t> socket;               // sent and not read yet
};

constexpr std::size_t kKeepAlive = ~std::size_t{0}, kNoise = kKeepAlive - 1;

class Server {
public:
    Server(const Plan &plan, std::int64_t from_ms, std::int64_t to_ms, Random &random)
        : plan_(plan), random_(random) {
        for (std::int64_t time = from_ms; time < to_ms; time += between(random, 1, 2 * plan.every_ms)) {
            if (chance(random, 1)) time += 5 * plan.every_ms + 30 * kSecond; // quiet
            // The very latest are the ones to be lost.
            const std::int64_t late = chance(random, 30)   ? between(random, 0, plan.late_ms)
                                      : chance(random, 10) ? plan.late_ms
                                                           : 0;
            events.push_back({time, time + late});
        }
        for (std::size_t i = 0; i < events.size(); ++i)
            by_delivery_.push_back(i);
        std::stable_sort(by_delivery_.begin(), by_delivery_.end(), [this](std::size_t a, std::size_t b) {
            return events[a].delivered_ms < events[b].delivered_ms;
        });
    }

    Connection live(std::int64_t minutes, std::optional<std::int64_t> start_ms, std::int64_t at_ms) {
        Connection connection;
        connection.live_at = first_delivered(at_ms);
        connection.sent_ms = at_ms;
        if (start_ms) {
            connection.replay = between_times(*start_ms, at_ms, at_ms);
            if (plan_.recovery_by_delivery) sort_by_delivery(connection.replay);
        } else if (minutes > 0) {
            connection.replay = backfill(at_ms - minutes * kMinute, at_ms);
        }
        return connection;
    }
    Connection recovery(const Ask &ask, std::int64_t at_ms) {
        Connection connection;
        connection.live = false;
        connection.replay = between_times(*ask.start_ms, *ask.end_ms, at_ms);
        if (plan_.recovery_by_delivery) sort_by_delivery(connection.replay);
        return connection;
    }
    // Sends what fits; at most so many.
    void send(Connection &to, std::int64_t now_ms, std::int64_t most) const {
        if (to.dead) return;
        if (to.mute) {
            if (std::exchange(to.sent_ms, now_ms) != now_ms) to.socket.push_back(kNoise);
            return;
        }
        for (; most > 0 && to.socket.size() < plan_.socket; --most) {
            if (to.replayed < to.replay.size())
                to.socket.push_back(to.replay[to.replayed++]);
            else if (to.live && to.live_at < by_delivery_.size() &&
                     events[by_delivery_[to.live_at]].delivered_ms <= now_ms)
                to.socket.push_back(by_delivery_[to.live_at++]);
            else
                break;
            to.sent_ms = now_ms;
        }
        if (most > 0 && to.socket.size() < plan_.socket && now_ms - to.sent_ms >= 20 * kSecond) {
            to.socket.push_back(kKeepAlive);
            to.sent_ms = now_ms;
        }
    }

    std::vector<Event> events; // by time

private:
    std::size_t first_delivered(std::int64_t ms) const {
        const auto at = std::lower_bound(
            by_delivery_.begin(), by_delivery_.end(), ms,
            [this](std::size_t i, std::int64_t value) { return events[i].delivered_ms < value; });
        return static_cast<std::size_t>(at - by_delivery_.begin());
    }
    std::vector<std::size_t> between_times(std::int64_t from_ms, std::int64_t to_ms,
                                           std::int64_t at_ms) const {
        std::vector<std::size_t> found;
        from_ms = std::max(from_ms, at_ms - 24 * kHour);
        const auto first =
            std::lower_bound(events.begin(), events.end(), from_ms,
                             [](const Event &event, std::int64_t value) { return event.time_ms < value; });
        for (auto event = first; event != events.end() && event->time_ms < to_ms; ++event)
            if (event->delivered_ms < at_ms)
                found.push_back(static_cast<std::size_t>(event - events.begin()));
        return found;
    }
    std::vector<std::size_t> backfill(std::int64_t from_ms, std::int64_t at_ms) {
        std::vector<std::size_t> found;
        const std::size_t end = first_delivered(at_ms);
        for (std::size_t i = first_delivered(from_ms); i < end; ++i) {
            const Event &event = events[by_delivery_[i]];
            if (plan_.backfill_by_delivery || event.time_ms >= from_ms) found.push_back(by_delivery_[i]);
        }
        if (plan_.backfill_order == Plan::Order::time) std::sort(found.begin(), found.end());
        if (plan_.backfill_order == Plan::Order::none) std::shuffle(found.begin(), found.end(), random_);
        return found;
    }
    void sort_by_delivery(std::vector<std::size_t> &some) const {
        std::stable_sort(some.begin(), some.end(), [this](std::size_t a, std::size_t b) {
            return events[a].delivered_ms < events[b].delivered_ms;
        });
    }

    const Plan &plan_;
    Random &random_;
    std::vector<std::size_t> by_delivery_;
};

// ---- the stream ----

class Player {
public:
    explicit Player(std::uint64_t seed)
        : random_(seed), plan_(random_plan(random_)),
          server_(plan_, kStart - 3 * kHour, kStart + plan_.span_ms + long_ms(), random_),
          delivered_(server_.events.size()) {
        settings_.recovery = !plan_.no_recovery;
        settings_.late_ms = plan_.late_ms;
        settings_.user_start_ms = plan_.start_ms;
        settings_.user_backfill_minutes = plan_.user_minutes;
        continuity_.emplace(settings_);
        if (!plan_.redundant) legs_[1].due_ms = kNever;
        long_outage_ms_ = plan_.long_outage ? now_ + between(random_, 5 * kMinute, 15 * kMinute) : kNever;
    }

    void play() {
        const std::int64_t end = kStart + plan_.span_ms + long_ms();
        while (now_ < end && !testing::Test::HasFailure())
            step(true);
        // Then nothing fails any more, and all is to be repaired.
        plan_.link_rate = 0;
        const std::int64_t deadline = now_ + 6 * kHour;
        while (now_ < deadline && !whole() && !testing::Test::HasFailure())
            step(false);
        EXPECT_TRUE(whole()) << "through " << seconds_text(continuity_->coverage().through_ms) << " of "
                             << seconds_text(now_);
        expect_nothing_forgotten();
        expect_all_told();
        if (plan_.nothing_is_lost()) {
            EXPECT_EQ(continuity_->gaps(), 0u);
            EXPECT_TRUE(gaps_.empty());
        }
    }

    std::size_t gaps() const { return gaps_.size(); }
    std::size_t restarts() const { return restarts_; }
    bool nothing_is_lost() const { return plan_.nothing_is_lost(); }

private:
    static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

    struct Leg {
        enum class State { closed, connecting, open } state = State::closed;
        std::int64_t due_ms = kStart, asked_ms = 0, user_minutes = 0;
        Ask asked;
        Connection connection;
        std::int64_t newest_ms = event::kNoTime, last_read_ms = event::kNoTime,
                     read_up_to_ms = event::kNoTime, resume_ms = 0;
        bool paused = false, stale = false;
    };
    // What a process that is killed leaves behind.
    struct Kept {
        Coverage coverage;
        std::size_t delivered = 0, gaps = 0;
    };

    std::int64_t long_ms() const { return !plan_.long_outage ? 0 : plan_.too_long ? 40 * kHour : 20 * kHour; }
    std::int64_t client_now() const { return now_ - plan_.early_ms; }

    void step(bool faults) {
        const std::int64_t before = now_;
        now_ += between(random_, kSecond / 5, 4 * kSecond);
        if (idle()) now_ = std::max(now_, std::min(legs_[0].due_ms, legs_[1].due_ms));
        if (faults && now_ >= long_outage_ms_) begin_long_outage();
        for (std::size_t i = 0; i < (plan_.redundant ? 2u : 1u); ++i)
            follow(i, now_ - before, faults);
        recover(faults);
        take_outcomes();
        if (!faults) return;
        if (chance(random_, 1)) expect_nothing_forgotten();
        if (begun_ms_ && chance(random_, 3)) keep();
        if (kept_ && random_() % 500 == 0) restart();
    }
    bool idle() const {
        return legs_[0].state == Leg::State::closed && legs_[1].state == Leg::State::closed && !recovering_ &&
               !continuity_->recovery_wanted(client_now());
    }
    bool whole() const {
        const Coverage coverage = continuity_->coverage();
        return coverage.holes.empty() && promised_.empty() &&
               coverage.through_ms - plan_.late_ms > server_.events.back().time_ms;
    }

    void begin_long_outage() {
        long_outage_ms_ = kNever;
        for (std::size_t i = 0; i < legs_.size(); ++i) {
            close(i);
            legs_[i].due_ms = now_ + long_ms() - between(random_, 0, kHour);
        }
        if (!plan_.redundant) legs_[1].due_ms = kNever;
    }

    // ---- the legs that follow ----

    void follow(std::size_t i, std::int64_t passed_ms, bool faults) {
        Leg &leg = legs_[i];
        if (leg.state == Leg::State::closed && now_ >= leg.due_ms) connect(i);
        if (leg.state == Leg::State::connecting && now_ >= leg.due_ms) answer(i, faults);
        if (leg.state != Leg::State::open) return;
        const bool fails = leg.connection.mute || leg.connection.dead;
        const bool cut = fails ? chance(random_, 30) : faults && chance(random_, plan_.cut_percent);
        if (faults && !leg.paused && chance(random_, plan_.pause_percent)) {
            leg.paused = true;
            leg.resume_ms = now_ + between(random_, kSecond, chance(random_, 20) ? 20 * kMinute : kMinute);
        }
        if (leg.paused && (now_ >= leg.resume_ms || !faults)) {
            leg.paused = false;
            leg.stale = true;
            continuity_->held_back(i, client_now());
        }
        read(i, passed_ms, cut);
        if (!cut) return;
        // The same blow may hit the other one too, whose end is noticed later.
        if (!fails && chance(random_, 30)) legs_[1 - i].connection.dead = true;
        close(i);
    }
    void connect(std::size_t i) {
        Leg &leg = legs_[i];
        leg.user_minutes = continuity_->begun() ? 0 : plan_.user_minutes; // they are for the beginning
        leg.asked = continuity_->ask(i, client_now());
        leg.asked_ms = now_;
        leg.state = Leg::State::connecting;
        leg.due_ms = now_ + between(random_, 0, chance(random_, 10) ? 90 * kSecond : 2 * kSecond);
        expect_legal(leg.asked);
    }
    void answer(std::size_t i, bool faults) {
        Leg &leg = legs_[i];
        if (faults && chance(random_, 10)) return hang_up(leg);
        const std::int64_t minutes = leg.asked.backfill_minutes;
        if (minutes > 0 && plan_.refuse_backfill) {
            continuity_->backfill_refused();
            return hang_up(leg);
        }
        const Ask asked = leg.asked;
        const std::int64_t user_minutes = leg.user_minutes;
        const std::int64_t requested = between(random_, leg.asked_ms, now_);
        leg = {};
        leg.state = Leg::State::open;
        leg.last_read_ms = client_now();
        leg.connection = server_.live(minutes > 0 ? minutes : user_minutes,
                                      asked.start_ms ? asked.start_ms : plan_.start_ms, requested);
        leg.connection.mute = faults && chance(random_, plan_.mute_percent);
        continuity_->opened(i, client_now());
        if (!begun_ms_) begun_ms_ = plan_.start_ms.value_or(requested - plan_.user_minutes * kMinute);
    }
    void hang_up(Leg &leg) {
        leg = {};
        leg.due_ms = now_ + between(random_, 0, 10 * kSecond);
    }
    // All that is there, but for a pause, a slow link, or a cut in the middle.
    void read(std::size_t i, std::int64_t passed_ms, bool cut) {
        Leg &leg = legs_[i];
        std::int64_t most = plan_.link_rate == 0 ? kNever : 1 + plan_.link_rate * passed_ms / kSecond;
        std::size_t budget = cut ? static_cast<std::size_t>(between(random_, 0, 100)) : SIZE_MAX;
        bool keep_alive = false, read = false;
        for (;;) {
            const std::size_t before = leg.connection.socket.size();
            server_.send(leg.connection, now_, most);
            if (plan_.link_rate != 0)
                most -= static_cast<std::int64_t>(leg.connection.socket.size() - before);
            if (leg.paused || leg.connection.socket.empty() || budget == 0) break;
            for (; !leg.connection.socket.empty() && budget > 0; --budget) {
                const std::size_t item = leg.connection.socket.front();
                leg.connection.socket.pop_front();
                read = true;
                if (item == kKeepAlive)
                    keep_alive = !leg.stale;
                else if (item != kNoise)
                    take(leg.newest_ms, item);
            }
        }
        if (leg.paused) return;
        if (read) leg.last_read_ms = client_now();
        if (leg.connection.socket.empty()) {
            leg.read_up_to_ms = leg.last_read_ms;
            leg.stale = false;
        }
        continuity_->progress(i, {leg.newest_ms, leg.read_up_to_ms, keep_alive}, client_now());
    }
    void take(std::int64_t &newest_ms, std::size_t event) {
        if (plan_.timed) newest_ms = std::max(newest_ms, server_.events[event].time_ms);
        if (!delivered_[event]) order_.push_back(event);
        delivered_[event] = true;
    }
    void close(std::size_t i) {
        Leg &leg = legs_[i];
        if (leg.state == Leg::State::open) continuity_->closed(i, client_now());
        leg = {};
        const std::int64_t kind = between(random_, 1, 100);
        const std::int64_t most = kind <= 50 ? 3 * kSecond : kind <= 80 ? 3 * kMinute : 12 * kMinute;
        leg.due_ms = now_ + between(random_, 0, most);
    }

    // ---- the leg that recovers ----

    void recover(bool faults) {
        if (!recovering_) {
            if (!continuity_->recovery_wanted(client_now()) || now_ < recovery_due_ms_) return;
            const Ask ask = continuity_->ask_recovery(client_now());
            if (ask.nothing()) return;
            expect_legal(ask);
            EXPECT_TRUE(ask.start_ms && ask.end_ms);
            EXPECT_LE(*ask.end_ms, now_);
            if (plan_.refuse_recovery) return continuity_->recovery_refused();
            recovering_ = server_.recovery(ask, now_);
            recovery_newest_ms_ = event::kNoTime;
        }
        const bool cut = faults && chance(random_, 3);
        std::int64_t budget = between(random_, 0, 2000);
        while (budget > 0) {
            server_.send(*recovering_, now_, budget);
            if (recovering_->socket.empty()) break;
            for (const std::size_t item : recovering_->socket)
                if (item != kKeepAlive) take(recovery_newest_ms_, item);
            budget -= static_cast<std::int64_t>(recovering_->socket.size());
            recovering_->socket.clear();
        }
        continuity_->recovered_up_to(recovery_newest_ms_);
        const bool done = recovering_->replayed == recovering_->replay.size();
        if (!cut && !done) return;
        if (!cut) continuity_->recovery_done();
        recovering_.reset();
        recovery_due_ms_ = now_ + between(random_, 0, faults ? 2 * kMinute : 0);
    }

    // ---- restarts ----

    void keep() { kept_ = {continuity_->coverage(), order_.size(), gaps_.size()}; }
    // What was delivered after the checkpoint was written counts as lost with the process.
    void restart() {
        ++restarts_;
        for (std::size_t i = kept_->delivered; i < order_.size(); ++i)
            delivered_[order_[i]] = false;
        order_.resize(kept_->delivered);
        gaps_.resize(kept_->gaps);
        promised_.clear();
        continuity_.emplace(settings_);
        continuity_->restore(kept_->coverage);
        recovering_.reset();
        for (std::size_t i = 0; i < legs_.size(); ++i)
            if (legs_[i].due_ms != kNever) hang_up(legs_[i]);
        take_outcomes();
    }

    // ---- what must hold ----

    void take_outcomes() {
        while (const auto outcome = continuity_->take_outcome()) {
            const Interval stretch = outcome->stretch;
            EXPECT_FALSE(stretch.empty()) << text_of(*outcome);
            if (outcome->what == Outcome::What::repairing) {
                promised_.push_back(stretch);
                continue;
            }
            if (outcome->what == Outcome::What::gap) {
                // What was on its way while the one before connected, and its late ones, may be in both.
                for (const Interval &gap : gaps_)
                    EXPECT_LE(std::min(gap.to_ms, stretch.to_ms) - std::max(gap.from_ms, stretch.from_ms),
                              plan_.late_ms + 100 * kSecond)
                        << text_of(*outcome) << " after " << text_of(gap);
                gaps_.push_back(stretch);
            }
            settle(stretch);
        }
    }
    void settle(const Interval &by) {
        std::vector<Interval> left;
        for (const Interval &promise : promised_) {
            const Interval before{promise.from_ms, std::min(promise.to_ms, by.from_ms)};
            const Interval after{std::max(promise.from_ms, by.to_ms), promise.to_ms};
            if (!before.empty()) left.push_back(before);
            if (!after.empty()) left.push_back(after);
        }
        promised_ = std::move(left);
    }
    void expect_all_told() const {
        for (const Interval &promise : promised_)
            ADD_FAILURE() << "repairing " << text_of(promise) << " and never a word again";
    }
    static void expect_legal(const Ask &ask) {
        EXPECT_GE(ask.backfill_minutes, 0);
        EXPECT_LE(ask.backfill_minutes, 5);
        EXPECT_EQ(ask.start_ms.value_or(0) % kSecond, 0);
        EXPECT_EQ(ask.end_ms.value_or(0) % kSecond, 0);
        EXPECT_TRUE(!ask.start_ms || !ask.end_ms || *ask.start_ms < *ask.end_ms);
        EXPECT_FALSE(ask.start_ms && ask.backfill_minutes > 0);
    }
    // A process that began with what is known now would miss nothing.
    void expect_nothing_forgotten() const {
        if (!begun_ms_) return;
        const Coverage coverage = continuity_->coverage();
        const std::int64_t open_from = coverage.through_ms - plan_.late_ms;
        const auto inside = [](const std::vector<Interval> &stretches, std::int64_t ms) {
            return std::any_of(stretches.begin(), stretches.end(), [ms](const Interval &stretch) {
                return stretch.from_ms <= ms && ms < stretch.to_ms;
            });
        };
        for (std::size_t i = 0; i < server_.events.size(); ++i) {
            const Event &event = server_.events[i];
            const std::int64_t first = plan_.start_ms ? event.time_ms : event.delivered_ms;
            if (delivered_[i] || first < *begun_ms_ || event.time_ms >= open_from) continue;
            if (plan_.user_minutes > 0 && event.time_ms < *begun_ms_) continue;
            if (inside(gaps_, event.time_ms) || inside(coverage.holes, event.time_ms)) continue;
            ADD_FAILURE() << "event " << i << " of " << seconds_text(event.time_ms) << ", delivered at "
                          << seconds_text(event.delivered_ms) << ", is forgotten at " << seconds_text(now_)
                          << ", through " << seconds_text(coverage.through_ms);
            return;
        }
    }

    Random random_;
    Plan plan_;
    Server server_;
    std::vector<bool> delivered_;
    std::vector<std::size_t> order_; // of delivery
    ContinuitySettings settings_;
    std::optional<Continuity> continuity_;
    std::array<Leg, Continuity::kLegs> legs_;
    std::optional<Connection> recovering_;
    std::int64_t recovery_newest_ms_ = event::kNoTime, recovery_due_ms_ = 0;
    std::int64_t now_ = kStart, long_outage_ms_ = kNever;
    std::optional<std::int64_t> begun_ms_; // nothing before it was asked for
    std::optional<Kept> kept_;
    std::vector<Interval> gaps_, promised_;
    std::size_t restarts_ = 0;
};

TEST(ContinuityModelTest, EveryEventIsDeliveredOrInsideAGapThatWasTold) {
    constexpr std::uint64_t kSeeds = 400;
    std::size_t with_gaps = 0, restarts = 0, lossless = 0;
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Player player(seed);
        player.play();
        if (HasFailure()) return;
        with_gaps += player.gaps() > 0 ? 1 : 0;
        restarts += player.restarts();
        lossless += player.nothing_is_lost() ? 1 : 0;
    }
    // Else it plays something else than it should.
    EXPECT_GT(with_gaps, kSeeds / 10);
    EXPECT_GT(restarts, kSeeds / 4);
    EXPECT_GT(lossless, kSeeds / 4);
}

} // namespace
} // namespace xtap::continuity
