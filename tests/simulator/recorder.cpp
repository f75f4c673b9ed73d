// See recorder.hpp.
#include "recorder.hpp"

#include "encoding.hpp"
#include "json/value.hpp"

#include <algorithm>
#include <chrono>
#include <openssl/evp.h>

namespace xtap::sim {
namespace {

constexpr std::size_t kLongestShownBody = 64 * 1024;

std::string_view header_of(const RecordedRequest &request, std::string_view name) {
    const auto at = std::ranges::find_if(request.headers, [&](const auto &h) { return h.first == name; });
    return at == request.headers.end() ? std::string_view() : std::string_view(at->second);
}

Json describe_headers(const HeaderList &headers) {
    Json made = Json::object();
    for (const auto &[name, value] : headers) {
        if (name == "authorization") continue;
        made[name] = made.contains(name) ? made[name].get<std::string>() + ", " + value : value;
    }
    return made;
}

Json describe_parts(std::string_view content_type, std::string_view body) {
    Json made = Json::array();
    for (const Part &part : parse_multipart(content_type, body))
        made.push_back({{"name", part.name},
                        {"filename", part.filename},
                        {"content_type", part.content_type},
                        {"size", part.content.size()},
                        {"sha256", sha256_hex(part.content)},
                        {"text", part.filename.empty() ? Json(part.content) : Json()}});
    return made;
}

Json describe_pairs(std::string_view text) {
    Json made = Json::array();
    for (const auto &[name, value] : parse_form(text))
        made.push_back({name, value});
    return made;
}

// Fields of our token operations that are secrets; the rest of a form is told.
Json describe_form(std::string_view body) {
    Json made = Json::object();
    for (const auto &[name, value] : parse_form(body)) {
        const bool secret = name == "client_secret" || name == "token" || name.ends_with("_token") ||
                            name == "code" || name == "code_verifier";
        made[name] = secret ? "***" : value;
    }
    return made;
}

Json describe(const RecordedRequest &request, std::uint64_t number) {
    const std::size_t question = request.target.find('?');
    const std::string_view type = header_of(request, "content-type");
    Json made{{"number", number},
              {"method", request.method},
              {"target", request.target},
              {"path", request.target.substr(0, question)},
              {"query", question == std::string::npos ? "" : request.target.substr(question + 1)},
              {"headers", describe_headers(request.headers)},
              {"authorization", describe_authorization(header_of(request, "authorization"))},
              {"content_type", type},
              {"body_size", request.body.size()}};
    made["parameters"] = describe_pairs(made["query"].text());
    made["body_kind"] = request.body.empty() && type.empty()              ? "none"
                        : type.starts_with("application/json")            ? "json"
                        : type.starts_with("multipart/form-data")         ? "multipart"
                        : type.starts_with("application/x-www-form-urle") ? "form"
                                                                          : "other";
    if (!request.body.empty()) made["body_sha256"] = sha256_hex(request.body);
    if (made["body_kind"] == "multipart")
        made["parts"] = describe_parts(type, request.body);
    else if (made["body_kind"] == "form")
        made["form"] = describe_form(request.body);
    else if (request.body.size() <= kLongestShownBody)
        made["body"] = request.body;
    return made;
}

} // namespace

std::string sha256_hex(std::string_view bytes) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr);
    static constexpr char kHex[] = "0123456789abcdef";
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
        text.push_back(kHex[digest[i] >> 4]);
        text.push_back(kHex[digest[i] & 15]);
    }
    return text;
}

Json describe_authorization(std::string_view header) {
    const std::string_view kind = header.substr(0, header.find(' '));
    if (header.empty()) return {{"kind", "none"}};
    Json made{{"kind", kind}};
    const std::string_view rest = header.substr(std::min(kind.size() + 1, header.size()));
    if (kind == "Bearer") {
        // Enough to tell two tokens apart, too little to use.
        made["token_sha256"] = sha256_hex(rest);
    } else if (kind == "Basic") {
        const std::string pair = base64_decode(rest).value_or("");
        made["user"] = percent_decode(pair.substr(0, pair.find(':')));
    } else if (kind == "OAuth") {
        for (const auto &[name, value] : parse_oauth_header(rest))
            if (name != "oauth_signature") made[name] = value;
    }
    return made;
}

std::uint64_t Recorder::note(const RecordedRequest &request) {
    std::uint64_t number = 0;
    {
        const std::lock_guard lock(mutex_);
        number = ++last_number_;
        requests_.push_back(describe(request, number).dump({.replace_invalid = true}));
        statuses_.push_back(0);
        bytes_ += requests_.back().size();
        // A long run must not grow.
        while (requests_.size() > kMostRemembered || (bytes_ > kMostBytes && requests_.size() > 1)) {
            bytes_ -= requests_.front().size();
            requests_.pop_front();
            statuses_.pop_front();
        }
    }
    changed_.notify_all();
    return number;
}

void Recorder::note_status(std::uint64_t number, int status) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t first = last_number_ - requests_.size() + 1;
    if (number >= first && number <= last_number_) statuses_[number - first] = status;
}

void Recorder::forget() {
    const std::lock_guard lock(mutex_);
    requests_.clear();
    statuses_.clear();
    bytes_ = 0;
    last_number_ = 0;
}

Json Recorder::list(std::uint64_t after, std::uint64_t at_least, std::uint64_t timeout_ms) {
    std::unique_lock lock(mutex_);
    const bool reached = changed_.wait_for(lock, std::chrono::milliseconds(timeout_ms),
                                           [&] { return stopped_ || last_number_ >= at_least; });
    Json list = Json::array();
    const std::uint64_t first = last_number_ - requests_.size() + 1;
    for (std::size_t i = after < first ? 0 : after - first + 1; i < requests_.size(); ++i) {
        list.push_back(Json::parse(requests_[i]));
        list.back()["status"] = statuses_[i];
    }
    return {{"requests", last_number_},
            {"recording", answers_all()},
            {"reached", reached && !stopped_},
            {"list", std::move(list)}};
}

void Recorder::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    changed_.notify_all();
}

} // namespace xtap::sim
