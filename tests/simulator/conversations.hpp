// The direct messages of the simulator's user: conversations, their events, and what is added to them. Knows
// no HTTP.
#pragma once

#include "moment.hpp"

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xtap::sim {

struct DirectMessageEvent {
    std::uint64_t id = 0;
    Micros when = 0;
    std::string type; // MessageCreate, ParticipantsJoin or ParticipantsLeave
    std::string conversation;
    std::string sender;
    std::string text;
    std::vector<std::string> participants; // who joined or left
    std::vector<std::string> media_ids;
};

class Conversations {
public:
    // The friend of the first conversation, and a group that people join and leave.
    static constexpr const char *kFriend = "123123123";
    static constexpr const char *kGroup = "1585094756761149440";

    // `events` events of the conversation with the friend, one a minute up to `until`, and a short one of the
    // group before them.
    Conversations(std::string user_id, std::uint64_t events, Micros until);

    // "123123123-2244994945": the smaller number first; either order names it.
    std::string with(std::string_view participant) const;
    bool exists(const std::string &conversation) const;

    // Newest first, those for which `wanted` is true.
    std::vector<DirectMessageEvent> list(const std::function<bool(const DirectMessageEvent &)> &wanted) const;
    std::optional<DirectMessageEvent> find(std::uint64_t id) const;
    bool remove(std::uint64_t id);
    DirectMessageEvent add(DirectMessageEvent event, Micros now); // its id and time are made here
    std::string new_group(const std::vector<std::string> &participants, Micros now);

private:
    std::uint64_t id_at(Micros when);

    std::string user_id_;
    mutable std::mutex mutex_;
    std::uint64_t last_id_ = 0;
    std::vector<DirectMessageEvent> events_; // oldest first
    std::vector<std::string> conversations_;
};

// The same conversation whichever of the two is named first.
std::string normal_conversation(const std::string &id);

} // namespace xtap::sim
