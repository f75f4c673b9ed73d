// See journal.hpp.
#include "journal.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <system_error>
#include <unistd.h>

namespace xtap::chaos {

Journal::Journal(const std::string &path)
    : fd_(open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), path);
}

Journal::~Journal() { close(fd_); }

void Journal::flush() {
    const char *at = reinterpret_cast<const char *>(entries_.data());
    std::size_t left = entries_.size() * sizeof(Entry);
    while (left > 0) {
        const ssize_t written = write(fd_, at, left);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) throw std::system_error(errno, std::generic_category(), "journal");
        at += written;
        left -= static_cast<std::size_t>(written);
    }
    entries_.clear();
}

std::vector<Entry> read_journal(const std::string &path) {
    std::ifstream in(path, std::ios::binary);
    std::vector<Entry> entries;
    Entry entry{};
    while (in.read(reinterpret_cast<char *>(&entry), sizeof entry))
        entries.push_back(entry);
    return entries;
}

} // namespace xtap::chaos
