// Options by name: what is accepted, what is refused with which words, and what options demand of each other.
#include "api/failure.hpp"
#include "api/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace xtap::api {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// The failure that `action` throws; status ok when it throws none.
Failure failure_of(const std::function<void()> &action) {
    try {
        action();
    } catch (const Failure &failure) {
        return failure;
    }
    return Failure(Status::ok, "");
}

Failure refused(std::string_view name, std::string_view value) {
    return failure_of([&] {
        Options options;
        options.set(name, value);
    });
}

TEST(OptionTable, HoldsEachOptionAtTheIndexOfItsEnumerator) {
    ASSERT_EQ(option_table().size(), option_count);
    ASSERT_EQ(option_names().size(), option_count);
    for (std::size_t index = 0; index < option_count; ++index) {
        EXPECT_EQ(static_cast<std::size_t>(option_table()[index].option), index);
        EXPECT_EQ(option_table()[index].name, option_names()[index]);
        EXPECT_FALSE(option_table()[index].doc.empty());
    }
}

TEST(Options, StartAtTheDocumentedDefaults) {
    const Options options;
    EXPECT_EQ(options.text(Option::base_url), "https://api.x.com");
    EXPECT_EQ(options.text(Option::user_agent), "libxtap/" + std::string(library_version));
    EXPECT_EQ(options.text(Option::tls_min), "1.2");
    EXPECT_EQ(options.text(Option::log_level), "warn");
    EXPECT_EQ(options.text(Option::validate), "strict");
    EXPECT_EQ(options.text(Option::index), "full");
    EXPECT_EQ(options.text(Option::proxy), "");
    EXPECT_TRUE(options.flag(Option::compression));
    EXPECT_TRUE(options.flag(Option::deliver_json));
    EXPECT_FALSE(options.flag(Option::allow_insecure));
    EXPECT_EQ(options.integer(Option::connect_timeout_ms), 10000);
    EXPECT_EQ(options.integer(Option::stall_timeout_ms), 25000);
    EXPECT_EQ(options.integer(Option::backoff_network_step_ms), 250);
    EXPECT_EQ(options.integer(Option::backoff_network_max_ms), 16000);
    EXPECT_EQ(options.integer(Option::backoff_http_start_ms), 5000);
    EXPECT_EQ(options.integer(Option::backoff_http_max_ms), 320000);
    EXPECT_EQ(options.integer(Option::backoff_rate_limit_start_ms), 60000);
    EXPECT_EQ(options.integer(Option::healthy_after_ms), 60000);
    EXPECT_EQ(options.integer(Option::connect_budget), -1);
    EXPECT_EQ(options.integer(Option::max_reconnects), -1);
    EXPECT_EQ(options.integer(Option::read_ahead_bytes), std::int64_t{64} << 20);
    EXPECT_EQ(options.integer(Option::max_event_bytes), std::int64_t{8} << 20);
    EXPECT_EQ(options.integer(Option::read_min_bytes), 1);
    EXPECT_EQ(options.integer(Option::read_linger_ms), 0);
    for (const OptionSpec &spec : option_table())
        EXPECT_FALSE(options.is_set(spec.option)) << spec.name;
    EXPECT_NO_THROW(options.check());
}

TEST(Options, GoBackToTheDefaultWhenNoValueIsGiven) {
    Options options;
    options.set("stall_timeout_ms", "30000");
    EXPECT_TRUE(options.is_set(Option::stall_timeout_ms));
    EXPECT_EQ(options.integer(Option::stall_timeout_ms), 30000);
    options.set("stall_timeout_ms", std::nullopt);
    EXPECT_FALSE(options.is_set(Option::stall_timeout_ms));
    EXPECT_EQ(options.integer(Option::stall_timeout_ms), 25000);
}

TEST(Options, SuggestTheNearestNameForOneThatDoesNotExist) {
    const Failure failure = refused("stall_timout_ms", "1000");
    EXPECT_EQ(failure.status, Status::unknown_name);
    EXPECT_THAT(failure.message, AllOf(HasSubstr("\"stall_timout_ms\""), HasSubstr("stall_timeout_ms?")));
}

TEST(Options, ListAllNamesWhenNoneIsNear) {
    const Failure failure = refused("zzzzzzzzzzzzzzzz", "1");
    EXPECT_EQ(failure.status, Status::unknown_name);
    for (const std::string_view name : option_names())
        EXPECT_THAT(failure.message, HasSubstr(std::string(name)));
}

