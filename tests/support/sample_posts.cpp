// Makes up posts.
#include "sample_posts.hpp"

#include <array>

namespace xtap::test {
namespace {

class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15 + 1) {}
    std::uint64_t below(std::uint64_t bound) {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return state_ % bound;
    }

private:
    std::uint64_t state_;
};

constexpr std::array<const char *, 12> kWords = {"ただいま",
                                                 "今日の天気は晴れです",
                                                 "電車が遅れています",
                                                 "新しいカフェに行きました😊",
                                                 "hello world",
                                                 "\\\"quoted\\\"",
                                                 "first\\nsecond line",
                                                 "{not: json}",
                                                 "\\u4eca\\u65e5\\ud83d\\ude00",
                                                 "안녕하세요",
                                                 "bom dia a todos 🌞",
                                                 "おはようございます"};

std::string text(Dice &dice, std::size_t wanted) {
    std::string made;
    while (made.size() < wanted) {
        if (!made.empty()) made += ' ';
        made += kWords[dice.below(kWords.size())];
    }
    return made + " https:\\/\\/t.co\\/56a0vZUx7i";
}

std::string entities(Dice &dice) {
    std::string made =
        R"("entities":{"urls":[{"start":96,"end":119,"url":"https:\/\/t.co\/56a0vZUx7i",)"
        R"("expanded_url":"https:\/\/developer.example\/docs\/timelines","display_url":"developer.example"}])";
    if (dice.below(2) != 0) made += R"(,"hashtags":[{"start":10,"end":16,"tag":"朝活"}])";
    if (dice.below(3) == 0)
        made += R"(,"mentions":[{"start":0,"end":9,"username":"dev_xtap","id":"2244994945"}])";
    return made + "}";
}

} // namespace

std::string sample_post(std::uint64_t number) {
    Dice dice(number + 1);
    const std::string id = std::to_string(1'346'889'436'626'259'968 + number * 4'194'304);
    const std::string author = std::to_string(2'244'994'945 + dice.below(1'000'000));
    const auto count = [&](std::uint64_t bound) { return std::to_string(dice.below(bound)); };
    std::string post = R"({"data":{"id":")" + id + R"(","created_at":"2021-01-06T18:40:40.000Z","text":")" +
                       text(dice, 60 + dice.below(200)) + R"(","author_id":")" + author +
                       R"(","lang":"ja",)" + R"("edit_history_tweet_ids":[")" + id +
                       R"("],"public_metrics":{"retweet_count":)" + count(100) + R"(,"reply_count":)" +
                       count(10) + R"(,"like_count":)" + count(1000) + R"(,"quote_count":)" + count(5) +
                       R"(},"possibly_sensitive":false,"conversation_id":")" + id + R"(",)" + entities(dice);
    post += R"(},"includes":{"users":[{"id":")" + author + R"(","name":"開発者 )" + count(1000) +
            R"(","username":"dev)" + count(100000) +
            R"(","created_at":"2013-12-14T04:35:55.000Z","protected":false,)" +
            R"("verified":true,"public_metrics":{"followers_count":)" + count(100000) + R"(,"tweet_count":)" +
            count(10000) + R"(}}]}})";
    return post;
}

std::vector<std::string> sample_posts(std::size_t count) {
    std::vector<std::string> posts;
    posts.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        posts.push_back(sample_post(i));
    return posts;
}

} // namespace xtap::test
