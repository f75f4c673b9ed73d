// The app's own token: given, read from a file, or fetched with the app's key and secret. Used by every
// thread of a client; never blocks but for the file.
#pragma once

#include "api/options.hpp"
#include "client/token_endpoint.hpp"

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace xtap::client {

// A token, and which one of its client's it is.
struct Token {
    api::Secret text;
    std::uint64_t generation = 0;
};

class BearerTokens {
public:
    explicit BearerTokens(const api::Options &options) : options_(options) {} // which must outlive it

    // None: it must be fetched first. Throws Failure(no_credential) when the file has none.
    std::optional<Token> now();

    TokenRequest request() const;
    void reply(const TokenReply &reply); // throws what answer_of throws

    // After a 401: true when there is another token now, or one can be fetched that has not been refused yet.
    bool refused(std::uint64_t generation);
    void accepted(std::uint64_t generation);

    void add_known(std::vector<api::Secret> &secrets) const; // for masking

private:
    bool has(api::Option option) const noexcept;
    bool read_again();
    void replace(api::Secret token);

    const api::Options &options_;
    mutable std::mutex mutex_; // what follows
    api::Secret token_;        // from the file or the token endpoint
    api::Secret former_;       // the one before: an answer to it may still be told
    std::uint64_t generation_ = 0;
    bool unproven_ = false; // fetched because its predecessor was refused, and not accepted so far
};

} // namespace xtap::client
