// The calls behind `xtap connections`.
#include "cli/connections/connections_command.hpp"

#include "cli/base/caller.hpp"
#include "cli/base/json_array.hpp"
#include "cli/base/page_items.hpp"
#include "cli/connections/connections_answer.hpp"
#include "json/value.hpp"

#include <algorithm>
#include <unistd.h>

namespace xtap::cli {
namespace {

constexpr char kList[] = "getConnectionHistory";
constexpr char kFields[] = "id,endpoint_name,connected_at,disconnected_at,disconnect_reason,client_ip";
constexpr std::size_t kMostIds = 100; // in one request

std::vector<std::string> connections(Caller &caller, const ConnectionsArguments &arguments) {
    const RequestHandle request = caller.request(kList);
    caller.set(request.get(), kList, {"status", arguments.all ? "all" : "active"});
    caller.set(request.get(), kList, {"max_results", "100"});
    caller.set(request.get(), kList, {"connection.fields", kFields});
    if (arguments.endpoint) caller.set(request.get(), kList, {"endpoints", *arguments.endpoint});
    std::vector<std::string> all;
    while (true) {
        const Sent page = caller.send(request.get(), kList);
        const std::optional<Page> items = page_of(page.body());
        if (!items) throw Complaint(ExitCode::failure, "the answer of X is no JSON object");
        all.insert(all.end(), items->items.begin(), items->items.end());
        LibraryError error;
        const xtap_status status = xtap_request_next_page(request.get(), page.response.get(), &error);
        if (status == XTAP_END) return all;
        check(status, error);
    }
}

void list(Caller &caller, const ConnectionsArguments &arguments, Output &output) {
    const std::vector<std::string> all = connections(caller, arguments);
    if (arguments.as_json) return print_once(output, json_array(all));
    print_once(output, connections_table(all));
    if (all.empty())
        caller.console().line(arguments.all ? "xtap: no connections"
                                            : "xtap: no open connections; --all shows past ones, too");
}

// The counts of several answers together.
class Tally {
public:
    void add(const Sent &sent) {
        const std::optional<Kills> kills = kills_in(sent.body());
        if (!kills) throw Complaint(ExitCode::failure, "the answer of X does not say what was ended");
        if (kills->successful) {
            ended_ += *kills->successful;
        } else {
            uncounted_ = true;
        }
        failed_ += kills->failed;
        if (first_failure_.empty()) first_failure_ = kills->first_failure;
    }
    void tell(Output &output) const {
        print_once(output, uncounted_ ? "X ends the connections; how many, it does not say\n"
                                      : std::to_string(ended_) +
                                            (ended_ == 1 ? " connection" : " connections") + " ended\n");
        if (failed_ == 0 && first_failure_.empty()) return;
        throw Complaint(ExitCode::failure,
                        std::to_string(std::max<std::int64_t>(failed_, 1)) + " could not be ended" +
                            (first_failure_.empty() ? "" : "; the first: " + first_failure_),
                        "see 'xtap connections' for those that are open");
    }

private:
    std::int64_t ended_ = 0;
    std::int64_t failed_ = 0;
    bool uncounted_ = false;
    std::string first_failure_;
};

void kill_by_id(Caller &caller, const std::vector<std::string> &ids, Tally &tally) {
    constexpr char kOperation[] = "deleteConnectionsByUuids";
    for (std::size_t first = 0; first < ids.size(); first += kMostIds) {
        const std::size_t last = std::min(first + kMostIds, ids.size());
        const Json body = {
            {"uuids", std::vector<std::string>(ids.begin() + static_cast<std::ptrdiff_t>(first),
                                               ids.begin() + static_cast<std::ptrdiff_t>(last))}};
        const std::string text = body.dump({.replace_invalid = true});
        const RequestHandle request = caller.request(kOperation);
        LibraryError error;
        check(xtap_request_body(request.get(), text.data(), text.size(), &error), error);
        tally.add(caller.send(request.get(), kOperation));
    }
}

void kill(Caller &caller, const ConnectionsArguments &arguments, Output &output) {
    Tally tally;
    if (!arguments.ids.empty()) {
        kill_by_id(caller, arguments.ids, tally);
    } else if (arguments.endpoint) {
        constexpr char kOperation[] = "deleteConnectionsByEndpoint";
        const RequestHandle request = caller.request(kOperation);
        caller.set(request.get(), kOperation, {"endpoint_id", *arguments.endpoint});
        tally.add(caller.send(request.get(), kOperation));
    } else {
        constexpr char kOperation[] = "deleteAllConnections";
        const RequestHandle request = caller.request(kOperation);
        tally.add(caller.send(request.get(), kOperation));
    }
    tally.tell(output);
}

} // namespace

void run_connections_command(const ConnectionsArguments &arguments) {
    Output output(STDOUT_FILENO);
    Caller caller(arguments, output);
    if (arguments.kill) return kill(caller, arguments, output);
    list(caller, arguments, output);
}

} // namespace xtap::cli
