// The one exception of the core: a status, a message for people and the facts a client acts on.
// Thrown for bad input and carried to the ABI, where barrier.hpp turns it into an xtap_error.
#pragma once

#include "api/constants.hpp"

#include <cstdint>
#include <exception>
#include <string>
#include <utility>

namespace xtap {

struct Failure : std::exception {
    Failure(Status failed_with, std::string text) : status(failed_with), message(std::move(text)) {}
    const char *what() const noexcept override { return message.c_str(); }

    Status status;
    std::string message;
    std::int32_t http_status = 0;
    bool retriable = false;
    std::uint64_t retry_after_ms = 0;
    std::uint64_t needed = 0; // bytes a buffer must have, for Status::buffer_small
    std::string problem_type;
    std::string problem_title;
    std::string request_id;
};

} // namespace xtap
