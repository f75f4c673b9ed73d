// How faults are asked for and handed out.
#include "faults.hpp"
#include "json/value.hpp"

#include <gtest/gtest.h>

namespace xtap::sim {
namespace {

TEST(Faults, OfEveryKindAreUnderstoodByNameAlone) {
    for (const auto name : fault_names()) {
        const auto orders = parse_faults(Json{{"kind", name}});
        ASSERT_EQ(orders.size(), 1u) << name;
        EXPECT_EQ(orders[0].plan.front().name, name);
    }
}

TEST(Faults, AreRefusedWithTheNameOfWhatIsWrong) {
    const auto complaint = [](const char *text) -> std::string {
        try {
            parse_faults(Json::parse(text));
        } catch (const BadFault &bad) {
            return bad.what();
        }
        return "";
    };
    EXPECT_NE(complaint(R"({"kind":"explode"})").find("explode"), std::string::npos);
    EXPECT_NE(complaint(R"({"kind":"reset","sise":1})").find("sise"), std::string::npos);
    EXPECT_NE(complaint(R"({"kind":"http_503","after_bytes":1})").find("after_bytes"), std::string::npos);
    EXPECT_NE(complaint(R"({"kind":"reset","after_bytes":-1})").find("after_bytes"), std::string::npos);
    EXPECT_NE(complaint(R"({"kind":"reset","operation":"streamNothing"})").find("streamNothing"),
              std::string::npos);
    EXPECT_NE(complaint(R"({"kind":"refuse","now":true})").find("now"), std::string::npos);
    EXPECT_NE(complaint(R"({"kind":"garbage_line","variant":"pink"})").find("variant"), std::string::npos);
    EXPECT_NE(complaint(R"({"after_bytes":1})").find("kind"), std::string::npos);
    EXPECT_NE(complaint(R"([[]])"), "");
    EXPECT_NE(complaint(R"("reset")"), "");
}

TEST(FaultQueue, GivesFaultsToConnectionsInTheOrderTheyCame) {
    FaultQueue queue;
    for (auto &order : parse_faults(Json::parse(R"([{"kind":"reset"},{"kind":"eof"}])")))
        queue.add(order);
    EXPECT_EQ(queue.take("streamPosts").front().kind, FaultKind::reset);
    EXPECT_EQ(queue.take("streamPosts").front().kind, FaultKind::eof);
    EXPECT_TRUE(queue.take("streamPosts").empty());
}

TEST(FaultQueue, GivesAFaultAsOftenAsAsked) {
    FaultQueue queue;
    queue.add(parse_faults(Json::parse(R"({"kind":"reset","times":2})")).front());
    queue.add(parse_faults(Json::parse(R"({"kind":"eof","times":0})")).front());
    EXPECT_EQ(queue.take("streamPosts").front().kind, FaultKind::reset);
    EXPECT_EQ(queue.take("streamPosts").front().kind, FaultKind::reset);
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(queue.take("streamPosts").front().kind, FaultKind::eof);
    queue.clear();
    EXPECT_TRUE(queue.take("streamPosts").empty());
}

TEST(FaultQueue, KeepsAFaultForTheOperationItIsMeantFor) {
    FaultQueue queue;
    queue.add(parse_faults(Json::parse(R"({"kind":"reset","operation":"streamLikesFirehose"})")).front());
    EXPECT_TRUE(queue.take("streamPosts").empty());
    EXPECT_EQ(queue.take("streamLikesFirehose").size(), 1u);
}

TEST(FaultQueue, GivesTheFaultsOfAnInnerListToOneConnection) {
    FaultQueue queue;
    queue.add(parse_faults(Json::parse(R"([[{"kind":"split_characters"},{"kind":"eof","after_events":3}]])"))
                  .front());
    EXPECT_EQ(queue.take("streamPosts").size(), 2u);
}

TEST(FaultQueue, TakesARefusalBeforeTheRequestIsKnown) {
    FaultQueue queue;
    EXPECT_FALSE(queue.take_at_accept());
    queue.add(parse_faults(Json::parse(R"({"kind":"tls_cut","handshake":true})")).front());
    EXPECT_TRUE(queue.take("streamPosts").empty());
    EXPECT_EQ(queue.take_at_accept()->kind, FaultKind::tls_cut_handshake);
    EXPECT_FALSE(queue.take_at_accept());
}

} // namespace
} // namespace xtap::sim
