// Asks the library for its statistics; what they say is metrics.cpp's business.
#include "cli/base/metrics_file.hpp"

#include "cli/base/file_replacement.hpp"
#include "cli/base/metrics.hpp"
#include "cli/base/text_answer.hpp"

#include <exception>
#include <utility>

namespace xtap::cli {
namespace {

template <typename Ask> std::string stats(Ask ask) {
    std::string text;
    ask_text(text, ask);
    return text;
}

} // namespace

std::string current_metrics(xtap_client *client, xtap_stream *stream) {
    const std::string of_client =
        stats([client](char *buffer, std::size_t room, std::size_t *size, xtap_error *error) {
            return xtap_client_stats(client, buffer, room, size, error);
        });
    if (stream == nullptr) return metrics_text(of_client);
    return metrics_text(of_client,
                        stats([stream](char *buffer, std::size_t room, std::size_t *size, xtap_error *error) {
                            return xtap_stream_stats(stream, buffer, room, size, error);
                        }));
}

MetricsFile::MetricsFile(std::optional<std::string> path, xtap_client *client, xtap_stream *stream)
    : path_(std::move(path)), client_(client), stream_(stream) {}

void MetricsFile::write() const {
    if (path_) replace_file(*path_, current_metrics(client_, stream_));
}

void MetricsFile::try_write() const noexcept {
    try {
        write();
    } catch (...) {
    }
}

} // namespace xtap::cli
