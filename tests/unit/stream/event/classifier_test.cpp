// What a line is: kind, flags, id, key and time, for every shape that X sends.
#include "stream/event/classifier.hpp"

#include <gtest/gtest.h>
#include <string>

namespace xtap::event {
namespace {

Facts classify(Kind expected, std::string_view line) {
    const Facts facts = Classifier(expected, Pointers()).classify(line, nullptr);
    for (const Backend &backend : backends()) {
        const Facts same = Classifier(expected, Pointers(), backend).classify(line, nullptr);
        EXPECT_EQ(same.kind, facts.kind) << backend.name;
        EXPECT_EQ(same.flags, facts.flags) << backend.name;
        EXPECT_EQ(same.id, facts.id) << backend.name;
        EXPECT_EQ(same.key, facts.key) << backend.name;
        EXPECT_EQ(same.time_ms, facts.time_ms) << backend.name;
    }
    return facts;
}

using Key = std::array<std::uint64_t, 2>;
constexpr std::uint64_t kId = 1346889436626259968;
constexpr std::int64_t kIdTime = 1609958440344;

TEST(Classifier, ReadsAPostInEitherDialectWithErrorsBesideIt) {
    for (const char *posts : {"tweets", "posts"}) {
        const Facts facts = classify(
            Kind::event_post,
            R"({"data":{"author_id":"2244994945","created_at":"Wed Jan 06 18:40:40 +0000 2021","id":"1346889436626259968",)"
            R"("text":"Some words\u2026 https:\/\/t.co\/56a0vZUx7i","username":"somebody"},)"
            R"("errors":[{"title":"t","type":"u","detail":"d","status":123}],"includes":{")" +
                std::string(posts) + R"(":[{"id":"1"}]}})");
        EXPECT_EQ(facts.kind, Kind::event_post);
        EXPECT_EQ(facts.flags, flag_partial);
        EXPECT_EQ(facts.id, kId);
        EXPECT_EQ(facts.key, (Key{kId, 0}));
        EXPECT_EQ(facts.time_ms, kIdTime);
    }
}

TEST(Classifier, IsPartialOnlyWithErrorsThatSaySomething) {
    EXPECT_EQ(classify(Kind::event_post, R"({"data":{"id":"1"},"errors":[ ]})").flags, 0u);
    EXPECT_EQ(classify(Kind::event_post, R"({"data":{"id":"1"},"errors":null})").flags, 0u);
    EXPECT_EQ(classify(Kind::event_post, R"({"errors": [ {}],"data":{"id":"1"}})").flags, flag_partial);
}

TEST(Classifier, TakesIdsAsTextNumberOrWrittenWithEscapes) {
    EXPECT_EQ(classify(Kind::event_post, R"({"data":{"id":1346889436626259968}})").id, kId);
    EXPECT_EQ(classify(Kind::event_post, R"({"data":{"id":"\u0031346889436626259968"}})").id, kId);
    EXPECT_EQ(classify(Kind::event_post, R"({"data":{"\u0069d":"1346889436626259968"}})").id, kId);
    EXPECT_EQ(classify(Kind::event_post, R"({"data":{"id":"99999999999999999999"}})").id, 0u);
}

TEST(Classifier, FallsBackToCreatedAtWhenAnIdHasNoTime) {
    EXPECT_EQ(
        classify(Kind::event_post, R"({"data":{"id":"20","created_at":"2006-03-21T20:50:14.000Z"}})").time_ms,
        1142974214000);
    EXPECT_EQ(
        classify(Kind::event_post, R"({"data":{"created_at":"2006-03-21T20:50:14.000Z","id":"20"}})").time_ms,
        1142974214000);
    EXPECT_EQ(classify(Kind::event_post, R"({"data":{"id":"20"}})").time_ms, kTimeUnknown);
    const Facts without = classify(Kind::event_post, R"({"data":{"text":"x"}})");
    EXPECT_EQ(without.id, 0u);
    EXPECT_NE(without.key, (Key{0, 0}));
}

