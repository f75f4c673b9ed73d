// Catches the Failure a piece of code throws, so that a test can look at its status and words.
#pragma once

#include "api/failure.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <optional>
#include <string_view>

namespace xtap::test {

template <class Code> std::optional<Failure> failure_of(Code &&code) {
    try {
        code();
    } catch (const Failure &failure) {
        return failure;
    }
    return std::nullopt;
}

// One call checks the status and that every one of `words` is in the message.
template <class Code, class... Words> void expect_failure(Status status, Code &&code, Words... words) {
    const std::optional<Failure> failure = failure_of(code);
    ASSERT_TRUE(failure) << "nothing was refused";
    EXPECT_EQ(failure->status, status) << failure->message;
    for (const std::string_view word : std::initializer_list<std::string_view>{words...}) {
        EXPECT_NE(failure->message.find(word), std::string::npos)
            << "\"" << word << "\" is not in: " << failure->message;
    }
}

} // namespace xtap::test
