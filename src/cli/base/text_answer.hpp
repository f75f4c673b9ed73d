// Texts that the library writes into the caller's buffer and that grow while they are asked for.
#pragma once

#include "cli/base/complaint.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

namespace xtap::cli {

// `ask(buffer, capacity, &size, &error)`. The room that `text` has is used, so that a text which is asked for
// again is made once. Throws a Complaint.
template <typename Ask> void ask_text(std::string &text, Ask ask) {
    LibraryError error;
    std::size_t size = 0;
    text.resize(std::max<std::size_t>(text.capacity(), 4096));
    xtap_status status = ask(text.data(), text.size(), &size, &error);
    while (status == XTAP_E_BUFFER_SMALL) {
        text.resize(size + size / 4 + 1); // a quarter more than was needed just now
        status = ask(text.data(), text.size(), &size, &error);
    }
    check(status, error);
    text.resize(size);
}

} // namespace xtap::cli
