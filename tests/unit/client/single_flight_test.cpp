// One thread does the work and the others share what came of it, whatever that is.
#include "client/single_flight.hpp"

#include "../api/expect_failure.hpp"
#include "fake_token_endpoint.hpp"
#include "moment.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <new>
#include <thread>

namespace xtap::client {
namespace {

using test::expect_failure;
using test::FakeTokenEndpoint;
using test::Moment;

class SingleFlightTest : public testing::Test {
protected:
    SingleFlightTest() {
        second_sender_.be_patient = [this] {
            second_waits_.announce();
            return std::chrono::hours(1);
        };
    }

    bool fly(TokenEndpoint &sender, const SingleFlight::Work &work) {
        std::unique_lock lock(mutex_);
        return flight_.run(lock, work, sender);
    }

    // Runs `first`, which begins, waits until the second thread waits for it, and ends as `end` says.
    std::thread first(const std::function<void()> &end) {
        return std::thread([this, end] {
            try {
                fly(first_sender_, [&] {
                    first_works_.announce();
                    second_waits_.wait();
                    end();
                });
            } catch (...) {
                first_failed_ = true;
            }
        });
    }

    std::mutex mutex_;
    SingleFlight flight_;
    FakeTokenEndpoint first_sender_, second_sender_;
    Moment first_works_, second_waits_;
    std::atomic<bool> first_failed_ = false;
};

TEST_F(SingleFlightTest, WhoIsAloneDoesTheWork) {
    int times = 0;
    EXPECT_TRUE(fly(first_sender_, [&] { ++times; }));
    EXPECT_TRUE(fly(first_sender_, [&] { ++times; }));
    EXPECT_EQ(times, 2);
}

TEST_F(SingleFlightTest, TheWorkIsDoneWithoutTheLock) {
    fly(first_sender_, [&] { EXPECT_NO_THROW(const std::lock_guard lock(mutex_)); });
}

TEST_F(SingleFlightTest, WhoComesMeanwhileSharesTheOutcome) {
    std::thread thread = first([] {});
    first_works_.wait();
    EXPECT_TRUE(fly(second_sender_, [] { ADD_FAILURE() << "done twice"; }));
    thread.join();
    EXPECT_FALSE(first_failed_);
}

TEST_F(SingleFlightTest, WhoComesMeanwhileSharesTheFailure) {
    std::thread thread = first([] { throw Failure(Status::network, "no route"); });
    first_works_.wait();
    expect_failure(
        Status::network, [&] { fly(second_sender_, [] { ADD_FAILURE() << "done twice"; }); }, "no route");
    thread.join();
    EXPECT_TRUE(first_failed_);
}

TEST_F(SingleFlightTest, AnotherCallsCancellationIsNotShared) {
    for (const Status its_own : {Status::cancelled, Status::request_timeout}) {
        Moment works, waits;
        FakeTokenEndpoint sender;
        sender.be_patient = [&] {
            waits.announce();
            return std::chrono::hours(1);
        };
        std::thread thread([&] {
            std::unique_lock lock(mutex_);
            EXPECT_THROW(flight_.run(
                             lock,
                             [&] {
                                 works.announce();
                                 waits.wait();
                                 throw Failure(its_own, "mine alone");
                             },
                             first_sender_),
                         Failure);
        });
        works.wait();
        EXPECT_FALSE(
            fly(sender, [] { ADD_FAILURE() << "not before it was asked whether it is still needed"; }));
        thread.join();
    }
}

TEST_F(SingleFlightTest, AnotherThreadsLackOfMemoryIsNotShared) {
    std::thread thread = first([] { throw std::bad_alloc(); });
    first_works_.wait();
    EXPECT_FALSE(fly(second_sender_, [] {}));
    thread.join();
    EXPECT_TRUE(first_failed_);
}

TEST_F(SingleFlightTest, AfterAFailureTheNextOneTriesAgain) {
    expect_failure(Status::network,
                   [&] { fly(first_sender_, [] { throw Failure(Status::network, "no route"); }); });
    EXPECT_TRUE(fly(first_sender_, [] {}));
}

TEST_F(SingleFlightTest, WhoWaitsCanGiveUpAndIsWokenForIt) {
    Moment done;
    std::thread thread([&] {
        fly(first_sender_, [&] {
            first_works_.announce();
            done.wait();
        });
    });
    first_works_.wait();
    std::atomic<bool> cancelled = false;
    second_sender_.be_patient = [&] {
        if (cancelled) throw Failure(Status::cancelled, "given up");
        second_waits_.announce();
        return std::chrono::hours(1);
    };
    std::thread canceller([&] {
        second_waits_.wait();
        cancelled = true;
        const std::lock_guard lock(mutex_); // not before the other one waits
        flight_.wake();
    });
    expect_failure(
        Status::cancelled, [&] { fly(second_sender_, [] {}); }, "given up");
    canceller.join();
    done.announce();
    thread.join();
}

TEST_F(SingleFlightTest, WorkThatCallsBackIsRefusedAndNotLeftWaitingForItself) {
    fly(first_sender_, [&] {
        expect_failure(
            Status::state, [&] { fly(first_sender_, [] {}); }, "token callback");
    });
}

TEST_F(SingleFlightTest, WhoMustWorkAloneWaitsForTheOneUnderWay) {
    bool ended = false;
    std::thread thread = first([&] { ended = true; });
    first_works_.wait();
    bool worked = false;
    {
        std::unique_lock lock(mutex_);
        flight_.run_alone(
            lock,
            [&] {
                EXPECT_TRUE(ended);
                worked = true;
            },
            second_sender_);
    }
    EXPECT_TRUE(worked);
    thread.join();
}

TEST_F(SingleFlightTest, AnEndlessPatienceDoesNotOverflow) {
    std::thread thread = first([] {});
    first_works_.wait();
    second_sender_.be_patient = [&] {
        second_waits_.announce();
        return std::chrono::milliseconds::max();
    };
    EXPECT_TRUE(fly(second_sender_, [] {}));
    thread.join();
}

} // namespace
} // namespace xtap::client
