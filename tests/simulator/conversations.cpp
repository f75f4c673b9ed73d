// See conversations.hpp.
#include "conversations.hpp"

#include "vocabulary.hpp"

#include <algorithm>
#include <utility>

namespace xtap::sim {
namespace {

constexpr Micros kEpochMs = 1288834974657; // of the ids
constexpr Micros kMinute = 60'000'000;
constexpr int kGroupEvents = 30;

bool smaller(std::string_view a, std::string_view b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
}

std::string pair_of(std::string_view a, std::string_view b) {
    if (smaller(b, a)) std::swap(a, b);
    return std::string(a).append("-").append(b);
}

} // namespace

std::string normal_conversation(const std::string &id) {
    const std::size_t dash = id.find('-');
    if (dash == std::string::npos) return id;
    return pair_of(std::string_view(id).substr(0, dash), std::string_view(id).substr(dash + 1));
}

Conversations::Conversations(std::string user_id, std::uint64_t events, Micros until)
    : user_id_(std::move(user_id)) {
    Dice dice(20'260'301);
    const Micros group_from = until - static_cast<Micros>(events + kGroupEvents) * kMinute;
    const std::string dialogue = with(kFriend);
    for (int i = 0; i < kGroupEvents; ++i) {
        DirectMessageEvent event{0, 0, "MessageCreate", kGroup, kFriend, "", {}, {}};
        if (i % 10 == 0) {
            event.type = i % 20 == 0 ? "ParticipantsJoin" : "ParticipantsLeave";
            event.participants = {dice.account()};
        } else {
            event.text = "Group message No. " + std::to_string(i + 1);
        }
        add(std::move(event), group_from + i * kMinute);
    }
    for (std::uint64_t i = 1; i <= events; ++i) {
        const Language &spoken = languages()[dice.below(languages().size())];
        const Micros when = until - static_cast<Micros>(events - i) * kMinute;
        add({0,
             0,
             "MessageCreate",
             dialogue,
             i % 3 == 0 ? user_id_ : kFriend,
             std::string(dice.pick(spoken.sentences)) + " No. " + std::to_string(i),
             {},
             {}},
            when);
    }
}

std::string Conversations::with(std::string_view participant) const { return pair_of(participant, user_id_); }

bool Conversations::exists(const std::string &conversation) const {
    const std::lock_guard lock(mutex_);
    return std::ranges::count(conversations_, conversation) > 0;
}

std::vector<DirectMessageEvent>
Conversations::list(const std::function<bool(const DirectMessageEvent &)> &wanted) const {
    const std::lock_guard lock(mutex_);
    std::vector<DirectMessageEvent> found;
    std::copy_if(events_.rbegin(), events_.rend(), std::back_inserter(found), wanted);
    return found;
}

std::optional<DirectMessageEvent> Conversations::find(std::uint64_t id) const {
    const std::lock_guard lock(mutex_);
    const auto at = std::ranges::find(events_, id, &DirectMessageEvent::id);
    return at == events_.end() ? std::nullopt : std::optional(*at);
}

bool Conversations::remove(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    return std::erase_if(events_, [id](const auto &event) { return event.id == id; }) > 0;
}

DirectMessageEvent Conversations::add(DirectMessageEvent event, Micros now) {
    const std::lock_guard lock(mutex_);
    event.id = id_at(now);
    event.when = now;
    if (std::ranges::count(conversations_, event.conversation) == 0)
        conversations_.push_back(event.conversation);
    events_.push_back(event);
    return event;
}

std::string Conversations::new_group(const std::vector<std::string> &participants, Micros now) {
    std::string group;
    {
        const std::lock_guard lock(mutex_);
        group = std::to_string(id_at(now));
    }
    add({0, 0, "ParticipantsJoin", group, user_id_, "", participants, {}}, now);
    return group;
}

// Rising, also when many are made in a millisecond or the clock goes back.
std::uint64_t Conversations::id_at(Micros when) {
    const auto made = static_cast<std::uint64_t>(when / 1000 - kEpochMs) << 22;
    return last_id_ = std::max(made, last_id_ + 1);
}

} // namespace xtap::sim
