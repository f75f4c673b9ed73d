// What can be wrong with a checkpoint is said, and leaves the stream as it was.
#include "past.hpp"

#include "stream/continuity/checkpoint.hpp"

#include <string>

namespace xtap::test {
namespace {

class CheckpointErrors : public testing::Test {
protected:
    // What resume answers.
    std::string refusal(Tap &tap, const std::string &text) {
        if (xtap_stream_resume(tap.stream(), text.data(), text.size(), &tap.error) == XTAP_OK) return "";
        return tap.error.text();
    }
    void expect_unharmed(Tap &tap) {
        const Told said = listen(tap, events(5));
        EXPECT_EQ(said.status, XTAP_OK) << said.error.text();
        EXPECT_EQ(said.course(), "connecting, connected, 5 events");
        EXPECT_EQ(asked(simulator_.state()["list"][0], "backfill_minutes"), "");
    }
    Past simulator_{2};
    Tap tap_{simulator_.url(), {}, repairing()};
};

struct Wrong {
    const char *name;
    std::string text, says;
};
void PrintTo(const Wrong &wrong, std::ostream *out) { *out << wrong.name; }

std::string without_end() {
    const std::string whole = made_at(1'772'323'200'000);
    return whole.substr(0, whole.size() - 12);
}

std::string with_another_character() {
    std::string text = made_at(1'772'323'200'000);
    char &one = text[text.size() - 14];
    one = one == 'A' ? 'B' : 'A';
    return text;
}

std::string of_a_newer_version() {
    std::string text = made_at(1'772'323'200'000);
    return text.replace(text.find('.') + 1, 1, "9");
}

class WrongCheckpoints : public CheckpointErrors, public testing::WithParamInterface<Wrong> {};

TEST_P(WrongCheckpoints, AreRefusedAndTheStreamIsUnharmed) {
    const std::string said = refusal(tap_, GetParam().text);
    EXPECT_EQ(said.find("XTAP_E_VALUE: "), 0u) << said;
    EXPECT_NE(said.find(GetParam().says), std::string::npos) << said;
    expect_unharmed(tap_);
}

INSTANTIATE_TEST_SUITE_P(
    , WrongCheckpoints,
    testing::Values(Wrong{"Empty", "", "empty"},
                    Wrong{"Nothing", "hello", "none: it does not begin with xtap-checkpoint"},
                    Wrong{"Truncated", without_end(), "truncated"},
                    Wrong{"Corrupt", with_another_character(), "corrupt"},
                    Wrong{"Newer", of_a_newer_version(), "newer"},
                    Wrong{"OfAnotherOperation", made_at(1'772'323'200'000, {1}, "streamPostsFirehoseEn"),
                          "streamPostsFirehoseEn"},
                    Wrong{"OfAnotherPartition", made_at(1'772'323'200'000, {2, 3}), "partition 1"},
                    Wrong{"OfNoPartition", made_at(1'772'323'200'000, {}), "partition 1"}),
    [](const auto &one) { return std::string(one.param.name); });

TEST_F(CheckpointErrors, TwoRefusalsDoNotSpoilTheNextOne) {
    refusal(tap_, "hello");
    refusal(tap_, without_end());
    EXPECT_EQ(refusal(tap_, made_at(simulator_.begun_ms() + 1'000)), "");
    const Told said = listen(tap_, both(notices(XTAP_NOTICE_REPAIRED), events(5)));
    simulator_.expect_each_once(said.events(), simulator_.begun_ms() + 1'000);
}

TEST_F(CheckpointErrors, AnotherCheckpointReplacesTheFirst) {
    EXPECT_EQ(refusal(tap_, made_at(simulator_.begun_ms() - 3'600'000)), "");
    EXPECT_EQ(refusal(tap_, made_at(simulator_.begun_ms() + 1'000)), "");
    const Told said = listen(tap_, both(notices(XTAP_NOTICE_REPAIRED), events(5)));
    EXPECT_EQ(recoveries(simulator_).size(), 0u);
    EXPECT_EQ(said.notices(XTAP_NOTICE_GAP).size(), 0u);
}

TEST_F(CheckpointErrors, ResumeComesBeforeTheFirstRun) {
    ASSERT_EQ(listen(tap_, events(5)).status, XTAP_OK);
    const std::string said = refusal(tap_, made_at(simulator_.begun_ms()));
    EXPECT_EQ(said, "XTAP_E_STATE: resume comes before the first run or read");
    EXPECT_EQ(listen(tap_, events(5)).status, XTAP_OK);
}

TEST_F(CheckpointErrors, WithoutContinuityThereIsNone) {
    Tap tap(simulator_.url(), {}, {{"continuity", "off"}});
    std::size_t size = 7;
    char buffer[16] = "untouched";
    EXPECT_EQ(xtap_stream_checkpoint(tap.stream(), 0, buffer, sizeof buffer, &size, &tap.error),
              XTAP_E_UNSUPPORTED);
    EXPECT_NE(tap.error.text().find("continuity=off"), std::string::npos) << tap.error.text();
    EXPECT_STREQ(buffer, "untouched");
    EXPECT_NE(refusal(tap, made_at(simulator_.begun_ms())).find("continuity=off"), std::string::npos);
    expect_unharmed(tap);
}

TEST_F(CheckpointErrors, APositionThatWasNotDeliveredIsRefused) {
    ASSERT_EQ(listen(tap_, events(5)).status, XTAP_OK);
    const std::uint64_t last = tap_.stats()["position"].get<std::uint64_t>();
    std::size_t size = 0;
    EXPECT_EQ(xtap_stream_checkpoint(tap_.stream(), last + 1, nullptr, 0, &size, &tap_.error),
              XTAP_E_ARGUMENT);
    EXPECT_NE(tap_.error.text().find("the last is " + std::to_string(last)), std::string::npos)
        << tap_.error.text();
    EXPECT_EQ(xtap_stream_checkpoint(tap_.stream(), last, nullptr, 0, &size, &tap_.error), XTAP_OK);
}

TEST_F(CheckpointErrors, ABufferThatIsTooSmallTellsWhatIsNeeded) {
    ASSERT_EQ(listen(tap_, events(5)).status, XTAP_OK);
    const std::uint64_t upto =
        tap_.stats()["position"].get<std::uint64_t>(); // of one position the text stays as long
    std::size_t size = 0;
    ASSERT_EQ(xtap_stream_checkpoint(tap_.stream(), upto, nullptr, 0, &size, &tap_.error), XTAP_OK);
    ASSERT_GT(size, 20u);
    std::string buffer(size + 1, '#');
    EXPECT_EQ(xtap_stream_checkpoint(tap_.stream(), upto, buffer.data(), size - 1, &size, &tap_.error),
              XTAP_E_BUFFER_SMALL);
    EXPECT_EQ(buffer, std::string(buffer.size(), '#'));
    EXPECT_EQ(tap_.error.needed, size);
    EXPECT_EQ(xtap_stream_checkpoint(tap_.stream(), upto, buffer.data(), size, &size, &tap_.error), XTAP_OK);
    EXPECT_EQ(buffer.back(), '#') << "no room for a NUL";
    EXPECT_EQ(xtap_stream_checkpoint(tap_.stream(), upto, buffer.data(), size + 1, &size, &tap_.error),
              XTAP_OK);
    EXPECT_EQ(buffer.back(), '\0');
    EXPECT_EQ(continuity::read_checkpoint({buffer.data(), size}).operation, Tap::kOperation);
}

TEST_F(CheckpointErrors, NullIsRefused) {
    EXPECT_EQ(xtap_stream_resume(tap_.stream(), nullptr, 0, &tap_.error), XTAP_E_ARGUMENT);
    EXPECT_EQ(xtap_stream_resume(nullptr, "x", 1, &tap_.error), XTAP_E_ARGUMENT);
    std::size_t size = 0;
    EXPECT_EQ(xtap_stream_checkpoint(nullptr, 0, nullptr, 0, &size, &tap_.error), XTAP_E_ARGUMENT);
    expect_unharmed(tap_);
}

} // namespace
} // namespace xtap::test
