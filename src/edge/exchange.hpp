// One HTTP request and its whole answer, bounded: a libcurl handle on a channel whose connections are kept.
// Knows no operations, credentials or retries.
#pragma once

#include "api/payload.hpp"
#include "api/secret.hpp"
#include "edge/easy.hpp"
#include "edge/head.hpp"
#include "edge/inflate.hpp"
#include "edge/pump.hpp"
#include "edge/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <curl/curl.h>
#include <optional>
#include <string>
#include <string_view>

namespace xtap::edge {

// What is sent. Everything in it must outlive the exchange.
struct Outgoing {
    std::string_view method;
    std::string url;
    std::string_view authorization; // the header's value; empty: none
    std::string_view content_type, body;
    const std::vector<api::Part> *parts = nullptr; // multipart, instead of a body
    bool compression = true;
    bool keep_connection = true; // in the pump; `sockets` must then outlive the pump
    std::int64_t connect_timeout_ms = 0;
    std::size_t max_body_bytes = 0;
};

class Exchange final : public Driven {
public:
    Exchange(const EdgeSettings &edge, Sockets &sockets, const Outgoing &outgoing);
    ~Exchange(); // REQUIRES: not in a pump
    Exchange(const Exchange &) = delete;
    Exchange &operator=(const Exchange &) = delete;

    CURL *handle() const noexcept override { return easy_; }
    void done(CURLcode result) override;

    bool over() const noexcept { return over_; }
    // Nothing of the request can have reached the server's application: it may be sent again, whatever it
    // does.
    bool unsent() const noexcept { return unsent_; }
    // Why there is no answer; none when there is one, whatever its status.
    const std::optional<Failure> &failure() const noexcept { return failure_; }

    const ResponseHead &head() const noexcept { return head_; }
    std::string take_headers() noexcept { return std::move(header_lines_); }
    std::string take_body() noexcept { return std::move(body_); }

private:
    static std::size_t body_callback(char *data, std::size_t size, std::size_t count, void *self);
    static std::size_t header_callback(char *data, std::size_t size, std::size_t count, void *self);

    void set_up(const EdgeSettings &edge, Sockets &sockets, const Outgoing &outgoing);
    void set_up_body(const Outgoing &outgoing);
    void set_up_parts(const std::vector<api::Part> &parts);
    void header(std::string_view line);
    void take(std::string_view bytes);
    void append(std::string_view bytes);
    bool guarded(void (Exchange::*work)(std::string_view), std::string_view bytes) noexcept;
    void judge_encoding();

    CURL *easy_ = nullptr;
    curl_mime *mime_ = nullptr;
    HeaderList headers_;
    const std::size_t max_body_bytes_;
    const bool compression_;
    ResponseHead head_;
    std::string header_lines_, body_;
    std::optional<Inflater> inflater_; // of a gzip body
    std::optional<Failure> failure_;
    bool over_ = false, unsent_ = false, body_begun_ = false;
    char error_[CURL_ERROR_SIZE] = {};
};

} // namespace xtap::edge
