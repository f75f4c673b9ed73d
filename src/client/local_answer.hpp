// Answers that the library gives itself: nothing is sent.
#pragma once

#include "api/options.hpp"
#include "api/request.hpp"
#include "client/credentials.hpp"
#include "client/response.hpp"

namespace xtap::client {

// Where a user's browser is sent to log in (getOAuth2AuthorizeUrl): {"url", "state", "code_verifier"}. What
// the request does not give is made anew. Throws Failure(no_credential) without a client id.
Response login_answer(const api::Request &request, const api::Options &options,
                      const Credentials &credentials);

} // namespace xtap::client
