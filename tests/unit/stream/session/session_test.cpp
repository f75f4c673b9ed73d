// The leg's state machine, with a fake clock: when it reconnects, how long it waits, when it ends and with
// what.
#include "stream/session/session.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace xtap::session {
namespace {

using Next = Decision::Next;

class SessionTest : public testing::Test {
protected:
    Session &session() {
        if (!session_) session_.emplace(settings_);
        return *session_;
    }
    // A connection that was open for so long before it ended.
    Decision opened_then(const Closing &closing, std::int64_t open_ms = 0) {
        session().connecting();
        session().opened(now_);
        now_ += open_ms;
        return session().closed(now_, closing);
    }
    // An attempt that did not come as far as 200.
    Decision refused_by(const Closing &closing) {
        session().connecting();
        return session().closed(now_, closing);
    }
    static Closing because(Cause cause) {
        Closing closing;
        closing.cause = cause;
        closing.message = "it ended";
        return closing;
    }
    static Closing http(std::int32_t status) {
        Closing closing = because(Cause::http);
        closing.http_status = status;
        return closing;
    }
    static Closing system(std::string disconnect_type) {
        Closing closing = because(Cause::system);
        closing.disconnect_type = std::move(disconnect_type);
        return closing;
    }
    static void expect_wait(const Decision &decision, std::int64_t ms, Rule rule) {
        EXPECT_EQ(decision.next, Next::reconnect);
        EXPECT_GE(decision.delay_ms, ms);
        EXPECT_LE(decision.delay_ms, ms + ms / 10);
        EXPECT_EQ(decision.rule, rule);
        EXPECT_FALSE(decision.failure);
    }
    void expect_end_with(const Decision &decision, Status status) {
        EXPECT_EQ(decision.next, Next::fail);
        ASSERT_TRUE(decision.failure);
        EXPECT_EQ(decision.failure->status, status) << decision.failure->message;
        EXPECT_EQ(session().state(), LegState::ended);
    }

