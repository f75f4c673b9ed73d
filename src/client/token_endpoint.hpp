// A token endpoint as one call of ours sees it: what goes out, what comes back, who carries it. Knows nothing
// of libcurl.
#pragma once

#include "api/secret.hpp"
#include "auth/token_answer.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace xtap::client {

// A POST to base_url + path with an application/x-www-form-urlencoded body.
struct TokenRequest {
    std::string_view path;
    api::Secret form;
    api::Secret authorization; // the header's value; empty: none is sent
};

struct TokenReply {
    std::int32_t status = 0;
    api::Secret body;
    std::string content_type;
    std::string request_id;
    std::uint64_t retry_after_ms = 0;
};

// The endpoint, by one call's way to it.
class TokenEndpoint {
public:
    virtual ~TokenEndpoint() = default;

    // Blocks. Throws Failure when no answer came: network, tls, cancelled, request_timeout ...
    virtual TokenReply send(const TokenRequest &request) = 0;

    // Asked while another thread's exchange is waited for, whose outcome serves this call too: how long to
    // wait until asking again. Throws Failure(cancelled) or Failure(request_timeout) to give up. Asked under
    // a lock: it must not block, nor call back.
    virtual std::chrono::milliseconds patience() = 0;
};

// The tokens of a reply. Throws the reply's refusal or Failure(protocol); `asked_for` begins the message, and
// `secrets` are masked in it should the server repeat them.
auth::TokenAnswer answer_of(const TokenReply &reply, std::string_view asked_for,
                            std::span<const std::string_view> secrets);

} // namespace xtap::client
