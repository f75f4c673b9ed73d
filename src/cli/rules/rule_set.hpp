// The rules that the server holds for one stream, by the calls that read and change them. Filtered stream and
// Powerstream have each their own operations and shapes; nobody else needs to know.
#pragma once

#include "cli/base/caller.hpp"
#include "cli/rules/rules_answer.hpp"
#include "cli/rules/rules_file.hpp"

#include <span>
#include <string>
#include <vector>

namespace xtap::cli {

class RuleSet {
public:
    RuleSet(Caller &caller, bool powerstream) : caller_(caller), powerstream_(powerstream) {}

    std::vector<Rule> list();
    // Gives those that were refused; the others are there. Throws a Complaint when the call itself failed.
    std::vector<RefusedRule> add(std::span<const Rule> rules);
    // Throws a Complaint when one was not deleted.
    void remove(std::span<const Rule> rules);

private:
    std::vector<RefusedRule> add_some(std::span<const Rule> rules);
    void remove_some(std::span<const Rule> rules);
    Sent send(const std::string &operation, const std::string &body);

    Caller &caller_;
    bool powerstream_;
};

} // namespace xtap::cli
