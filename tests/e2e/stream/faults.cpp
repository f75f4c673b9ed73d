// See faults.hpp.
#include "faults.hpp"

#include <algorithm>
#include <stdexcept>

namespace xtap::test {

const std::vector<std::string> &fault_kinds_under_test() {
    static const std::vector<std::string> kinds = {"refuse",
                                                   "http_400",
                                                   "http_401",
                                                   "http_403",
                                                   "http_404",
                                                   "http_409",
                                                   "http_429",
                                                   "http_500",
                                                   "http_503",
                                                   "http_status",
                                                   "too_many_connections",
                                                   "connection_issue",
                                                   "rate_limit",
                                                   "redirect",
                                                   "html_error",
                                                   "no_response",
                                                   "slow_headers",
                                                   "garbage_response",
                                                   "gzip_bomb",
                                                   "close",
                                                   "eof",
                                                   "reset",
                                                   "stall",
                                                   "tls_cut",
                                                   "half_chunk",
                                                   "bad_chunk",
                                                   "split_characters",
                                                   "garbage_line",
                                                   "oversized_line",
                                                   "operational_disconnect",
                                                   "slow_drip",
                                                   "keep_alive_only",
                                                   "duplicate_event",
                                                   "gzip_corrupt"};
    return kinds;
}

Json fault(const std::string &kind, const Json &fields) {
    if (std::ranges::count(fault_kinds_under_test(), kind) == 0)
        throw std::logic_error("not listed: " + kind);
    Json made = fields;
    made["kind"] = kind;
    return made;
}

std::vector<std::string> fault_kinds_announced(Simulator &simulator) {
    try {
        simulator.fault({{"kind", "?"}});
    } catch (const std::exception &refusal) {
        std::string text = refusal.what();
        const std::string mark = "known are ";
        text = text.substr(text.find(mark) + mark.size());
        std::vector<std::string> kinds;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789", at);
            kinds.push_back(text.substr(at, end - at));
            if (end == std::string::npos || text.compare(end, 2, ", ") != 0) break;
            at = end + 2;
        }
        return kinds;
    }
    return {};
}

} // namespace xtap::test