TEST(Options, TakeEveryWordForAFlag) {
    Options options;
    for (const char *word : {"on", "true", "yes", "1"}) {
        options.set("allow_insecure", word);
        EXPECT_TRUE(options.flag(Option::allow_insecure)) << word;
    }
    for (const char *word : {"off", "false", "no", "0"}) {
        options.set("compression", word);
        EXPECT_FALSE(options.flag(Option::compression)) << word;
    }
    for (const char *word : {"", "ON", "2", "on ", "maybe"}) {
        const Failure failure = refused("compression", word);
        EXPECT_EQ(failure.status, Status::value) << word;
        EXPECT_THAT(failure.message, AllOf(HasSubstr("compression"), HasSubstr(word), HasSubstr("off")));
    }
}

TEST(Options, TakeWholeNumbersWithinTheRangeOnly) {
    Options options;
    options.set("stall_timeout_ms", "1");
    options.set("stall_timeout_ms", "3600000");
    options.set("max_reconnects", "-1");
    EXPECT_EQ(options.integer(Option::max_reconnects), -1);
    for (const char *value : {"0", "3600001", "-1", "99999999999999999999999", "-99999999999999999999999"}) {
        const Failure failure = refused("stall_timeout_ms", value);
        EXPECT_EQ(failure.status, Status::value) << value;
        EXPECT_THAT(failure.message, AllOf(HasSubstr("stall_timeout_ms"), HasSubstr(value),
                                           HasSubstr("out of range"), HasSubstr("1 to 3600000 ms")));
    }
    for (const char *value : {"", " 5", "5 ", "+5", "5s", "0x10", "1e3", "1.5", "-", "KiB", "1KiB"}) {
        const Failure failure = refused("stall_timeout_ms", value);
        EXPECT_EQ(failure.status, Status::value) << value;
        EXPECT_THAT(failure.message, AllOf(HasSubstr("no whole number"), HasSubstr("1 to 3600000 ms")));
    }
}

TEST(Options, TakeSizesInBytesOrWithAUnit) {
    Options options;
    options.set("max_event_bytes", "4096");
    EXPECT_EQ(options.integer(Option::max_event_bytes), 4096);
    options.set("max_event_bytes", "16KiB");
    EXPECT_EQ(options.integer(Option::max_event_bytes), 16384);
    options.set("max_event_bytes", "1GiB");
    EXPECT_EQ(options.integer(Option::max_event_bytes), std::int64_t{1} << 30);
    options.set("read_ahead_bytes", "64GiB");
    EXPECT_EQ(options.integer(Option::read_ahead_bytes), std::int64_t{64} << 30);
    options.set("read_ahead_bytes", "0");
    EXPECT_EQ(options.integer(Option::read_ahead_bytes), 0);
    for (const char *value : {"0", "1023", "0MiB", "2GiB", "9007199254740993GiB", "-1KiB"})
        EXPECT_THAT(refused("max_event_bytes", value).message, HasSubstr("out of range")) << value;
    for (const char *value : {"MiB", "8MB", "8mib", "8 MiB", "8.5MiB"})
        EXPECT_THAT(refused("max_event_bytes", value).message,
                    AllOf(HasSubstr("no whole number"), HasSubstr("KiB, MiB or GiB")))
            << value;
}

TEST(Options, NameTheChoicesWhenAValueIsNone) {
    const Failure failure = refused("log_level", "verbose");
    EXPECT_EQ(failure.status, Status::value);
    EXPECT_EQ(failure.message, "log_level: \"verbose\" is not known; allowed: off, error, warn, info, debug");
    EXPECT_EQ(refused("tls_min", "1.1").status, Status::value);
}

TEST(Options, KeepTheFormerValueWhenANewOneIsRefused) {
    Options options;
    options.set("read_linger_ms", "7");
    EXPECT_EQ(failure_of([&] { options.set("read_linger_ms", "never"); }).status, Status::value);
    EXPECT_EQ(options.integer(Option::read_linger_ms), 7);
}

TEST(Secrets, AreNeverReadBackOrPutIntoAMessage) {
    Options options;
    EXPECT_EQ(options.get("bearer_token"), "");
    options.set("bearer_token", "AAAAsecret%2Bvalue%3D");
    EXPECT_EQ(options.get("bearer_token"), "***");
    EXPECT_EQ(options.secret(Option::bearer_token).reveal(), "AAAAsecret%2Bvalue%3D");
    const Failure failure = refused("bearer_token", "AAAAsecret\r\nEvil: 1");
    EXPECT_EQ(failure.status, Status::value);
    EXPECT_THAT(failure.message, AllOf(HasSubstr("bearer_token contains a line break at byte 11"),
                                       Not(HasSubstr("secret")), Not(HasSubstr("Evil"))));
}

