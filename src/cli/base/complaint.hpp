// The one way a command gives up: an exit status, one sentence of what was wrong, and where to read more.
// Thrown anywhere in the command, shown once, in main.
#pragma once

#include "cli/base/exit_code.hpp"

#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace xtap::cli {

struct Complaint : std::exception {
    Complaint(ExitCode exit_with, std::string what_was_wrong, std::string where_to_look = {})
        : exit_code(exit_with), message(std::move(what_was_wrong)), hint(std::move(where_to_look)) {}
    const char *what() const noexcept override { return message.c_str(); }

    ExitCode exit_code;
    std::string message;
    std::string hint;
};

// An xtap_error that is ready to be passed to the library.
struct LibraryError : xtap_error {
    LibraryError() noexcept : xtap_error{} { struct_size = sizeof(xtap_error); }
};

// The library's words with the facts a bug report needs: the status name, the HTTP status, the request id.
std::string sentence_of(xtap_status status, const xtap_error &error);

// The complaint for a failed call. An empty hint is replaced by one that fits the status, where there is one.
Complaint complaint_of(xtap_status status, const xtap_error &error, std::string hint = {});

// Throws when `status` is an error; everything below XTAP_E_ARGUMENT is an answer, not an error.
void check(xtap_status status, const xtap_error &error, std::string_view hint = {});

// "xtap: error: ..." and, indented below it, the hint. Always exactly one line that starts so.
std::string shown(const Complaint &complaint);

} // namespace xtap::cli
