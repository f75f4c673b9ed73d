// Uploaded files: in one piece or in segments, kept byte for byte so that they can be fetched again. Knows no
// HTTP.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace xtap::sim {

struct Medium {
    std::uint64_t id = 0;
    std::string category, type;
    std::uint64_t total_bytes = 0; // as announced; 0: not
    std::map<unsigned, std::string> segments;
    bool finished = false;
    unsigned looked_at = 0; // how often its state was asked for since
    std::string bytes() const;
};

class MediaStore {
public:
    std::uint64_t begin(std::string category, std::string type, std::uint64_t total_bytes);
    enum class Put : std::uint8_t { done, unknown, finished };
    // The same segment again replaces it.
    Put put(std::uint64_t id, unsigned segment, std::string bytes);
    // nullopt: unknown, or not as many bytes as were announced.
    std::optional<Medium> finish(std::uint64_t id);
    std::optional<Medium> find(std::uint64_t id) const;
    std::optional<Medium> look_at(std::uint64_t id);

private:
    mutable std::mutex mutex_;
    std::uint64_t last_id_ = 1'900'000'000'000'000'000;
    std::map<std::uint64_t, Medium> media_;
};

} // namespace xtap::sim
