// Splits, and refuses what must not stand on a command line. Names of options are the library's business,
// except for the secret ones.
#include "cli/base/named_values.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace xtap::cli {
namespace {

// Every user of a machine can read the command lines of all its processes.
constexpr std::array<std::string_view, 8> kSecretOptions = {"bearer_token",        "api_key",
                                                            "api_secret",          "oauth2_client_secret",
                                                            "oauth2_access_token", "oauth2_refresh_token",
                                                            "oauth1_token",        "oauth1_token_secret"};

bool is_secret(std::string_view name) {
    return std::find(kSecretOptions.begin(), kSecretOptions.end(), name) != kSecretOptions.end();
}

std::string variable_of(std::string_view option) {
    std::string variable = "XTAP_";
    for (const char c : option)
        variable += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return variable;
}

[[noreturn]] void refuse_secret(const std::string &name) {
    std::string hint = "set " + variable_of(name) + " in the environment";
    if (name == "bearer_token") hint += ", or give --option bearer_token_file=PATH";
    refuse_usage("'" + name +
                     "' is not taken from the command line, where every user of this machine can read it",
                 hint);
}

} // namespace

void refuse_usage(std::string message, std::string hint) {
    throw Complaint(ExitCode::usage, std::move(message), std::move(hint));
}

NamedValue named_value(const std::string &word, const std::string &what, const std::string &hint) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0)
        refuse_usage(what + " '" + word + "' is not of the form name=value", hint);
    return {word.substr(0, equals), word.substr(equals + 1)};
}

void add_once(std::vector<NamedValue> &list, NamedValue added, const std::string &what,
              const std::string &hint) {
    if (is_secret(added.first)) refuse_secret(added.first);
    const bool repeated = std::any_of(list.begin(), list.end(),
                                      [&](const NamedValue &known) { return known.first == added.first; });
    if (repeated)
        refuse_usage(
            what + " '" + added.first + "' is given twice; a list is one value with commas: name=a,b", hint);
    list.push_back(std::move(added));
}

std::optional<std::string> only_one(const std::vector<std::string> &given, const std::string &option,
                                    const std::string &hint) {
    if (given.size() > 1)
        refuse_usage(option + " is given twice: '" + given[0] + "' and '" + given[1] + "'", hint);
    return given.empty() ? std::nullopt : std::optional(given.front());
}

ClientArguments client_arguments(const ClientWords &words, const std::string &hint) {
    ClientArguments arguments;
    for (const std::string &option : words.options)
        add_once(arguments.options, named_value(option, "--option", hint), "--option", hint);
    arguments.base_url = only_one(words.base_url, "--base-url", hint);
    return arguments;
}

} // namespace xtap::cli
