// Checks and splits RFC 6901 pointers.
#include "stream/event/pointers.hpp"

#include "api/failure.hpp"

#include <simdjson.h>
#include <string_view>

namespace xtap::event {
namespace {

[[noreturn]] void refuse(std::string_view pointer, std::size_t place, std::string_view why) {
    constexpr std::size_t shown = 200;
    std::string text = "selected pointer " + std::to_string(place + 1) + " \"";
    text += pointer.substr(0, shown);
    if (pointer.size() > shown) text += "...";
    text += "\": ";
    text += why;
    throw Failure(Status::value, std::move(text));
}

// One part with ~0 and ~1 resolved; `offset` is where it begins in the pointer, for the message.
std::string plain_part(std::string_view pointer, std::size_t place, std::size_t offset,
                       std::string_view part) {
    std::string plain;
    plain.reserve(part.size());
    for (std::size_t i = 0; i < part.size(); ++i) {
        if (part[i] != '~') {
            plain += part[i];
            continue;
        }
        if (i + 1 == part.size() || (part[i + 1] != '0' && part[i + 1] != '1'))
            refuse(pointer, place,
                   "the \"~\" at character " + std::to_string(offset + i + 1) +
                       " must be followed by 0 (for ~) or 1 (for /)");
        plain += part[++i] == '0' ? '~' : '/';
    }
    return plain;
}

std::vector<std::string> split(std::string_view pointer, std::size_t place) {
    std::vector<std::string> parts;
    if (!simdjson::validate_utf8(pointer.data(), pointer.size())) refuse("", place, "it is not valid UTF-8");
    if (pointer.empty()) return parts;
    if (pointer.front() != '/')
        refuse(pointer, place,
               "a JSON pointer (RFC 6901) is empty, for the whole event, or begins with \"/\", as /data/id "
               "does");
    for (std::size_t start = 1;;) {
        const std::size_t slash = pointer.find('/', start);
        const std::size_t end = slash == std::string_view::npos ? pointer.size() : slash;
        parts.push_back(plain_part(pointer, place, start, pointer.substr(start, end - start)));
        if (parts.size() > Pointers::kMaxParts)
            refuse(pointer, place, "at most " + std::to_string(Pointers::kMaxParts) + " parts are allowed");
        if (slash == std::string_view::npos) return parts;
        start = slash + 1;
    }
}

} // namespace

Pointers::Pointers(std::span<const std::string> pointers) {
    if (pointers.size() > kMaxCount)
        throw Failure(Status::value, std::to_string(pointers.size()) + " pointers are selected; at most " +
                                         std::to_string(kMaxCount) + " are allowed");
    paths_.reserve(pointers.size());
    for (std::size_t i = 0; i < pointers.size(); ++i)
        paths_.push_back(split(pointers[i], i));
}

} // namespace xtap::event
