// Posts that can be made, read, searched, liked and deleted, beside those that the streams make up. Knows no
// HTTP.
#pragma once

#include "moment.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace xtap::sim {

struct StoredPost {
    std::uint64_t id = 0;
    Micros when = 0;
    std::string author_id, text, lang, in_reply_to, quoted;
    std::vector<std::string> media_ids;
};

class PostBox {
public:
    // How many there are at the start, one a minute up to `until`.
    static constexpr std::uint64_t kAtStart = 250;

    explicit PostBox(Micros until);
    StoredPost add(StoredPost post, Micros now);
    std::optional<StoredPost> find(std::uint64_t id) const;
    bool remove(std::uint64_t id);
    std::vector<StoredPost> newest_first() const;
    // Returns whether anything changed.
    bool like(const std::string &user_id, std::uint64_t id, bool liked);

private:
    mutable std::mutex mutex_;
    std::uint64_t last_id_ = 0;
    std::map<std::uint64_t, StoredPost> posts_;
    std::set<std::pair<std::string, std::uint64_t>> likes_;
};

} // namespace xtap::sim
