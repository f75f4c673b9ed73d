// How OAuth writes bytes and fields as text: base64, base64url, forms, Basic authorization.
// Knows nothing of what is signed or sent.
#pragma once

#include "api/secret.hpp"
#include "api/secret_builder.hpp"

#include <string>
#include <string_view>

namespace xtap::auth {

// RFC 4648, section 4: with padding.
void append_base64(api::SecretBuilder &out, std::string_view bytes);

// RFC 4648, section 5: for addresses and names, without padding.
api::Secret base64url(std::string_view bytes);

std::string hexadecimal(std::string_view bytes); // in small letters

// "name=value", percent-encoded, after an ampersand when it is not the first.
void append_field(api::SecretBuilder &form, std::string_view name, std::string_view value);

// Of a form or a query: a plus is a space, %XX a byte; what only looks like an escape stays.
api::Secret form_decoded(std::string_view text);

// "Basic ...": both parts encoded as in a form, as RFC 6749, section 2.3.1 asks.
api::Secret basic_authorization(std::string_view user, std::string_view password);

// "Bearer ...".
api::Secret bearer_authorization(std::string_view token);

} // namespace xtap::auth
