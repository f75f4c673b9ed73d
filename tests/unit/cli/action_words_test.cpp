// The words of `xtap auth`, `xtap rules` and `xtap connections`.
#include "cli/action_words.hpp"

#include "cli/base/complaint.hpp"

#include <functional>
#include <gtest/gtest.h>

namespace xtap::cli {
namespace {

void expect_refused(const std::function<void()> &typed, const std::string &because) {
    try {
        typed();
        FAIL() << "nothing was refused where this was expected: " << because;
    } catch (const Complaint &complaint) {
        EXPECT_EQ(complaint.exit_code, ExitCode::usage);
        EXPECT_NE(complaint.message.find(because), std::string::npos) << complaint.message;
        EXPECT_NE(complaint.hint, "");
    }
}

void expect_refused(const AuthWords &typed, const std::string &because) {
    expect_refused([&] { static_cast<void>(auth_arguments(typed)); }, because);
}
void expect_refused(const RulesWords &typed, const std::string &because) {
    expect_refused([&] { static_cast<void>(rules_arguments(typed)); }, because);
}
void expect_refused(const ConnectionsWords &typed, const std::string &because) {
    expect_refused([&] { static_cast<void>(connections_arguments(typed)); }, because);
}

AuthWords auth(std::vector<std::string> words) {
    AuthWords typed;
    typed.words = std::move(words);
    return typed;
}
RulesWords rules(std::vector<std::string> words) {
    RulesWords typed;
    typed.words = std::move(words);
    return typed;
}
ConnectionsWords connections(std::vector<std::string> words) {
    ConnectionsWords typed;
    typed.words = std::move(words);
    return typed;
}

TEST(AuthWords, NameOneAction) {
    EXPECT_EQ(auth_arguments(auth({"app"})).action, AuthArguments::Action::app);
    EXPECT_EQ(auth_arguments(auth({"logout"})).action, AuthArguments::Action::logout);
    expect_refused(auth({}), "'auth' needs to know what to do: app, login");
    expect_refused(auth({"logon"}), "'auth logon' is none of app, login");
    expect_refused(auth({"show", "all"}), "'all' is one word too many");
}

TEST(AuthWords, SayWhereALoginComesBackTo) {
    EXPECT_EQ(auth_arguments(auth({"login"})).redirect.uri, "http://127.0.0.1:7357/callback");
    EXPECT_EQ(auth_arguments(auth({"login"})).timeout, std::chrono::minutes(5));
    AuthWords typed = auth({"login"});
    typed.port = {"0"};
    typed.timeout = {"7"};
    EXPECT_EQ(auth_arguments(typed).redirect.port, 0);
    EXPECT_EQ(auth_arguments(typed).timeout, std::chrono::seconds(7));
    typed.redirect_uri = {"http://localhost:1/x"};
    expect_refused(typed, "--port and --redirect-uri exclude each other");
    typed.port = {};
    EXPECT_EQ(auth_arguments(typed).redirect.path, "/x");
    typed = auth({"login"});
    for (const char *wrong : {"x", "-1", "65536", "", "1.5"}) {
        typed.port = {wrong};
        expect_refused(typed, "is not a whole number from 0 to 65535");
    }
}

TEST(AuthWords, RefuseAnOptionOfAnotherAction) {
    AuthWords typed = auth({"show"});
    typed.scope = {"tweet.read"};
    expect_refused(typed, "--scope does not belong to 'auth show'");
    typed = auth({"login"});
    typed.local = true;
    expect_refused(typed, "--local does not belong to 'auth login'");
}

TEST(RulesWords, NameAnActionAndWhatItNeeds) {
    EXPECT_EQ(rules_arguments(rules({"delete", "1", "cat"})).words, (std::vector<std::string>{"1", "cat"}));
    EXPECT_EQ(rules_arguments(rules({"add", "#cat lang:en"})).words.front(), "#cat lang:en");
    expect_refused(rules({}), "'rules' needs to know what to do");
    expect_refused(rules({"remove"}), "'rules remove' is none of list, add, delete, sync");
    expect_refused(rules({"add"}), "needs the value of a rule");
    expect_refused(rules({"add", ""}), "needs the value of a rule");
    expect_refused(rules({"delete"}), "needs the id or the value");
    expect_refused(rules({"sync"}), "needs a file of rules");
    expect_refused(rules({"sync", "a", "b"}), "'b' is one word too many");
    expect_refused(rules({"add", "cat", "has:images"}), "'has:images' is one word too many");
    expect_refused(rules({"list", "x"}), "'x' is one word too many");
}

TEST(RulesWords, RefuseAnOptionOfAnotherAction) {
    RulesWords typed = rules({"delete", "1"});
    typed.dry_run = true;
    expect_refused(typed, "--dry-run does not belong to 'rules delete'");
    typed = rules({"list"});
    typed.json = typed.plain = true;
    expect_refused(typed, "--json and --plain exclude each other");
}

TEST(ConnectionsWords, ListOrKillOneWay) {
    EXPECT_FALSE(connections_arguments(connections({})).kill);
    EXPECT_EQ(connections_arguments(connections({"kill", "a", "b"})).ids,
              (std::vector<std::string>{"a", "b"}));
    expect_refused(connections({"list"}), "'connections' has one action, 'kill', and no 'list'");
    expect_refused(connections({"kill"}), "needs to know which");
    ConnectionsWords typed = connections({"kill", "a"});
    typed.all = true;
    expect_refused(typed, "one of them");
    typed = connections({"kill"});
    typed.all = typed.json = true;
    expect_refused(typed, "--json does not belong to 'connections kill'");
}

TEST(ConnectionsWords, KeepSecretsOffTheCommandLine) {
    ConnectionsWords typed = connections({});
    typed.client.options = {"bearer_token=SECRET"};
    expect_refused(typed, "'bearer_token' is not taken from the command line");
}

} // namespace
} // namespace xtap::cli
