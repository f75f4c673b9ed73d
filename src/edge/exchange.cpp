// See exchange.hpp.
#include "edge/exchange.hpp"

#include "edge/closing.hpp"
#include "edge/process.hpp"

#include <strings.h>

namespace xtap::edge {

namespace {

// More than any server of X's sends; a head without end is an attack.
constexpr std::size_t kMostHeaderBytes = 256 * 1024;

void check_mime(CURLcode code) {
    if (code != CURLE_OK) throw std::bad_alloc(); // the only way in which they fail
}

// libcurl found nobody to speak to, or the handshake failed: not a byte of the request left.
bool never_left(CURL *easy, CURLcode result) {
    switch (result) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
        return true;
    default:
        curl_off_t pretransfer_us = 0;
        return curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &pretransfer_us) == CURLE_OK &&
               pretransfer_us == 0;
    }
}

Failure failure_of(CURLcode result, std::string_view what) {
    const session::Closing closing = closing_of_result(result, what);
    Failure failure(status_of(closing), closing.message);
    failure.retriable = failure.status == Status::network;
    return failure;
}

} // namespace

Exchange::Exchange(const EdgeSettings &edge, Sockets &sockets, const Outgoing &outgoing)
    : easy_(curl_easy_init()), max_body_bytes_(outgoing.max_body_bytes), compression_(outgoing.compression) {
    if (easy_ == nullptr) throw std::bad_alloc();
    try {
        set_up(edge, sockets, outgoing);
    } catch (...) {
        curl_mime_free(mime_);
        curl_easy_cleanup(easy_);
        throw;
    }
}

Exchange::~Exchange() {
    if (process_exiting()) return;
    curl_easy_cleanup(easy_);
    curl_mime_free(mime_);
}

