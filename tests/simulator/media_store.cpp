// See media_store.hpp.
#include "media_store.hpp"

#include <utility>

namespace xtap::sim {

std::string Medium::bytes() const {
    std::string all;
    for (const auto &[index, bytes] : segments)
        all.append(bytes);
    return all;
}

std::uint64_t MediaStore::begin(std::string category, std::string type, std::uint64_t total_bytes) {
    const std::lock_guard lock(mutex_);
    Medium medium;
    medium.id = ++last_id_;
    medium.category = std::move(category);
    medium.type = std::move(type);
    medium.total_bytes = total_bytes;
    media_[medium.id] = std::move(medium);
    return last_id_;
}

MediaStore::Put MediaStore::put(std::uint64_t id, unsigned segment, std::string bytes) {
    const std::lock_guard lock(mutex_);
    const auto at = media_.find(id);
    if (at == media_.end()) return Put::unknown;
    if (at->second.finished) return Put::finished;
    at->second.segments[segment] = std::move(bytes);
    return Put::done;
}

std::optional<Medium> MediaStore::finish(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    const auto at = media_.find(id);
    if (at == media_.end()) return std::nullopt;
    Medium &medium = at->second;
    if (medium.total_bytes > 0 && medium.bytes().size() != medium.total_bytes) return std::nullopt;
    medium.finished = true;
    return medium;
}

std::optional<Medium> MediaStore::find(std::uint64_t id) const {
    const std::lock_guard lock(mutex_);
    const auto at = media_.find(id);
    return at == media_.end() ? std::nullopt : std::optional(at->second);
}

std::optional<Medium> MediaStore::look_at(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    const auto at = media_.find(id);
    if (at == media_.end()) return std::nullopt;
    ++at->second.looked_at;
    return at->second;
}

} // namespace xtap::sim