TEST(Classifier, ReadsOlderAndPowerstreamPosts) {
    const Facts facts = classify(Kind::event_post,
                                 R"({"created_at":"Wed Jan 06 18:40:40 +0000 2021","id":1346889436626259968,)"
                                 R"("id_str":"1346889436626259968","text":"x","user":{"id":1}})");
    EXPECT_EQ(facts.kind, Kind::event_post);
    EXPECT_EQ(facts.id, kId);
    EXPECT_EQ(facts.time_ms, kIdTime);
    const Facts early = classify(Kind::event_post,
                                 R"({"created_at":"Wed Jan 06 18:40:40 +0000 2021","id":20,"full_text":""})");
    EXPECT_EQ(early.kind, Kind::event_post);
    EXPECT_EQ(early.time_ms, 1609958440000);
}

TEST(Classifier, ReadsALikeWithItsHexadecimalId) {
    const Facts facts = classify(
        Kind::event_like, R"({"data":{"id":"8ba4f34e6235d905a46bac021d98e923",)"
                          R"("created_at":"2021-01-06T18:40:40.000Z","timestamp_ms":"1609958440123"}})");
    EXPECT_EQ(facts.kind, Kind::event_like);
    EXPECT_EQ(facts.id, 0u);
    EXPECT_EQ(facts.key, (Key{0x8ba4f34e6235d905, 0xa46bac021d98e923}));
    EXPECT_EQ(facts.time_ms, 1609958440123);
}

TEST(Classifier, ReadsALikeWithoutATimestampOrWithANumericOrOtherId) {
    const Facts numeric =
        classify(Kind::event_like, R"({"data":{"id":"17","created_at":"2021-01-06T18:40:40.000Z"}})");
    EXPECT_EQ(numeric.id, 17u);
    EXPECT_EQ(numeric.key, (Key{17, static_cast<std::uint64_t>(Kind::event_like)}));
    EXPECT_EQ(numeric.time_ms, 1609958440000);
    const Facts other = classify(Kind::event_like, R"({"data":{"id":"abc_1","timestamp_ms":5}})");
    EXPECT_EQ(other.key, classify(Kind::event_like, R"({"data":{"timestamp_ms":6,"id":"abc_1"}})").key);
    EXPECT_EQ(other.time_ms, 5);
}

TEST(Classifier, ReadsComplianceEventsOfPostsUsersAndLikes) {
    const Facts post =
        classify(Kind::event_post_compliance, R"({"data":{"delete":{"tweet":{"id":"601430178305220608",)"
                                              R"("author_id":"1"},"event_at":"2021-07-06T18:40:40.000Z"}}})");
    EXPECT_EQ(post.kind, Kind::event_post_compliance);
    EXPECT_EQ(post.id, 601430178305220608u);
    EXPECT_EQ(post.time_ms, 1625596840000);
    const Facts user =
        classify(Kind::event_user_compliance,
                 R"({"data":{"user_protect":{"user":{"id":"42"},"event_at":"2021-07-06T18:40:40.000Z"}}})");
    EXPECT_EQ(user.kind, Kind::event_user_compliance);
    EXPECT_EQ(user.id, 42u);
    EXPECT_EQ(user.time_ms, 1625596840000);
    const Facts like =
        classify(Kind::event_like_compliance, R"({"data":{"delete":{"favorite":{"id":"7","user_id":"8"},)"
                                              R"("event_at":"2021-07-06T18:40:40.000Z"}}})");
    EXPECT_EQ(like.id, 7u);
    const Facts renamed = classify(
        Kind::event_like_compliance,
        R"({"data":{"delete":{"like":{"id":"ab","liked_tweet_id":"9"}},"event_at":"2021-07-06T18:40:40Z"}})");
    EXPECT_EQ(renamed.id, 9u);
    EXPECT_EQ(renamed.time_ms, 1625596840000);
}

