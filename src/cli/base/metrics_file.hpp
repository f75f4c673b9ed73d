// Writes the figures of a client, and of its stream, to a file for Prometheus' node exporter to pick up.
#pragma once

#include <xtap/xtap.h>

#include <optional>
#include <string>

namespace xtap::cli {

// The figures as they are now. Throws a Complaint. Any thread.
std::string current_metrics(xtap_client *client, xtap_stream *stream = nullptr);

class MetricsFile {
public:
    // Without a path nothing is ever written. The handles must outlive it.
    MetricsFile(std::optional<std::string> path, xtap_client *client, xtap_stream *stream = nullptr);

    bool is_wanted() const noexcept { return path_.has_value(); }
    // Replaces the file, whole. Throws a Complaint when it cannot.
    void write() const;
    // The same on the way out of a failure, which stays the one thing to tell.
    void try_write() const noexcept;

private:
    std::optional<std::string> path_;
    xtap_client *client_;
    xtap_stream *stream_;
};

} // namespace xtap::cli