void Exchange::set_up(const EdgeSettings &edge, Sockets &sockets, const Outgoing &outgoing) {
    if (!outgoing.authorization.empty()) headers_.add("Authorization", outgoing.authorization);
    if (compression_) headers_.add("Accept-Encoding", "gzip");
    if (outgoing.parts == nullptr && !outgoing.content_type.empty())
        headers_.add("Content-Type", outgoing.content_type);
    headers_.add("Expect", ""); // a round trip that no server of X's asks for
    set(easy_, CURLOPT_URL, outgoing.url.c_str());
    set(easy_, CURLOPT_HTTPHEADER, headers_.get());
    set_up_edge(easy_, edge);
    set(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    set(easy_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(outgoing.connect_timeout_ms));
    set(easy_, CURLOPT_ERRORBUFFER, error_);
    drive(*this);
    set(easy_, CURLOPT_WRITEFUNCTION, &Exchange::body_callback);
    set(easy_, CURLOPT_WRITEDATA, static_cast<void *>(this));
    set(easy_, CURLOPT_HEADERFUNCTION, &Exchange::header_callback);
    set(easy_, CURLOPT_HEADERDATA, static_cast<void *>(this));
    sockets.attach(easy_);
    const std::string method(outgoing.method);
    if (method != "GET") set(easy_, CURLOPT_CUSTOMREQUEST, method.c_str());
    // On a kept connection that dies, libcurl sends the request again by itself, and cannot know whether it
    // was carried out. A second post is worse than a handshake.
    if (method == "POST") set(easy_, CURLOPT_FRESH_CONNECT, 1L);
    if (!outgoing.keep_connection) set(easy_, CURLOPT_FORBID_REUSE, 1L);
    set_up_body(outgoing);
}

void Exchange::set_up_body(const Outgoing &outgoing) {
    if (outgoing.parts != nullptr) return set_up_parts(*outgoing.parts);
    if (outgoing.body.empty() && outgoing.method != "POST" && outgoing.method != "PUT") return;
    set(easy_, CURLOPT_POST, 1L);
    set(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(outgoing.body.size()));
    set(easy_, CURLOPT_POSTFIELDS, outgoing.body.data() == nullptr ? "" : outgoing.body.data());
    if (outgoing.content_type.empty()) headers_.add("Content-Type", ""); // libcurl would claim a form
    set(easy_, CURLOPT_HTTPHEADER, headers_.get());
}

void Exchange::set_up_parts(const std::vector<api::Part> &parts) {
    mime_ = curl_mime_init(easy_);
    if (mime_ == nullptr) throw std::bad_alloc();
    for (const api::Part &part : parts) {
        curl_mimepart *slot = curl_mime_addpart(mime_);
        if (slot == nullptr) throw std::bad_alloc();
        check_mime(curl_mime_name(slot, part.name.c_str()));
        if (part.filename) check_mime(curl_mime_filename(slot, part.filename->c_str()));
        check_mime(curl_mime_data(slot, part.data.data(), part.data.size()));
    }
    set(easy_, CURLOPT_MIMEPOST, mime_);
}

void Exchange::done(CURLcode result) {
    over_ = true;
    if (failure_) return; // our own reason to break it off
    if (result == CURLE_OK && head_.status >= 200) return;
    unsent_ = never_left(easy_, result);
    failure_ =
        failure_of(result == CURLE_OK ? CURLE_WEIRD_SERVER_REPLY : result,
                   result == CURLE_OK ? "the answer has no status" : what_happened(easy_, result, error_));
}

// Exceptions must not pass through libcurl.
bool Exchange::guarded(void (Exchange::*work)(std::string_view), std::string_view bytes) noexcept {
    try {
        (this->*work)(bytes);
        return true;
    } catch (const Failure &failure) {
        failure_ = failure;
    } catch (const std::exception &) {
        failure_ = Failure(Status::no_memory, {});
    }
    return false;
}

std::size_t Exchange::header_callback(char *data, std::size_t size, std::size_t count, void *self) {
    auto &exchange = *static_cast<Exchange *>(self);
    return exchange.guarded(&Exchange::header, {data, size * count}) ? size * count : 0;
}

void Exchange::header(std::string_view line) {
    if (line.starts_with("HTTP/")) header_lines_.clear(); // what came before was an interim answer's
    read_head_line(line, head_);
    std::string_view name, value;
    if (line.starts_with("HTTP/") || !split_header(line, name, value)) return;
    if (header_lines_.size() + line.size() > kMostHeaderBytes)
        throw Failure(Status::protocol,
                      "the answer's head has more than " + std::to_string(kMostHeaderBytes) + " bytes");
    header_lines_.append(name).append(": ").append(value).append("\n");
}

std::size_t Exchange::body_callback(char *data, std::size_t size, std::size_t count, void *self) {
    auto &exchange = *static_cast<Exchange *>(self);
    return exchange.guarded(&Exchange::take, {data, size * count}) ? size * count : 0;
}

void Exchange::judge_encoding() {
    body_begun_ = true;
    const char *encoding = head_.content_encoding.c_str();
    if (strcasecmp(encoding, "gzip") == 0 && compression_)
        inflater_.emplace();
    else if (*encoding != '\0' && strcasecmp(encoding, "identity") != 0)
        throw Failure(Status::protocol,
                      "the answer is encoded as '" + printable(encoding) + "', which was not asked for");
}

void Exchange::take(std::string_view bytes) {
    if (!body_begun_) judge_encoding();
    if (!inflater_) return append(bytes);
    for (std::string_view text = inflater_->step(bytes); !text.empty(); text = inflater_->step(bytes))
        append(text);
}

void Exchange::append(std::string_view bytes) {
    if (bytes.size() > max_body_bytes_ - body_.size())
        throw Failure(Status::too_large, "the answer's body has more than " +
                                             std::to_string(max_body_bytes_) + " bytes (max_response_bytes)");
    body_.append(bytes);
}

} // namespace xtap::edge
