// See post_box.hpp.
#include "post_box.hpp"

#include "vocabulary.hpp"

#include <algorithm>

namespace xtap::sim {
namespace {

constexpr Micros kEpochMs = 1288834974657; // of the ids
constexpr Micros kMinute = 60'000'000;

} // namespace

PostBox::PostBox(Micros until) {
    Dice dice(20'260'302);
    for (std::uint64_t i = 1; i <= kAtStart; ++i) {
        const Language &spoken = languages()[dice.below(languages().size())];
        StoredPost post;
        post.author_id = dice.account();
        post.text = std::string(dice.pick(spoken.sentences)) + " No. " + std::to_string(i);
        post.lang = spoken.code;
        add(std::move(post), until - static_cast<Micros>(kAtStart - i) * kMinute);
    }
}

StoredPost PostBox::add(StoredPost post, Micros now) {
    const std::lock_guard lock(mutex_);
    // Rising, also when many are made in a millisecond or the clock goes back.
    last_id_ = std::max(static_cast<std::uint64_t>(now / 1000 - kEpochMs) << 22, last_id_ + 1);
    post.id = last_id_;
    post.when = now;
    posts_[post.id] = post;
    return post;
}

std::optional<StoredPost> PostBox::find(std::uint64_t id) const {
    const std::lock_guard lock(mutex_);
    const auto at = posts_.find(id);
    return at == posts_.end() ? std::nullopt : std::optional(at->second);
}

bool PostBox::remove(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    return posts_.erase(id) > 0;
}

std::vector<StoredPost> PostBox::newest_first() const {
    const std::lock_guard lock(mutex_);
    std::vector<StoredPost> posts;
    for (auto at = posts_.rbegin(); at != posts_.rend(); ++at)
        posts.push_back(at->second);
    return posts;
}

bool PostBox::like(const std::string &user_id, std::uint64_t id, bool liked) {
    const std::lock_guard lock(mutex_);
    if (!liked) return likes_.erase({user_id, id}) > 0;
    return likes_.insert({user_id, id}).second;
}

} // namespace xtap::sim
