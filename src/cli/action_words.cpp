// Which action takes which words and options: one that an action ignores would be a promise not kept.
#include "cli/action_words.hpp"

#include <charconv>
#include <utility>

namespace xtap::cli {
namespace {

constexpr std::uint16_t kUsualPort = 7357;
constexpr std::int64_t kUsualTimeoutS = 300;
constexpr std::int64_t kLongestTimeoutS = 86'400;

struct Given {
    const char *option;
    bool is_given;
};

// Refuses what was given and is none of the action's.
void refuse_strangers(const std::string &command, std::initializer_list<Given> strangers,
                      const std::string &hint) {
    for (const Given &stranger : strangers) {
        if (stranger.is_given)
            refuse_usage(std::string(stranger.option) + " does not belong to '" + command + "'", hint);
    }
}

std::string named_action(const std::string &command, const std::vector<std::string> &words, const char *all,
                         const std::string &hint) {
    if (words.empty()) refuse_usage("'" + command + "' needs to know what to do: " + all, hint);
    return words.front();
}

void refuse_extra(const std::vector<std::string> &words, std::size_t most, const std::string &hint) {
    if (words.size() > most) refuse_usage("'" + words[most] + "' is one word too many", hint);
}

std::int64_t number(const std::string &text, const char *option, std::int64_t least, std::int64_t most,
                    const std::string &hint) {
    std::int64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size() || value < least || value > most)
        refuse_usage(std::string(option) + " '" + text + "' is not a whole number from " +
                         std::to_string(least) + " to " + std::to_string(most),
                     hint);
    return value;
}

AuthArguments::Action auth_action(const std::string &word, const std::string &hint) {
    using Action = AuthArguments::Action;
    if (word == "app") return Action::app;
    if (word == "login") return Action::login;
    if (word == "refresh") return Action::refresh;
    if (word == "show") return Action::show;
    if (word == "logout") return Action::logout;
    refuse_usage("'auth " + word + "' is none of app, login, refresh, show, logout", hint);
}

RulesArguments::Action rules_action(const std::string &word, const std::string &hint) {
    using Action = RulesArguments::Action;
    if (word == "list") return Action::list;
    if (word == "add") return Action::add;
    if (word == "delete") return Action::remove;
    if (word == "sync") return Action::sync;
    refuse_usage("'rules " + word + "' is none of list, add, delete, sync", hint);
}

RedirectAddress login_address(const AuthWords &words, const std::string &hint) {
    const auto port = only_one(words.port, "--port", hint);
    const auto uri = only_one(words.redirect_uri, "--redirect-uri", hint);
    if (port && uri)
        refuse_usage("--port and --redirect-uri exclude each other: the address has a port", hint);
    if (uri) return redirect_address(*uri);
    const std::int64_t number_of = port ? number(*port, "--port", 0, 65535, hint) : kUsualPort;
    return redirect_address("http://127.0.0.1:" + std::to_string(number_of) + "/callback");
}

} // namespace

AuthArguments auth_arguments(const AuthWords &words) {
    const std::string hint = "see 'xtap auth --help'";
    AuthArguments checked;
    const std::string word = named_action("auth", words.words, "app, login, refresh, show or logout", hint);
    checked.action = auth_action(word, hint);
    refuse_extra(words.words, 1, hint);
    static_cast<ClientArguments &>(checked) = client_arguments(words.client, hint);
    const std::string command = "auth " + word;
    using Action = AuthArguments::Action;
    if (checked.action != Action::login) {
        refuse_strangers(command,
                         {{"--port", !words.port.empty()},
                          {"--redirect-uri", !words.redirect_uri.empty()},
                          {"--scope", !words.scope.empty()},
                          {"--timeout", !words.timeout.empty()},
                          {"--browser", words.browser}},
                         hint);
    }
    refuse_strangers(command,
                     {{"--json", words.json && checked.action != Action::show},
                      {"--local", words.local && checked.action != Action::logout}},
                     hint);
    checked.as_json = words.json;
    checked.local = words.local;
    checked.browser = words.browser;
    checked.scope = only_one(words.scope, "--scope", hint);
    checked.redirect = login_address(words, hint);
    const auto timeout = only_one(words.timeout, "--timeout", hint);
    checked.timeout = std::chrono::seconds(timeout ? number(*timeout, "--timeout", 1, kLongestTimeoutS, hint)
                                                   : kUsualTimeoutS);
    return checked;
}

RulesArguments rules_arguments(const RulesWords &words) {
    const std::string hint = "see 'xtap rules --help'";
    RulesArguments checked;
    const std::string word = named_action("rules", words.words, "list, add, delete or sync", hint);
    checked.action = rules_action(word, hint);
    static_cast<ClientArguments &>(checked) = client_arguments(words.client, hint);
    checked.words.assign(words.words.begin() + 1, words.words.end());
    using Action = RulesArguments::Action;
    if (checked.action == Action::list) refuse_extra(checked.words, 0, hint);
    if (checked.action == Action::add || checked.action == Action::sync) refuse_extra(checked.words, 1, hint);
    if (checked.action != Action::list && (checked.words.empty() || checked.words.front().empty()))
        refuse_usage("'rules " + word + "' needs " +
                         (checked.action == Action::add      ? "the value of a rule"
                          : checked.action == Action::remove ? "the id or the value of a rule"
                                                             : "a file of rules"),
                     hint);
    refuse_strangers("rules " + word,
                     {{"--tag", !words.tag.empty() && checked.action != Action::add},
                      {"--json", words.json && checked.action != Action::list},
                      {"--plain", words.plain && checked.action != Action::list},
                      {"--dry-run", words.dry_run && checked.action != Action::sync},
                      {"--allow-empty", words.allow_empty && checked.action != Action::sync}},
                     hint);
    if (words.json && words.plain) refuse_usage("--json and --plain exclude each other", hint);
    checked.tag = only_one(words.tag, "--tag", hint);
    checked.powerstream = words.powerstream;
    checked.as_json = words.json;
    checked.plain = words.plain;
    checked.dry_run = words.dry_run;
    checked.allow_empty = words.allow_empty;
    return checked;
}

ConnectionsArguments connections_arguments(const ConnectionsWords &words) {
    const std::string hint = "see 'xtap connections --help'";
    ConnectionsArguments checked;
    static_cast<ClientArguments &>(checked) = client_arguments(words.client, hint);
    checked.kill = !words.words.empty();
    if (checked.kill && words.words.front() != "kill")
        refuse_usage("'connections' has one action, 'kill', and no '" + words.words.front() + "'", hint);
    checked.all = words.all;
    checked.as_json = words.json;
    checked.endpoint = only_one(words.endpoint, "--endpoint", hint);
    if (!checked.kill) return checked;
    checked.ids.assign(words.words.begin() + 1, words.words.end());
    refuse_strangers("connections kill", {{"--json", words.json}}, hint);
    const int ways = (checked.ids.empty() ? 0 : 1) + (checked.endpoint ? 1 : 0) + (checked.all ? 1 : 0);
    if (ways != 1)
        refuse_usage(ways == 0 ? "'connections kill' needs to know which: ids, --endpoint NAME or --all"
                               : "'connections kill' takes ids or --endpoint or --all, one of them",
                     hint);
    return checked;
}

} // namespace xtap::cli