TEST(Secrets, RefuseWhatCannotStandInAHeader) {
    using namespace std::string_view_literals;
    EXPECT_THAT(refused("bearer_token", "").message, HasSubstr("bearer_token is empty"));
    EXPECT_THAT(refused("bearer_token", "ab\0c"sv).message, HasSubstr("a NUL at byte 3"));
    EXPECT_THAT(refused("bearer_token", "\tab").message, HasSubstr("a tab at byte 1"));
    EXPECT_THAT(refused("bearer_token", "Bearer AAAA").message, HasSubstr("a space at byte 7"));
    EXPECT_THAT(refused("bearer_token", "ab\x01").message, HasSubstr("a control character at byte 3"));
    EXPECT_THAT(refused("bearer_token", "t\xC3\xB6ken").message, HasSubstr("not ASCII at byte 2"));
}

TEST(UserAgent, RefusesLineBreaksAndEmptiness) {
    Options options;
    options.set("user_agent", "my program/1.0 (me@example.org)");
    EXPECT_EQ(options.text(Option::user_agent), "my program/1.0 (me@example.org)");
    EXPECT_EQ(refused("user_agent", "").status, Status::value);
    EXPECT_THAT(refused("user_agent", "a\nX-Evil: 1").message, HasSubstr("a line break at byte 2"));
}

TEST(FileNames, RefuseControlCharactersOnly) {
    Options options;
    options.set("ca_file", "/etc/ssl/m\xC3\xBCnchen \"certs\".pem");
    EXPECT_EQ(options.get("ca_file"), "/etc/ssl/m\xC3\xBCnchen \"certs\".pem");
    EXPECT_THAT(refused("bearer_token_file", "/run/token\n").message, HasSubstr("a line break at byte 11"));
}

TEST(Proxy, HidesUserAndPassword) {
    Options options;
    options.set("proxy", "http://me:pass@word@proxy.example:3128");
    EXPECT_EQ(options.get("proxy"), "http://***@proxy.example:3128");
    EXPECT_EQ(options.text(Option::proxy), "http://me:pass@word@proxy.example:3128");
    const Failure failure = refused("proxy", "ftp://me:password@proxy.example:3128");
    EXPECT_EQ(failure.status, Status::value);
    EXPECT_THAT(failure.message, AllOf(HasSubstr("proxy"), HasSubstr("socks5h"), Not(HasSubstr("me:"))));
    options.set("proxy", "");
    EXPECT_EQ(options.get("proxy"), "");
}

TEST(Environment, SetsEveryOptionThatHasAVariable) {
    const std::map<std::string, std::string> variables{{"XTAP_BEARER_TOKEN", "AAAA"},
                                                       {"XTAP_STALL_TIMEOUT_MS", "21000"},
                                                       {"XTAP_COMPRESSION", ""},
                                                       {"XTAP_NO_OPTION", "x"}};
    const auto getter = [&](const std::string &name) -> const char * {
        const auto found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
    };
    for (const char *prefix : {"XTAP", "XTAP_"}) {
        Options options;
        options.load_environment(prefix, getter);
        EXPECT_EQ(options.get("bearer_token"), "***");
        EXPECT_EQ(options.integer(Option::stall_timeout_ms), 21000);
        EXPECT_FALSE(options.is_set(Option::compression));
    }
    Options other;
    other.load_environment("MY", getter);
    EXPECT_FALSE(other.is_set(Option::bearer_token));
}

TEST(Environment, ChangesNothingWhenOneVariableIsRefusedAndNamesIt) {
    const auto getter = [](const std::string &name) -> const char * {
        if (name == "XTAP_BASE_URL") return "https://example.org";
        return name == "XTAP_READ_LINGER_MS" ? "soon" : nullptr;
    };
    Options options;
    const Failure failure = failure_of([&] { options.load_environment("XTAP", getter); });
    EXPECT_EQ(failure.status, Status::value);
    EXPECT_THAT(failure.message, AllOf(HasSubstr("XTAP_READ_LINGER_MS: read_linger_ms"), HasSubstr("soon")));
    EXPECT_EQ(options.text(Option::base_url), "https://api.x.com");
}

TEST(Environment, RefusesAPrefixThatCannotBeginAVariable) {
    for (const char *prefix : {"", "1X", "X-", "X Y", "X="}) {
        Options options;
        const auto none = [](const std::string &) -> const char * { return nullptr; };
        const Failure failure = failure_of([&] { options.load_environment(prefix, none); });
        EXPECT_EQ(failure.status, Status::value) << prefix;
        EXPECT_THAT(failure.message, HasSubstr("prefix")) << prefix;
    }
}

