// Asks the library for its statistics; what they say is metrics.cpp's business.
#include "cli/metrics_file.hpp"

#include "cli/complaint.hpp"
#include "cli/file_replacement.hpp"
#include "cli/metrics.hpp"

#include <exception>
#include <utility>

namespace xtap::cli {
namespace {

// The figures grow while they are asked for; a quarter more room than was needed is enough.
template <typename Ask> std::string stats(Ask ask) {
    LibraryError error;
    std::string text(4096, '\0');
    std::size_t size = 0;
    xtap_status status = ask(text.data(), text.size(), &size, &error);
    while (status == XTAP_E_BUFFER_SMALL) {
        text.resize(size + size / 4 + 1);
        status = ask(text.data(), text.size(), &size, &error);
    }
    check(status, error);
    text.resize(size);
    return text;
}

} // namespace

MetricsFile::MetricsFile(std::optional<std::string> path, xtap_client *client, xtap_stream *stream)
    : path_(std::move(path)), client_(client), stream_(stream) {}

void MetricsFile::write() const {
    if (!path_) return;
    const std::string of_client =
        stats([this](char *buffer, std::size_t room, std::size_t *size, xtap_error *error) {
            return xtap_client_stats(client_, buffer, room, size, error);
        });
    std::string of_stream;
    if (stream_ != nullptr) {
        of_stream = stats([this](char *buffer, std::size_t room, std::size_t *size, xtap_error *error) {
            return xtap_stream_stats(stream_, buffer, room, size, error);
        });
    }
    replace_file(*path_, metrics_text(of_client, of_stream));
}

void MetricsFile::try_write() const noexcept {
    try {
        write();
    } catch (...) {
    }
}

} // namespace xtap::cli
