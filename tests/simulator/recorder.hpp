// What was asked of the simulator, request by request, for tests that compare it with what should have been
// asked. Keeps no secrets: of an Authorization only what identifies it. Knows no sockets.
#pragma once

#include "problems.hpp"
#include "json/value.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>

namespace xtap::sim {

struct RecordedRequest {
    std::string method, target; // the target as it stood in the request line
    HeaderList headers;         // names in lower case
    std::string body;
};

class Recorder {
public:
    // Whether every request is answered 200 {"data":{}} instead of being carried out.
    bool answers_all() const { return answers_all_.load(); }
    void answer_all(bool on) { answers_all_ = on; }

    // Returns the request's number.
    std::uint64_t note(const RecordedRequest &request);
    void note_status(std::uint64_t number, int status);
    void forget();

    // Those after number `after`; waits until there were `at_least` in all, at most so long.
    Json list(std::uint64_t after, std::uint64_t at_least, std::uint64_t timeout_ms);
    void stop();

private:
    static constexpr std::size_t kMostRemembered = 20'000;
    static constexpr std::size_t kMostBytes = 64u << 20;

    std::atomic<bool> answers_all_{false};
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopped_ = false;
    std::uint64_t last_number_ = 0;
    std::size_t bytes_ = 0;
    std::deque<std::string> requests_; // each a JSON object, without its status
    std::deque<int> statuses_;
};

// {"kind":"OAuth","oauth_consumer_key":"..."}: the kind, and what tells credentials apart without giving them
// away.
Json describe_authorization(std::string_view header);
std::string sha256_hex(std::string_view bytes);

} // namespace xtap::sim
