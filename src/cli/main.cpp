// The `xtap` command: a user of the public header alone. Dispatches, and shows what went wrong once.
#include "cli/auth/auth_command.hpp"
#include "cli/base/caller.hpp"
#include "cli/base/complaint.hpp"
#include "cli/base/console.hpp"
#include "cli/base/output.hpp"
#include "cli/base/signals.hpp"
#include "cli/call/call_command.hpp"
#include "cli/command_line.hpp"
#include "cli/completion/completion.hpp"
#include "cli/connections/connections_command.hpp"
#include "cli/describe/describe_command.hpp"
#include "cli/operations/operations_command.hpp"
#include "cli/rules/rules_command.hpp"
#include "cli/stream/stream_command.hpp"

#include <exception>
#include <sys/resource.h>
#include <unistd.h>

namespace xtap::cli {
namespace {

// A core file would hold the token. The limit is 1 byte, not 0: the kernel pipes a core to a program (as most
// systems configure it) in spite of a limit of 0, but takes 1 as "not at all"; a file needs more than either.
void refuse_core_files() noexcept {
    rlimit limit = {};
    if (::getrlimit(RLIMIT_CORE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max < 1 ? 0 : 1;
    static_cast<void>(::setrlimit(RLIMIT_CORE, &limit));
}

std::string version_text() {
    const std::uint32_t abi = xtap_abi_version();
    return std::string("xtap ") + xtap_version() + " (ABI " + std::to_string(abi >> 16) + "." +
           std::to_string(abi & 0xFFFFu) + ")\n";
}

struct Runner {
    void operator()(const ShowText &shown) const { print(shown.text); }
    void operator()(const ShowVersion &) const { print(version_text()); }
    void operator()(const ListOperations &wish) const {
        run_operations_command({wish.text, wish.streaming}, wish.as_json);
    }
    void operator()(const DescribeOperation &wish) const {
        run_describe_command(wish.operation, wish.as_json);
    }
    void operator()(const CompleteWords &typed) const {
        std::string lines;
        for (const std::string &word : completions(typed.words))
            lines += word + "\n";
        print(lines);
    }
    void operator()(const StreamArguments &arguments) const { run_stream_command(arguments); }
    void operator()(const CallArguments &arguments) const { run_call_command(arguments); }
    void operator()(const AuthArguments &arguments) const { run_auth_command(arguments); }
    void operator()(const RulesArguments &arguments) const { run_rules_command(arguments); }
    void operator()(const ConnectionsArguments &arguments) const { run_connections_command(arguments); }

private:
    static void print(const std::string &text) {
        Output output(STDOUT_FILENO);
        print_once(output, text);
    }
};

int run(int argc, const char *const *argv) {
    refuse_core_files();
    occupy_standard_descriptors();
    ignore_broken_pipes();
    try {
        std::visit(Runner{}, parse_command_line(argc, argv));
        return static_cast<int>(ExitCode::success);
    } catch (const ReaderLeft &) {
        return static_cast<int>(ExitCode::success);
    } catch (const Complaint &complaint) {
        Console(STDERR_FILENO).line(shown(complaint));
        return static_cast<int>(complaint.exit_code);
    } catch (const std::exception &unexpected) {
        Console(STDERR_FILENO).line(shown(Complaint(ExitCode::failure, unexpected.what())));
        return static_cast<int>(ExitCode::failure);
    }
}

} // namespace
} // namespace xtap::cli

int main(int argc, char **argv) { return xtap::cli::run(argc, argv); }