    SessionSettings settings_;
    std::int64_t now_ = 1'000'000;
    std::optional<Session> session_;
};

TEST_F(SessionTest, GoesThroughItsStates) {
    EXPECT_EQ(session().state(), LegState::idle);
    EXPECT_FALSE(session().ever_opened());
    session().connecting();
    EXPECT_EQ(session().state(), LegState::connecting);
    session().opened(5);
    EXPECT_EQ(session().state(), LegState::open);
    EXPECT_EQ(session().opened_ms(), 5);
    EXPECT_TRUE(session().ever_opened());
    session().closed(6, because(Cause::network));
    EXPECT_EQ(session().state(), LegState::backing_off);
    session().connecting();
    session().waiting();
    EXPECT_EQ(session().state(), LegState::backing_off);
    session().end();
    EXPECT_EQ(session().state(), LegState::ended);
    const std::vector<std::string_view> names = {"idle", "connecting", "open", "backing_off", "ended"};
    for (std::size_t i = 0; i < names.size(); ++i)
        EXPECT_EQ(leg_state_name(static_cast<LegState>(i)), names[i]);
}

TEST_F(SessionTest, TheFirstReconnectIsAtOnce) {
    for (const Cause cause : {Cause::clean_close, Cause::network, Cause::stalled}) {
        session_.reset();
        expect_wait(opened_then(because(cause), 100'000), 0, Rule::immediate);
    }
}

TEST_F(SessionTest, AHostThatCannotBeReachedIsTriedWithLongerAndLongerWaits) {
    expect_wait(refused_by(because(Cause::network)), 0, Rule::immediate);
    for (std::int64_t ms = 250; ms <= 16'000; ms += 250)
        expect_wait(refused_by(because(Cause::network)), ms, Rule::network);
    expect_wait(refused_by(because(Cause::network)), 16'000, Rule::network);
    EXPECT_EQ(session().attempt(), 66);
}

TEST_F(SessionTest, RepeatedAnswersOf200ThatCloseAtOnceBackOffToo) {
    expect_wait(opened_then(because(Cause::clean_close)), 0, Rule::immediate);
    for (std::int64_t ms = 250; ms <= 5'000; ms += 250)
        expect_wait(opened_then(because(Cause::clean_close), 59'999), ms, Rule::network);
}

TEST_F(SessionTest, AConnectionThatLastedMakesTheNextTroubleTheFirst) {
    for (int i = 0; i < 10; ++i)
        opened_then(because(Cause::clean_close));
    EXPECT_EQ(session().attempt(), 10);
    expect_wait(opened_then(because(Cause::clean_close), 60'000), 0, Rule::immediate);
    session().connecting();
    EXPECT_EQ(session().attempt(), 1) << "the first since the last healthy one";
}

TEST_F(SessionTest, TheTimeSpentConnectingDoesNotMakeAConnectionHealthy) {
    for (int i = 0; i < 3; ++i)
        opened_then(because(Cause::network));
    session().connecting();
    now_ += 100'000;
    session().opened(now_);
    expect_wait(session().closed(now_ + 10, because(Cause::network)), 750, Rule::network);
}

TEST_F(SessionTest, ServerErrorsDoubleAndGoOnForEver) {
    std::int64_t ms = 5'000;
    for (int i = 0; i < 100; ++i) {
        expect_wait(refused_by(http(503)), ms, Rule::http);
        ms = std::min<std::int64_t>(ms * 2, 320'000);
    }
}

TEST_F(SessionTest, ARateLimitWaitsForItsReset) {
    Closing closing = http(429);
    closing.reset_in_ms = 700'000;
    expect_wait(refused_by(closing), 700'000, Rule::rate_limit);
}

TEST_F(SessionTest, AClientErrorBeforeTheFirst200EndsTheStreamAtOnce) {
    const std::vector<std::pair<std::int32_t, Status>> expected = {
        {400, Status::http},      {401, Status::unauthorized}, {403, Status::forbidden},
        {404, Status::not_found}, {409, Status::conflict},     {302, Status::http}};
    for (const auto &[status, ends_with] : expected) {
        session_.reset();
        const Decision decision = refused_by(http(status));
        expect_end_with(decision, ends_with);
        EXPECT_EQ(decision.failure->message, "it ended") << "the problem's own words and nothing else";
        EXPECT_FALSE(decision.failure->retriable);
    }
}

TEST_F(SessionTest, AClientErrorAfterTroubleBeforeTheFirst200EndsItToo) {
    refused_by(because(Cause::network));
    refused_by(http(503));
    expect_end_with(refused_by(http(403)), Status::forbidden);
}

TEST_F(SessionTest, AfterTheFirst200ClientErrorsAreTriedAgainUntilFiveInARow) {
    opened_then(because(Cause::clean_close), 100'000);
    std::int64_t ms = 5'000;
    for (int i = 0; i < 4; ++i, ms *= 2)
        expect_wait(refused_by(http(403)), ms, Rule::http);
    expect_end_with(refused_by(http(403)), Status::forbidden);
}

TEST_F(SessionTest, AHealthyConnectionMakesTheNextRefusalTheFirst) {
    opened_then(because(Cause::clean_close), 100'000);
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 4; ++i)
            EXPECT_EQ(refused_by(http(404)).next, Next::reconnect);
        expect_wait(opened_then(because(Cause::network), 60'000), 0, Rule::immediate);
    }
}

TEST_F(SessionTest, RefusalsWithOtherTroubleBetweenThemAreNotInARow) {
    opened_then(because(Cause::clean_close), 100'000);
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 4; ++i)
            EXPECT_EQ(refused_by(http(404)).next, Next::reconnect);
        EXPECT_EQ(refused_by(http(503)).next, Next::reconnect);
    }
}

// Under a thousand faults no connection lives for a minute: streams ended, after five that were damaged.
TEST_F(SessionTest, AStreamThatIsDamagedOnItsWayIsNotRefused) {
    for (int i = 0; i < 20; ++i)
        expect_wait(opened_then(because(Cause::protocol), 1'000),
                    std::min<std::int64_t>(std::int64_t{5'000} << i, 320'000), Rule::http);
}

// A stream that was killed and went on ended at the first connection of its new life, which was damaged.
TEST_F(SessionTest, WhatIsNoHttpBeforeTheFirst200IsTriedOnceMore) {
    expect_wait(refused_by(because(Cause::protocol)), 5'000, Rule::http);
    expect_end_with(refused_by(because(Cause::protocol)), Status::protocol);
}

TEST_F(SessionTest, ARefusalAfterDamageBeforeTheFirst200EndsItAtOnce) {
    expect_wait(refused_by(because(Cause::protocol)), 5'000, Rule::http);
    expect_end_with(refused_by(http(403)), Status::forbidden);
}

TEST_F(SessionTest, OneRefusalIsNotForGoodWhereAnotherLegWasAnsweredBefore) {
    settings_.proven = true;
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(refused_by(because(Cause::protocol)).next, Next::reconnect);
    expect_end_with(refused_by(because(Cause::protocol)), Status::protocol);
}

TEST_F(SessionTest, A401WithAnotherTokenIsTriedAgainAtOnceButOnlyOnce) {
    Closing changed = http(401);
    changed.credential_changed = true;
    expect_wait(refused_by(changed), 0, Rule::immediate);
    expect_end_with(refused_by(changed), Status::unauthorized);
}

TEST_F(SessionTest, ATokenThatDidNotChangeIsNotTriedAgain) {
    expect_end_with(refused_by(http(401)), Status::unauthorized);
}

TEST_F(SessionTest, ATokenThatWasAcceptedMayChangeAgain) {
    Closing changed = http(401);
    changed.credential_changed = true;
    expect_wait(refused_by(changed), 0, Rule::immediate);
    opened_then(because(Cause::clean_close), 100'000);
    expect_wait(refused_by(changed), 0, Rule::immediate);
    expect_wait(refused_by(changed), 5'000, Rule::http);
}

TEST_F(SessionTest, GivesUpAfterAsManyReconnectsInARowAsAllowed) {
    settings_.max_reconnects = 3;
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(opened_then(because(Cause::clean_close)).next, Next::reconnect);
    const Decision decision = opened_then(because(Cause::stalled));
    expect_end_with(decision, Status::stalled);
    EXPECT_EQ(decision.failure->message, "it ended (given up after 3 reconnects in a row)");
    EXPECT_TRUE(decision.failure->retriable);
}

TEST_F(SessionTest, AHealthyConnectionGivesAllReconnectsBack) {
    settings_.max_reconnects = 1;
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(opened_then(because(Cause::network), settings_.healthy_after_ms).next, Next::reconnect);
    expect_end_with(opened_then(because(Cause::network)), Status::network);
}

TEST_F(SessionTest, WithoutReconnectsTheFirstEndIsTheLast) {
    settings_.max_reconnects = 0;
    const Decision decision = opened_then(because(Cause::network), 100'000);
    expect_end_with(decision, Status::network);
    EXPECT_EQ(decision.failure->message, "it ended");
}

TEST_F(SessionTest, ACleanCloseIsTheEndOfAStretchOfTime) {
    settings_.user_end_time = true;
    const Decision decision = opened_then(because(Cause::clean_close));
    EXPECT_EQ(decision.next, Next::end);
    EXPECT_FALSE(decision.failure);
    EXPECT_EQ(session().state(), LegState::ended);
}

TEST_F(SessionTest, AStretchOfTimeCutOffIsNotItsEnd) {
    settings_.user_end_time = true;
    for (const Cause cause : {Cause::network, Cause::stalled, Cause::system})
        EXPECT_EQ(opened_then(because(cause)).next, Next::reconnect) << cause_name(cause);
    EXPECT_EQ(refused_by(because(Cause::clean_close)).next, Next::reconnect) << "it never began";
}

TEST_F(SessionTest, TwoClientsDoNotEvictEachOtherForEver) {
    for (const char *type : {"ForceDisconnect", "SlowReader"}) {
        session_.reset();
        std::int64_t ms = 5'000;
        for (int i = 0; i < 8; ++i, ms = std::min<std::int64_t>(ms * 2, 320'000))
            expect_wait(opened_then(system(type), 1'000), ms, Rule::connection_limit);
    }
}

TEST_F(SessionTest, AServerThatRestartsIsReconnectedAtOnce) {
    expect_wait(opened_then(system("OperationalDisconnect"), 1'000), 0, Rule::immediate);
    expect_wait(opened_then(system("UpstreamOperationalDisconnect"), 1'000), 250, Rule::network);
}

TEST_F(SessionTest, AMessageThatNeedsTheCallerEndsTheStreamAfterFiveInARow) {
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(opened_then(system("InvalidRules"), 1'000).rule, Rule::http);
    expect_end_with(opened_then(system("InvalidRules"), 1'000), Status::conflict);
}

TEST_F(SessionTest, TooManyConnectionsIsTriedAgainWhateverItsStatus) {
    Closing closing = http(403);
    closing.connection_issue = "TooManyConnections";
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(refused_by(closing).rule, Rule::connection_limit);
}

TEST_F(SessionTest, ACertificateThatIsNotAcceptedEndsTheStreamAtOnce) {
    expect_end_with(refused_by(because(Cause::tls)), Status::tls);
}

TEST_F(SessionTest, TheEdgesMorePreciseStatusIsTheFailures) {
    settings_.max_reconnects = 0;
    Closing closing = because(Cause::network);
    closing.status = Status::tls;
    expect_end_with(refused_by(closing), Status::tls);
}

TEST_F(SessionTest, AFailureCarriesAllFactsOfTheProblem) {
    Closing closing = http(403);
    closing.problem_type = "https://api.x.com/2/problems/client-forbidden";
    closing.problem_title = "Client Forbidden";
    closing.request_id = "abc";
    closing.reset_in_ms = 7;
    const Decision decision = refused_by(closing);
    expect_end_with(decision, Status::forbidden);
    EXPECT_EQ(decision.failure->http_status, 403);
    EXPECT_EQ(decision.failure->problem_type, closing.problem_type);
    EXPECT_EQ(decision.failure->problem_title, closing.problem_title);
    EXPECT_EQ(decision.failure->request_id, "abc");
    EXPECT_EQ(decision.failure->retry_after_ms, 7u);
}

TEST_F(SessionTest, LegsOfDifferentSeedsDoNotComeBackTogether) {
    settings_.seed = 1;
    Session one(settings_);
    settings_.seed = 2'000'000'000;
    Session other(settings_);
    int same = 0;
    for (int i = 0; i < 20; ++i) {
        one.connecting();
        other.connecting();
        same += one.closed(0, http(503)).delay_ms == other.closed(0, http(503)).delay_ms ? 1 : 0;
    }
    EXPECT_LT(same, 5);
}

} // namespace
} // namespace xtap::session
