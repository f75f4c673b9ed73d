// The framer's rules, one by one; framer_cuts_test.cpp has what happens at chunk edges.
#include "stream/event/framer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace xtap::event {
namespace {

using What = Framer::What;

class FramerTest : public testing::Test {
protected:
    // The next item of what was fed and not yet taken.
    Framer::Item next() { return framer_.next(input_); }
    void feed(std::string bytes) {
        EXPECT_TRUE(input_.empty()) << "the last chunk was not used up";
        chunk_ = std::move(bytes);
        input_ = chunk_;
    }
    void expect_line(std::string_view text) {
        const Framer::Item item = next();
        EXPECT_EQ(item.what, What::line);
        EXPECT_EQ(item.text, text);
        EXPECT_EQ(item.size, text.size());
    }
    void expect_nothing() {
        EXPECT_EQ(next().what, What::nothing);
        EXPECT_TRUE(input_.empty());
    }
    void expect_dropped(What what, std::size_t size) {
        const Framer::Item item = next();
        EXPECT_EQ(item.what, what);
        EXPECT_EQ(item.size, size);
        EXPECT_TRUE(item.text.empty());
    }

    static constexpr std::size_t kLimit = 32;
    Framer framer_{kLimit};
    std::string chunk_;
    std::string_view input_;
};

TEST_F(FramerTest, EmptyInputHoldsNothing) {
    expect_nothing();
    EXPECT_EQ(framer_.tail(), "");
    EXPECT_EQ(framer_.keep_alives(), 0u);
}

TEST_F(FramerTest, EmptyLinesAreCountedAsKeepAlives) {
    feed("\r\n\n\r\n");
    expect_nothing();
    EXPECT_EQ(framer_.keep_alives(), 3u);
}

TEST_F(FramerTest, AKeepAliveCutBetweenItsTwoBytesIsOne) {
    feed("\r");
    expect_nothing();
    feed("\n");
    expect_nothing();
    EXPECT_EQ(framer_.keep_alives(), 1u);
    EXPECT_EQ(framer_.tail(), "");
}

TEST_F(FramerTest, ALineInOneChunkIsNotCopied) {
    feed("{\"a\":1}\n");
    const Framer::Item item = next();
    EXPECT_EQ(item.text.data(), chunk_.data());
}

TEST_F(FramerTest, OnlyOneSpaceAfterDataIsTakenOff) {
    feed("data:  {\"a\":1}\ndata:{\"b\":2}\n");
    expect_line(" {\"a\":1}");
    expect_line("{\"b\":2}");
}

TEST_F(FramerTest, AnEmptyDataFieldIsAKeepAlive) {
    feed("data:\ndata: \r\n");
    expect_nothing();
    EXPECT_EQ(framer_.keep_alives(), 2u);
}

TEST_F(FramerTest, CommentsAndFieldsBeforeTheFirstDataAreNoEvents) {
    feed(": connected\nretry: 3000\nevent: post\nid: 1\ndata: {\"a\":1}\n\n");
    expect_line("{\"a\":1}");
    expect_nothing();
}

TEST_F(FramerTest, WhatLooksLikeAFieldIsALineOnceAPlainLineCame) {
    feed("{\"a\":1}\nid: 1\n: colon\n");
    expect_line("{\"a\":1}");
    expect_line("id: 1");
    expect_line(": colon");
}

TEST_F(FramerTest, APlainObjectAmongServerSentEventsIsALine) {
    feed("data: {\"a\":1}\n{\"errors\":[]}\n");
    expect_line("{\"a\":1}");
    expect_line("{\"errors\":[]}");
}

TEST_F(FramerTest, DataInFrontDoesNotCountForTheLimit) {
    const std::string exact(kLimit, 'x');
    feed("data: " + exact + "\r\ndata:" + exact + "\ndata: " + exact + "y\r\n");
    expect_line(exact);
    expect_line(exact);
    expect_dropped(What::oversized, kLimit + 1);
    expect_nothing();
}

TEST_F(FramerTest, ALineAfterAnOversizedOneIsIntact) {
    feed(std::string(kLimit * 3, 'x') + "\n{\"b\":2}\n");
    expect_dropped(What::oversized, kLimit * 3);
    expect_line("{\"b\":2}");
    expect_nothing();
}

TEST_F(FramerTest, TheLastCarriageReturnOfAnOversizedLineMayComeInAChunkOfItsOwn) {
    feed(std::string(kLimit * 2, 'x'));
    expect_nothing();
    feed("\r");
    expect_nothing();
    feed("\n");
    expect_dropped(What::oversized, kLimit * 2);
}

TEST_F(FramerTest, ACarriageReturnInsideAnOversizedLineIsOneOfItsBytes) {
    feed(std::string(kLimit * 2, 'x') + "\r");
    expect_nothing();
    feed("x\n");
    expect_dropped(What::oversized, kLimit * 2 + 2);
}

TEST_F(FramerTest, AnOversizedLineIsNeverKept) {
    for (std::size_t i = 0; i < Framer::kEndlessFactor - 1; ++i) {
        feed(std::string(kLimit, 'x'));
        expect_nothing();
    }
    EXPECT_EQ(framer_.tail(), "");
}

TEST_F(FramerTest, ALineWithoutEndIsSaidOnce) {
    std::size_t fed = 0;
    Framer::Item item;
    while (item.what == What::nothing && fed < kLimit * 20) {
        feed(std::string(7, 'x'));
        fed += 7;
        item = next();
    }
    EXPECT_EQ(item.what, What::endless);
    EXPECT_EQ(item.size, fed);
    EXPECT_GE(fed, kLimit * Framer::kEndlessFactor);
    EXPECT_LE(fed, (kLimit + 1) * Framer::kEndlessFactor + 7);
    expect_nothing();
    EXPECT_EQ(framer_.tail(), "");
}

TEST_F(FramerTest, AHugeLineThatEndsInItsChunkIsOversizedNotEndless) {
    feed(std::string(kLimit * 100, 'x') + "\n{\"b\":2}\n");
    expect_dropped(What::oversized, kLimit * 100);
    expect_line("{\"b\":2}");
}

TEST_F(FramerTest, ALinePutBackComesAgainBeforeTheRest) {
    feed("{\"a\":1}\n{\"b\":2}\n");
    const Framer::Item item = next();
    framer_.put_back(item.text);
    expect_line("{\"a\":1}");
    expect_line("{\"b\":2}");
    expect_nothing();
}

TEST_F(FramerTest, ALinePutBackOutlivesItsChunk) {
    feed("{\"a\":1}\n");
    framer_.put_back(next().text);
    chunk_.assign(chunk_.size(), '#');
    feed("{\"b\":2}\n");
    expect_line("{\"a\":1}");
    expect_line("{\"b\":2}");
}

TEST_F(FramerTest, ALineOfSeveralChunksCanBePutBackAgainAndAgain) {
    feed("data: {\"a\"");
    expect_nothing();
    feed(":1}\r\n{\"b\":2}\n");
    for (int i = 0; i < 5; ++i) {
        const Framer::Item item = next();
        ASSERT_EQ(item.text, "{\"a\":1}") << i;
        framer_.put_back(item.text);
    }
    expect_line("{\"a\":1}");
    expect_line("{\"b\":2}");
    expect_nothing();
}

TEST_F(FramerTest, ALinePutBackIsNotJoinedWithWhatFollows) {
    feed("{\"a\":1}\n{\"b\"");
    framer_.put_back(next().text);
    expect_line("{\"a\":1}");
    expect_nothing();
    feed(":2}\n");
    expect_line("{\"b\":2}");
}

TEST_F(FramerTest, TheTailStaysUntilReset) {
    feed("{\"a\":1}\n{\"b\":2}");
    expect_line("{\"a\":1}");
    expect_nothing();
    EXPECT_EQ(framer_.tail(), "{\"b\":2}");
    EXPECT_EQ(framer_.tail(), "{\"b\":2}");
    framer_.reset();
    EXPECT_EQ(framer_.tail(), "");
}

TEST_F(FramerTest, ALineHandedOutIsNotATail) {
    feed("{\"a\"");
    expect_nothing();
    feed(":1}\n");
    expect_line("{\"a\":1}");
    EXPECT_EQ(framer_.tail(), "");
}

TEST_F(FramerTest, TheTailOfServerSentEventsIsStripped) {
    feed("data: {\"a\":1}");
    expect_nothing();
    EXPECT_EQ(framer_.tail(), "{\"a\":1}");
    framer_.reset();
    feed("data: {\"a\":1}\n: bye");
    expect_line("{\"a\":1}");
    expect_nothing();
    EXPECT_EQ(framer_.tail(), "");
}

TEST_F(FramerTest, ATailOverTheLimitIsNotHandedOut) {
    feed(std::string(kLimit, 'x'));
    expect_nothing();
    EXPECT_EQ(framer_.tail(), std::string(kLimit, 'x'));
    EXPECT_EQ(framer_.lost(), 0u);
    feed("y");
    expect_nothing();
    EXPECT_EQ(framer_.tail(), "");
    EXPECT_EQ(framer_.lost(), kLimit + 1);
}

TEST_F(FramerTest, AnOversizedLineCutByTheEndOfTheConnectionIsKnownToBeLost) {
    feed(std::string(kLimit * 3, 'x'));
    expect_nothing();
    EXPECT_EQ(framer_.tail(), "");
    EXPECT_EQ(framer_.lost(), kLimit * 3);
    framer_.reset();
    EXPECT_EQ(framer_.lost(), 0u);
}

TEST_F(FramerTest, ResetForgetsTheBeginningOfALine) {
    feed("{\"a\"");
    expect_nothing();
    framer_.reset();
    feed("{\"b\":2}\n");
    expect_line("{\"b\":2}");
}

TEST_F(FramerTest, ResetForgetsALinePutBack) {
    feed("{\"a\":1}\n");
    framer_.put_back(next().text);
    framer_.reset();
    feed("{\"b\":2}\n");
    expect_line("{\"b\":2}");
}

TEST_F(FramerTest, ResetForgetsAnOversizedLine) {
    feed(std::string(kLimit * 3, 'x'));
    expect_nothing();
    framer_.reset();
    feed("{\"b\":2}\n");
    expect_line("{\"b\":2}");
}

TEST_F(FramerTest, ResetForgetsThatEventsCameAsFields) {
    feed("data: {\"a\":1}\n");
    expect_line("{\"a\":1}");
    framer_.reset();
    feed("{\"a\":1}\nid: 1\n");
    expect_line("{\"a\":1}");
    expect_line("id: 1");
}

} // namespace
} // namespace xtap::event
