// libcurl's easy interface with a write callback that counts.
#include "reference.hpp"

#include "load.hpp"
#include "meter.hpp"

#include <cmath>
#include <curl/curl.h>
#include <stdexcept>
#include <string_view>

namespace xtap::bench {
namespace {

struct Discarding {
    const Reference &reference;
    Meter meter;
    Latencies latencies;
    std::uint64_t bytes = 0;

    std::uint64_t events() const {
        return static_cast<std::uint64_t>(
            std::llround(static_cast<double>(bytes) * reference.events_per_byte));
    }
    void look(std::string_view part) {
        for (std::size_t at = part.find(kStampMark); at != part.npos; at = part.find(kStampMark, at + 1)) {
            const std::size_t stamp = at + sizeof(kStampMark) - 1;
            if (stamp + kStampDigits <= part.size()) latencies.add(read_stamp(part.data() + stamp));
        }
    }
    void take(std::string_view part) {
        bytes += part.size();
        if (reference.stamped) look(part);
        if (!meter.warm() && bytes >= reference.warm_bytes) meter.warmed_up(events(), bytes);
    }
};

std::size_t take(char *data, std::size_t size, std::size_t count, void *self) {
    static_cast<Discarding *>(self)->take({data, size * count});
    return size * count;
}

} // namespace

Outcome run_reference(const Reference &reference) {
    Discarding discarding{reference, {}, Latencies(reference.stamped ? reference.expected_events : 0)};
    CURL *easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, reference.url.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, reference.buffer_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &take);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, static_cast<void *>(&discarding));
    if (!reference.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, reference.ca_file.c_str());
    if (reference.decompress) curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    const CURLcode result = curl_easy_perform(easy);
    discarding.meter.done(discarding.events(), discarding.bytes);
    curl_easy_cleanup(easy);
    if (result != CURLE_OK) throw std::runtime_error(std::string("curl: ") + curl_easy_strerror(result));
    if (discarding.bytes != reference.expected_bytes)
        throw std::runtime_error("curl got " + std::to_string(discarding.bytes) + " bytes of " +
                                 std::to_string(reference.expected_bytes));
    Outcome outcome = discarding.meter.outcome();
    discarding.latencies.into(outcome);
    return outcome;
}

} // namespace xtap::bench
