// See arguments.hpp.
#include "abi/arguments.hpp"

#include <cstring>

namespace xtap::abi {

std::string_view text_of(const char *text, const char *name) {
    if (text == nullptr) throw Failure(Status::argument, std::string(name) + " is NULL");
    return text;
}

Status copy_out(std::string_view text, char *buffer, std::size_t capacity, std::size_t *size_out) {
    if (size_out != nullptr) *size_out = text.size();
    if (capacity == 0 && size_out != nullptr) return Status::ok; // only the size was asked for
    if (text.size() > capacity || buffer == nullptr) {
        Failure failure(buffer == nullptr ? Status::argument : Status::buffer_small,
                        buffer == nullptr ? "buffer is NULL"
                                          : "the buffer holds " + std::to_string(capacity) +
                                                " bytes, the text takes " + std::to_string(text.size()));
        failure.needed = text.size();
        throw failure;
    }
    std::memcpy(buffer, text.data(), text.size());
    if (text.size() < capacity) buffer[text.size()] = '\0';
    return Status::ok;
}

} // namespace xtap::abi