TEST(StreamOptions, RefuseWhatBelongsToTheClient) {
    Options options;
    options.set_for_stream("stall_timeout_ms", "30000");
    for (const OptionSpec &spec : option_table()) {
        if (spec.scope != OptionScope::client) continue;
        const Failure failure = failure_of([&] { options.set_for_stream(spec.name, spec.default_text); });
        EXPECT_EQ(failure.status, Status::value) << spec.name;
        EXPECT_THAT(failure.message, AllOf(HasSubstr(std::string(spec.name)), HasSubstr("client")));
    }
    EXPECT_EQ(failure_of([&] { options.set_for_stream("stall", "1"); }).status, Status::unknown_name);
}

TEST(StreamOptions, ReplaceThoseOfTheClientOnlyWhereTheyAreSet) {
    Options client;
    client.set("stall_timeout_ms", "30000");
    client.set("read_linger_ms", "5");
    client.set("bearer_token", "AAAA");
    Options stream;
    stream.set_for_stream("stall_timeout_ms", "40000");
    Options merged = client;
    merged.overlay(stream);
    EXPECT_EQ(merged.integer(Option::stall_timeout_ms), 40000);
    EXPECT_EQ(merged.integer(Option::read_linger_ms), 5);
    EXPECT_EQ(merged.secret(Option::bearer_token).reveal(), "AAAA");
    EXPECT_EQ(client.integer(Option::stall_timeout_ms), 30000);
}

TEST(CrossChecks, DemandReadAheadForTwoEventsOrNone) {
    Options options;
    options.set("max_event_bytes", "1MiB");
    for (const char *good : {"0", "2MiB", "3MiB"}) {
        options.set("read_ahead_bytes", good);
        EXPECT_NO_THROW(options.check()) << good;
    }
    for (const char *bad : {"1", "1MiB", "2097151"}) {
        options.set("read_ahead_bytes", bad);
        const Failure failure = failure_of([&] { options.check(); });
        EXPECT_EQ(failure.status, Status::value) << bad;
        EXPECT_THAT(failure.message, AllOf(HasSubstr("read_ahead_bytes"), HasSubstr("max_event_bytes"),
                                           HasSubstr("at least 2097152")));
    }
}

TEST(CrossChecks, AllowPlainHttpForLoopbackHostsOnly) {
    for (const char *url : {"http://localhost:8080", "http://LOCALHOST", "http://127.0.0.1:1/x",
                            "http://127.9.8.7", "http://[::1]:80", "http://[0:0:0:0:0:0:0:1]"}) {
        Options options;
        options.set("base_url", url);
        EXPECT_NO_THROW(options.check()) << url;
    }
    for (const char *url :
         {"http://api.x.com", "http://127.0.0.1.example.org", "http://localhost.example.org",
          "http://128.0.0.1", "http://[::2]", "http://0.0.0.0", "http://127.1"}) {
        Options options;
        options.set("base_url", url);
        const Failure failure = failure_of([&] { options.check(); });
        EXPECT_EQ(failure.status, Status::value) << url;
        EXPECT_THAT(failure.message, AllOf(HasSubstr(url), HasSubstr("allow_insecure")));
        options.set("allow_insecure", "true");
        EXPECT_NO_THROW(options.check()) << url;
    }
}

TEST(Options, RefusesACredentialThatLacksItsOtherHalf) {
    const struct {
        std::string_view option, needs;
    } halves[] = {{"api_key", "api_secret"},
                  {"api_secret", "api_key"},
                  {"oauth2_client_secret", "oauth2_client_id"},
                  {"oauth2_refresh_token", "oauth2_client_id"},
                  {"oauth1_token", "oauth1_token_secret"},
                  {"oauth1_token_secret", "oauth1_token"}};
    for (const auto &[option, needs] : halves) {
        Options options;
        options.set(option, "AAAA");
        const Failure failure = failure_of([&] { options.check(); });
        EXPECT_EQ(failure.status, Status::value) << option;
        EXPECT_EQ(failure.message,
                  std::string(option) + " is set without " + std::string(needs) + ", which it needs");
        options.set(needs, "BBBB");
        if (needs.starts_with("oauth1") || option.starts_with("oauth1")) continue; // the next test
        EXPECT_NO_THROW(options.check()) << option;
    }
}

TEST(Options, WantTheAppsKeyBesideAnOauth1Token) {
    Options options;
    options.set("oauth1_token", "AAAA");
    options.set("oauth1_token_secret", "BBBB");
    EXPECT_THAT(failure_of([&] { options.check(); }).message,
                HasSubstr("oauth1_token is set without api_key"));
    options.set("api_key", "CCCC");
    options.set("api_secret", "DDDD");
    EXPECT_NO_THROW(options.check());
}

} // namespace
} // namespace xtap::api