TEST(Classifier, ReadsLabelsAndComplianceEventsOfNamesNotHeardOf) {
    const Facts label =
        classify(Kind::event_label, R"({"data":{"public_tweet_notice":{"tweet":{"id":"5","author_id":"6"},)"
                                    R"("event_type":"x","event_at":"2021-07-06T18:40:40Z"}}})");
    EXPECT_EQ(label.kind, Kind::event_label);
    EXPECT_EQ(label.id, 5u);
    EXPECT_EQ(label.time_ms, 1625596840000);
    const Facts unknown =
        classify(Kind::event_post_compliance,
                 R"({"data":{"brand_new":{"post":{"id":"5"},"event_at":"2021-07-06T18:40:40Z"}}})");
    EXPECT_EQ(unknown.id, 5u);
    EXPECT_EQ(unknown.time_ms, 1625596840000);
}

TEST(Classifier, TellsComplianceEventsApartByTheirBytes) {
    const auto key = [](const char *at) {
        return classify(Kind::event_post_compliance,
                        std::string(R"({"data":{"drop":{"tweet":{"id":"5"},"event_at":"2021-07-06T18:40:4)") +
                            at + R"(Z"}}})")
            .key;
    };
    EXPECT_NE(key("1"), key("2"));
    EXPECT_EQ(key("1"), key("1"));
}

TEST(Classifier, ReadsComplianceEventsWithoutDataOnComplianceStreamsAlone) {
    const char *line = R"({"delete":{"status":{"id":"5","user_id":"6"},"timestamp_ms":"1609958440344"}})";
    const Facts facts = classify(Kind::event_post_compliance, line);
    EXPECT_EQ(facts.kind, Kind::event_post_compliance);
    EXPECT_EQ(facts.id, 5u);
    EXPECT_EQ(facts.time_ms, kIdTime);
    EXPECT_EQ(classify(Kind::event_post, line).kind, Kind::event_other);
}

TEST(Classifier, ReadsActivitiesOfBothShapes) {
    const Facts facts = classify(Kind::event_activity,
                                 R"({"data":{"event_uuid":"1346889436626259968","event_type":"post.create",)"
                                 R"("payload":{"id":"77","created_at":"2021-07-06T18:40:40.000Z"}}})");
    EXPECT_EQ(facts.kind, Kind::event_activity);
    EXPECT_EQ(facts.id, 77u);
    EXPECT_EQ(facts.key, (Key{kId, static_cast<std::uint64_t>(Kind::event_activity)}));
    EXPECT_EQ(facts.time_ms, kIdTime);
    const Facts uuid =
        classify(Kind::event_activity, R"({"data":{"event_uuid":"123e4567-e89b-12d3-a456-426614174000",)"
                                       R"("payload":{"timestamp_ms":1609958440344}}})");
    EXPECT_EQ(uuid.key, (Key{0x123e4567e89b12d3, 0xa456426614174000}));
    EXPECT_EQ(uuid.time_ms, kIdTime);
    const Facts account = classify(
        Kind::event_activity, R"({"for_user_id":"1","event_type":"favorite_events",)"
                              R"("created_at":"2024-01-15T10:30:00.000Z","favorite_events":[{"id":"2"}]})");
    EXPECT_EQ(account.kind, Kind::event_activity);
    EXPECT_EQ(account.time_ms, 1705314600000);
    EXPECT_NE(account.key, (Key{0, 0}));
}

TEST(Classifier, HearsWhatXSaysAboutTheStream) {
    for (
        const char *line :
        {R"({"errors":[{"title":"operational-disconnect","disconnect_type":"UpstreamOperationalDisconnect","detail":"d"}]})",
         R"({"title":"ConnectionException","detail":"d","connection_issue":"TooManyConnections","type":"t"})",
         R"({"title":"t","type":"about:blank"})", R"({"title":"t","detail":"d","status":503})",
         R"({"disconnect_type":"ForceDisconnect"})", R"({"type":"connection_metadata","connection_id":"1"})",
         R"({"data":null,"errors":[{}]})"}) {
        const Facts facts = classify(Kind::event_post, line);
        EXPECT_EQ(facts.kind, Kind::notice_system) << line;
        EXPECT_EQ(facts.key, (Key{0, 0})) << line;
    }
}

