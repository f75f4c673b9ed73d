// One send from its checks to its outcome: credential, rate limit, tries. Runs on the caller's thread.
#pragma once

#include "client/credentials.hpp"
#include "client/request_sender.hpp"

#include <cstdint>
#include <string>

namespace xtap::client {

class SendAttempts final : private TokenEndpoint {
public:
    SendAttempts(Client &client, RequestSender &sender, const api::Request &request,
                 const api::Options &options, const api::Payload &payload);
    Sent run();

private:
    TokenReply send(const TokenRequest &request) override;
    std::chrono::milliseconds patience() override;

    void check() const;
    Sent attempt();
    Sent exchange(const edge::Outgoing &outgoing);
    edge::Outgoing outgoing() const;
    void adopt_tokens(const Response &response);
    std::string_view credential() const noexcept { return auth::scheme_name(authorization_.ticket.scheme); }
    // Decides what becomes of a failure: true when the request is to be sent again, after what it waited for.
    bool again(const Sent &sent);
    std::int64_t limit_wait_ms(const Sent &sent);
    bool wait_for_limit(const Sent &sent);
    bool try_again(const Failure &failure);
    void wait(std::int64_t ms);

    Client &client_;
    RequestSender &sender_;
    const api::Request &request_;
    const api::Options &options_;
    const api::Payload &payload_;
    const api::Operation &operation_;
    const std::string url_;
    api::Secret form_;
    Authorization authorization_;
    std::int64_t deadline_ms_;
    int tries_ = 0;
    int limited_ = 0;     // refusals with a window that has ended
    bool unsent_ = false; // the last exchange cannot have reached anybody
};

} // namespace xtap::client
