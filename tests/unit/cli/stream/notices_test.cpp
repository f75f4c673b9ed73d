// Notices as readable lines: every kind, with all its facts and with hardly any.
#include "cli/stream/notices.hpp"

#include <clocale>
#include <gtest/gtest.h>
#include <xtap/xtap.h>

namespace xtap::cli {
namespace {

std::string with_head(const std::string &facts) {
    return R"({"at_ms":1784548800123,"operation":"streamPostsFirehoseJa","partition":2)" +
           (facts.empty() ? "" : "," + facts) + "}";
}

std::string line(std::uint32_t kind, const std::string &facts) {
    return readable_notice(kind, with_head(facts)).line;
}

constexpr char kHead[] = "2026-07-20T12:00:00.123Z streamPostsFirehoseJa partition 2: ";

TEST(NoticeLine, SaysWhereItConnectsAndFromTheSecondTimeOnWhichAttemptItIs) {
    EXPECT_EQ(line(XTAP_NOTICE_CONNECTING, R"("attempt":1,"url":"https://h/2/x")"),
              kHead + std::string("connecting to https://h/2/x"));
    EXPECT_EQ(line(XTAP_NOTICE_CONNECTING, R"("attempt":3,"url":"https://h/2/x")"),
              kHead + std::string("connecting to https://h/2/x, attempt 3"));
}

TEST(NoticeLine, SaysHowFastItConnectedAndHowItIsEncoded) {
    EXPECT_EQ(line(XTAP_NOTICE_CONNECTED, R"("connect_ms":85,"content_encoding":"gzip")"),
              kHead + std::string("connected in 85 ms, gzip"));
}

TEST(NoticeLine, TellsAnAttemptThatFailedFromAConnectionThatBroke) {
    EXPECT_EQ(line(XTAP_NOTICE_DISCONNECTED,
                   R"("cause":"network","message":"connection refused","open_ms":0,"events":0)"),
              kHead + std::string("disconnected: connection refused"));
    EXPECT_EQ(
        line(XTAP_NOTICE_DISCONNECTED,
             R"("cause":"network","message":"reset","open_ms":12300,"events":1234,"dropped_tail_bytes":17)"),
        kHead + std::string("disconnected after 12.3 s and 1,234 events: reset; 17 bytes of an unfinished "
                            "last event are lost"));
}

constexpr char kStretch[] = R"("from_ms":1784548800000,"to_ms":1784548805100)";
constexpr char kStretchTold[] = "2026-07-20T12:00:00.000Z to 2026-07-20T12:00:05.100Z (5.1 s)";

std::string told(std::uint32_t kind, const std::string &facts) {
    const std::string text = line(kind, std::string(kStretch) + "," + facts);
    EXPECT_TRUE(text.starts_with(kHead)) << text;
    EXPECT_NE(text.find(kStretchTold), std::string::npos) << text;
    return text.substr(text.find(std::string(kStretchTold) + ": ") + sizeof kStretchTold + 1);
}

TEST(NoticeLine, SaysWhatIsAskedForAgainAndHow) {
    EXPECT_EQ(told(XTAP_NOTICE_REPAIRING, R"("by":"backfill","minutes":2)"),
              "asking for them by backfill of 2 minutes");
    EXPECT_EQ(told(XTAP_NOTICE_REPAIRING, R"("by":"recovery")"), "asking for them by recovery");
}

TEST(NoticeLine, SaysWhatARepairBrought) {
    EXPECT_EQ(
        told(XTAP_NOTICE_REPAIRED, R"("by":"recovery","outcome":"repaired","events":1234,"repeated":12)"),
        "1,234 missed events came, and 12 known ones again");
    EXPECT_EQ(told(XTAP_NOTICE_REPAIRED, R"("by":"redundancy","outcome":"covered","events":0,"repeated":0)"),
              "another connection was open");
}

TEST(NoticeLine, SaysWhyEventsAreMissingForEveryReasonAndForOneThatIsNew) {
    for (const char *reason : {"backfill_only", "unsupported", "refused", "too_old", "failed", "stopped"}) {
        const std::string why = told(XTAP_NOTICE_GAP, "\"reason\":\"" + std::string(reason) + "\"");
        EXPECT_NE(why, reason);
        EXPECT_NE(why.find(' '), std::string::npos) << why;
    }
    EXPECT_EQ(told(XTAP_NOTICE_GAP, R"("reason":"another")"), "another");
    EXPECT_TRUE(readable_notice(XTAP_NOTICE_GAP, "{}").line.find("GAP: ") != std::string::npos);
}

TEST(BeginningNotice, SaysFromWhereTheStreamGoesOn) {
    Beginning beginning = {"streamX", "/a\nb", true, 1784548800123};
    EXPECT_EQ(beginning_line(beginning).find('\n'), std::string::npos);
    EXPECT_NE(beginning_line(beginning).find(
                  "2026-07-20T12:00:00.123Z streamX: going on from the checkpoint in '/a"),
              std::string::npos);
    EXPECT_EQ(
        beginning_json(beginning),
        R"({"at_ms":1784548800123,"checkpoint":"/a\nb","notice":"beginning","operation":"streamX","resumed":true})");
    beginning.resumed = false;
    EXPECT_NE(beginning_line(beginning).find("yet: beginning from now"), std::string::npos);
}

TEST(NoticeLine, SaysHowLongItWaitsAndByWhichRule) {
    EXPECT_EQ(line(XTAP_NOTICE_BACKING_OFF, R"("delay_ms":0,"rule":"immediate","attempt":1)"),
              kHead + std::string("connecting again at once"));
    EXPECT_EQ(line(XTAP_NOTICE_BACKING_OFF,
                   R"("delay_ms":5000,"until_ms":1784548805123,"rule":"http","attempt":2)"),
              kHead + std::string("next connection in 5.0 s (rule: http, attempt 2)"));
}

TEST(NoticeLine, RepeatsTheServersWordsOnce) {
    EXPECT_EQ(
        line(
            XTAP_NOTICE_SYSTEM,
            R"("title":"operational-disconnect","disconnect_type":"UpstreamOperationalDisconnect","detail":"bye","message":"{}")"),
        kHead + std::string("the server says: operational-disconnect: UpstreamOperationalDisconnect: bye"));
    EXPECT_EQ(line(XTAP_NOTICE_SYSTEM, R"("message":"{\"errors\":[]}")"),
              kHead + std::string(R"(the server says: {"errors":[]})"));
}

TEST(NoticeLine, GivesTheFiguresOfLaggingOversizedAndRateLimited) {
    EXPECT_EQ(line(XTAP_NOTICE_LAGGING,
                   R"("queue_bytes":67108864,"queue_capacity":67108864,"queue_records":61234,"lag_ms":1200)"),
              kHead + std::string("lagging: 61,234 records (67,108,864 of 67,108,864 bytes) wait, the oldest "
                                  "for 1.2 s; reading pauses"));
    EXPECT_EQ(line(XTAP_NOTICE_OVERSIZED, R"("size":16777216,"limit":8388608)"),
              kHead + std::string("dropped an event of 16,777,216 bytes: max_event_bytes is 8,388,608"));
    EXPECT_EQ(line(XTAP_NOTICE_RATE_LIMITED, R"("retry_after_ms":60000,"reset_ms":1784549700000)"),
              kHead +
                  std::string(
                      "rate limited: waiting at least 60.0 s, the window ends at 2026-07-20T12:15:00.000Z"));
}

TEST(NoticeLine, PassesAnUnknownKindOn) {
    const std::string json = with_head(R"("new_fact":1)");
    EXPECT_EQ(readable_notice(0x8fff, json).line, kHead + json);
}

TEST(NoticeLine, SurvivesFactsThatAreMissingOrOfAnotherType) {
    for (std::uint32_t kind = XTAP_NOTICE_CONNECTING; kind <= XTAP_NOTICE_RATE_LIMITED; ++kind) {
        EXPECT_NE(readable_notice(kind, "{}").line, "");
        EXPECT_NE(
            readable_notice(kind, R"({"at_ms":"x","operation":5,"message":[],"delay_ms":1.5,"url":null})")
                .line,
            "");
    }
    EXPECT_EQ(readable_notice(XTAP_NOTICE_SYSTEM, "no json\x1b").line, "no json?");
}

TEST(NoticeLine, NeverLetsAServerTouchTheTerminal) {
    const std::string shown =
        line(XTAP_NOTICE_SYSTEM, R"("detail":"\u001b[2Jgone\nxtap: error: forged","message":"")");
    EXPECT_EQ(shown, kHead + std::string("the server says: ?[2Jgone xtap: error: forged"));
}

TEST(NoticeLine, KnowsNoOperationPartitionThatIsZero) {
    EXPECT_EQ(readable_notice(XTAP_NOTICE_CONNECTED,
                              R"({"at_ms":0,"operation":"streamPosts","partition":0,"connect_ms":1})")
                  .line,
              "1970-01-01T00:00:00.000Z streamPosts: connected in 1 ms");
}

TEST(NoticeState, FollowsTheConnection) {
    const auto state = [](std::uint32_t kind, const std::string &facts) {
        return readable_notice(kind, with_head(facts)).state;
    };
    EXPECT_EQ(state(XTAP_NOTICE_CONNECTING, ""), "connecting");
    EXPECT_EQ(state(XTAP_NOTICE_CONNECTED, ""), "streaming");
    EXPECT_EQ(state(XTAP_NOTICE_DISCONNECTED, R"("open_ms":5)"), "disconnected");
    EXPECT_EQ(state(XTAP_NOTICE_DISCONNECTED, R"("cause":"finished")"), "ending");
    EXPECT_EQ(state(XTAP_NOTICE_BACKING_OFF, R"("delay_ms":5000,"until_ms":1784548805123)"),
              "waiting until 12:00:05Z");
    EXPECT_EQ(state(XTAP_NOTICE_OVERSIZED, ""), std::nullopt);
}

TEST(NoticeReason, IsTheLastDisconnectionsMessageUnlessItWasWishedFor) {
    const auto reason = [](const std::string &facts) {
        return readable_notice(XTAP_NOTICE_DISCONNECTED, with_head(facts)).reason;
    };
    EXPECT_EQ(reason(R"("cause":"network","message":"refused","open_ms":0)"), "refused");
    EXPECT_EQ(reason(R"("cause":"finished","message":"finished","open_ms":0)"), std::nullopt);
}

} // namespace
} // namespace xtap::cli
