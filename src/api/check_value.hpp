// Checks one value against one parameter of the table. Knows nothing of the other parameters of a request.
#pragma once

#include "api/operation.hpp"

#include <string>
#include <string_view>

namespace xtap::api {

// The value as it is sent: value aliases replaced. Throws Failure(Status::value) that names operation,
// parameter, value and what is allowed; the value is left out where it may be a secret.
std::string checked_value(const Operation &operation, const Parameter &parameter, std::string_view value);

// Names and values must be UTF-8 without control characters, and not endless, whatever else is allowed.
// `what` opens the message: "streamPosts: parameter backfill_minutes"; `secret`: it does not show the text.
void refuse_unsafe(std::string_view what, std::string_view text, bool secret = false);

// The fields of a form, and what an authorisation is made of: codes, tokens and verifiers are among them.
bool may_be_secret(const Operation &operation, const Parameter &parameter) noexcept;

// "an integer from 1 to 2", "true or false", ...: ends the message of a refusal.
std::string allowed_values(const Parameter &parameter);

} // namespace xtap::api
