// The language of stream rules: reads a rule, and says whether a post matches it. Good enough for tests:
// words are compared as they stand, nothing is stemmed. Knows no HTTP and keeps no rules.
#pragma once

#include "json/value.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace xtap::sim {

// What rules look at, in lower case. Of both shapes of posts.
struct PostFacts {
    std::string text; // without the " No. NUMBER" at its end
    std::vector<std::string> words;
    std::string lang, author_id, author_name;
    std::vector<std::string> hashtags, mentions, urls, has, is;
};
PostFacts facts_of(const Json &event);

struct BadRule : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class RuleExpression {
public:
    // Throws BadRule.
    explicit RuleExpression(std::string_view value);
    // `number` is a word of the post too: the simulator writes it at the end of every text.
    bool matches(const PostFacts &post, std::uint64_t number) const;

private:
    friend class RuleParser;
    enum class Kind : std::uint8_t { all, any, none, word, phrase, tag, mention, field };
    struct Node {
        Kind kind{};
        std::string name; // of a field: from, lang, has, is ...
        std::string text;
        std::vector<Node> children;
    };
    static bool matches(const Node &node, const PostFacts &post, const std::string &number);
    static bool stands_alone(const Node &node);

    Node root_;
};

} // namespace xtap::sim
