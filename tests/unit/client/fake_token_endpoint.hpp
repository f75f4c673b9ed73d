// A token endpoint for tests: answers what it is told to and keeps what it was asked. One for each call, as
// the senders of the library are.
#pragma once

#include "client/token_endpoint.hpp"
#include "edge/sources.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xtap::test {

struct Asked {
    std::string path, form, authorization;
};

class FakeTokenEndpoint final : public client::TokenEndpoint {
public:
    using Answer = std::function<client::TokenReply()>;

    FakeTokenEndpoint() : FakeTokenEndpoint(nullptr) {} // one that must not be asked
    explicit FakeTokenEndpoint(Answer answer) : answer_(std::move(answer)) {}

    client::TokenReply send(const client::TokenRequest &request) override {
        asked.push_back({std::string(request.path), std::string(request.form.reveal()),
                         std::string(request.authorization.reveal())});
        if (answer_) return answer_();
        ADD_FAILURE() << "the token endpoint was asked: " << asked.back().path;
        throw Failure(Status::internal, "not expected");
    }

    std::chrono::milliseconds patience() override { return be_patient(); }

    std::vector<Asked> asked;
    std::function<std::chrono::milliseconds()> be_patient = [] { return std::chrono::hours(1); };

private:
    Answer answer_;
};

inline client::TokenReply reply(std::int32_t status, std::string_view body) {
    client::TokenReply out;
    out.status = status;
    out.body = api::Secret(body);
    out.content_type = "application/json";
    out.request_id = "req-1";
    return out;
}

// A pair that lives two hours, with the number in both tokens' names.
inline client::TokenReply pair_reply(int number) {
    const std::string digits = std::to_string(number);
    return reply(200, R"({"token_type":"bearer","expires_in":7200,"access_token":"ACCESS-)" + digits +
                          R"(","refresh_token":"REFRESH-)" + digits + R"("})");
}

inline client::TokenReply app_reply(int number) {
    return reply(200,
                 R"({"token_type":"bearer","access_token":"APP-TOKEN-)" + std::to_string(number) + "\"}");
}

inline client::TokenReply used_up_reply() {
    return reply(400, R"({"error":"invalid_grant","error_description":"The token was used already."})");
}

// Time and randomness in the test's hands: random bytes count up.
struct FakeSources {
    std::int64_t now_ms = 1'700'000'000'000;
    char next_byte = 0;

    edge::Sources sources() {
        return {[this] { return now_ms; },
                [this](std::span<char> bytes) {
                    std::generate(bytes.begin(), bytes.end(), [this] { return next_byte++; });
                }};
    }
};

} // namespace xtap::test
