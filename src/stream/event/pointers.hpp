// RFC 6901 pointers, checked and split once, before the first line comes.
// Must not know lines or kinds.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace xtap::event {

// What the user selects. "" is the whole object, "/data/text" a member, "/data/entities/urls/0/url" goes
// through an array; ~0 stands for ~ and ~1 for /. A part of digits without a leading zero is a place where it
// meets an array and a name where it meets an object. The same pointer may come twice: each has its own
// column.
class Pointers {
public:
    static constexpr std::size_t kMaxCount = 64;
    static constexpr std::size_t kMaxParts = 64;

    Pointers() = default;
    // Throws Failure{Status::value} that names the pointer, its place in the list and what is allowed.
    explicit Pointers(std::span<const std::string> pointers);

    std::size_t count() const { return paths_.size(); }
    // The unescaped parts of each pointer, in the order given.
    const std::vector<std::vector<std::string>> &paths() const { return paths_; }

private:
    std::vector<std::vector<std::string>> paths_;
};

} // namespace xtap::event