TEST(Classifier, PassesOnWhatItDoesNotKnow) {
    for (const char *line : {"{}", R"({"meta":{"sent":1}})", R"({"data":null})", R"({"type":"news"})",
                             R"({"title":"x"})", R"({"id":"5"})", R"({"limit":{"track":3}})"})
        EXPECT_EQ(classify(Kind::event_post, line).kind, Kind::event_other) << line;
    EXPECT_EQ(classify(Kind::event_post, R"({"x":1,"timestamp_ms":"1609958440344"})").time_ms, kIdTime);
}

TEST(Classifier, TakesAnObjectWithDataForAnEventWhateverElseItHolds) {
    for (const char *line :
         {R"({"title":"t","type":"u","data":{"id":"1"}})", R"({"for_user_id":"1","data":{"id":"1"}})",
          R"({"errors":[{}],"disconnect_type":"x","data":[]})"})
        EXPECT_EQ(classify(Kind::event_post, line).kind, Kind::event_post) << line;
}

TEST(Classifier, CallsMalformedWhatIsNotOneWholeObject) {
    for (const char *line :
         {"", " ", "x", "[]", "1", "\"{}\"", "{", R"({"a)", R"({"a":"b\"})", R"({"a":[1})", R"({"a":1]})",
          "{}}", "{}{}", "{}x", "}{", "{\"a\":\"\xFF\"}", "{\"a\":\"\xE6\x97\"}", "{\"\xC0\x80\":1}"}) {
        const Facts facts = classify(Kind::event_post, line);
        EXPECT_EQ(facts.kind, Kind::event_malformed) << line;
        EXPECT_EQ(facts.time_ms, kTimeUnknown) << line;
    }
}

TEST(Classifier, GoesAThousandAndTwentyFourLevelsDeep) {
    const auto nested = [](std::size_t depth) {
        return R"({"data":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
    };
    for (const std::size_t depth : {2u, 60u, 61u, 62u, 63u, 64u, 65u, 100u, 1024u})
        EXPECT_EQ(classify(Kind::event_post, nested(depth)).kind, Kind::event_post) << depth;
    EXPECT_EQ(classify(Kind::event_post, nested(1025)).kind, Kind::event_malformed);
}

TEST(Classifier, FindsTheSameFactsWhateverIsSelected) {
    const std::string line =
        R"({"data":[0,{"delete":{"event_at":"2021-07-06T18:40:40Z"}}],"errors":[{"title":"x"}]})";
    const std::vector<std::string> pointers = {"/data/1/delete/event_at", "/data/1", "/errors/0/title",
                                               "/data/x/event_at"};
    for (const Kind expected : {Kind::event_post, Kind::event_post_compliance, Kind::event_activity}) {
        std::array<Span, 4> spans;
        const Facts with = Classifier(expected, Pointers(pointers)).classify(line, spans.data());
        const Facts without = classify(expected, line);
        EXPECT_EQ(with.kind, without.kind);
        EXPECT_EQ(with.flags, without.flags);
        EXPECT_EQ(with.id, without.id);
        EXPECT_EQ(with.time_ms, without.time_ms);
        EXPECT_EQ(spans[2].text(), "x");
    }
}

TEST(Classifier, KnowsAnEventByItsFirstBytes) {
    EXPECT_TRUE(Classifier::looks_like_event(R"({"data":{"id":"1"}})"));
    EXPECT_FALSE(Classifier::looks_like_event(R"({"errors":[]})"));
    EXPECT_FALSE(Classifier::looks_like_event(R"({"data)"));
    EXPECT_FALSE(Classifier::looks_like_event(""));
}

} // namespace
} // namespace xtap::event
