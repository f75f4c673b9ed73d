// See rule_matcher.hpp.
#include "rule_matcher.hpp"

#include "json/value.hpp"

#include <algorithm>
#include <array>

namespace xtap::sim {
namespace {

constexpr std::array<std::string_view, 9> kHas{"cashtags", "geo",      "hashtags", "images",    "links",
                                               "media",    "mentions", "videos",   "video_link"};
constexpr std::array<std::string_view, 5> kIs{"nullcast", "quote", "reply", "retweet", "verified"};

std::string lower(std::string_view text) {
    std::string made(text);
    std::ranges::transform(made, made.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return made;
}

bool of_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && of_word(text[end]))
            ++end;
        if (end > at) words.push_back(lower(text.substr(at, end - at)));
        at = end + 1;
    }
    return words;
}

bool holds(const std::vector<std::string> &list, std::string_view wanted) {
    return std::ranges::find(list, wanted) != list.end();
}

// Scripts without spaces are searched as they stand.
bool has_other_scripts(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

std::string text_at(const Json &object, const char *name) {
    return object.contains(name) && object[name].is_string() ? object[name].get<std::string>() : "";
}

void add_each(std::vector<std::string> &to, const Json &from, const char *list, const char *name) {
    if (!from.contains(list)) return;
    for (const auto &item : from[list])
        to.push_back(lower(text_at(item, name)));
}

void read_v2(PostFacts &facts, const Json &event) {
    const Json &post = event["data"];
    facts.author_id = text_at(post, "author_id");
    const Json includes = event.value("includes", Json::object());
    for (const auto &user : includes.value("users", Json::array())) {
        if (text_at(user, "id") != facts.author_id) continue;
        facts.author_name = lower(text_at(user, "username"));
        if (user.value("verified", false)) facts.is.emplace_back("verified");
    }
    for (const auto &reference : post.value("referenced_tweets", Json::array())) {
        const std::string type = text_at(reference, "type");
        facts.is.push_back(type == "quoted" ? "quote" : type == "replied_to" ? "reply" : "retweet");
    }
    for (const auto &medium : includes.value("media", Json::array())) {
        facts.has.emplace_back("media");
        facts.has.emplace_back(text_at(medium, "type") == "photo" ? "images" : "videos");
    }
    if (post.contains("geo")) facts.has.emplace_back("geo");
    add_each(facts.hashtags, post.value("entities", Json::object()), "hashtags", "tag");
    add_each(facts.mentions, post.value("entities", Json::object()), "mentions", "username");
    add_each(facts.urls, post.value("entities", Json::object()), "urls", "expanded_url");
}

void read_classic(PostFacts &facts, const Json &post) {
    const Json user = post.value("user", Json::object());
    facts.author_id = text_at(user, "id_str");
    facts.author_name = lower(text_at(user, "screen_name"));
    add_each(facts.hashtags, post.value("entities", Json::object()), "hashtags", "text");
    add_each(facts.mentions, post.value("entities", Json::object()), "user_mentions", "screen_name");
}

} // namespace

PostFacts facts_of(const Json &event) {
    PostFacts facts;
    const Json &post = event.contains("data") ? event["data"] : event;
    facts.text = lower(text_at(post, "text"));
    facts.text.erase(std::min(facts.text.rfind(" no. "), facts.text.size()));
    facts.words = words_of(facts.text);
    facts.lang = text_at(post, "lang");
    if (event.contains("data"))
        read_v2(facts, event);
    else
        read_classic(facts, event);
    if (!facts.hashtags.empty()) facts.has.emplace_back("hashtags");
    if (!facts.mentions.empty()) facts.has.emplace_back("mentions");
    if (!facts.urls.empty()) facts.has.emplace_back("links");
    return facts;
}

// or := and ("OR" and)*; and := one+; one := "-" one | "(" or ")" | term
class RuleParser {
public:
    explicit RuleParser(std::string_view value) : rest_(value) {}

    RuleExpression::Node whole() {
        RuleExpression::Node node = any();
        skip_spaces();
        if (!rest_.empty()) throw BadRule("there is a \")\" without its \"(\"");
        return node;
    }

private:
    using Node = RuleExpression::Node;
    using Kind = RuleExpression::Kind;
    static constexpr int kDeepest = 50;

    void skip_spaces() {
        while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t' || rest_[0] == '\n'))
            rest_.remove_prefix(1);
    }
    bool at_or() {
        skip_spaces();
        return rest_.starts_with("OR") && (rest_.size() == 2 || !of_word(rest_[2]));
    }
    bool at_end() {
        skip_spaces();
        return rest_.empty() || rest_[0] == ')';
    }

    Node any() {
        Node node{Kind::any, "", "", {all()}};
        while (at_or()) {
            rest_.remove_prefix(2);
            node.children.push_back(all());
        }
        return node;
    }

    Node all() {
        Node node{Kind::all, "", "", {}};
        while (!at_end() && !at_or())
            node.children.push_back(one());
        if (node.children.empty()) throw BadRule("something is missing before or after an OR, or in ()");
        return node;
    }

    Node one() {
        if (++depth_ > kDeepest) throw BadRule("this is nested too deep");
        Node node = inner_one();
        --depth_;
        return node;
    }

    Node inner_one() {
        if (rest_[0] == '-') {
            rest_.remove_prefix(1);
            if (at_end() || at_or()) throw BadRule("a \"-\" stands before nothing");
            return {Kind::none, "", "", {one()}};
        }
        if (rest_[0] != '(') return term();
        rest_.remove_prefix(1);
        Node node = any();
        if (rest_.empty()) throw BadRule("there is a \"(\" without its \")\"");
        rest_.remove_prefix(1);
        return node;
    }

    std::string quoted_text() {
        const std::size_t end = rest_.find('"', 1);
        if (end == std::string_view::npos) throw BadRule("a quotation does not end");
        std::string text = lower(rest_.substr(1, end - 1));
        rest_.remove_prefix(end + 1);
        if (text.empty()) throw BadRule("a quotation is empty");
        return text;
    }

    std::string plain_text() {
        const std::size_t end = std::min(rest_.find_first_of(" \t\n()\""), rest_.size());
        std::string text = lower(rest_.substr(0, end));
        rest_.remove_prefix(end);
        return text;
    }

    Node term() {
        if (rest_[0] == '"') return {Kind::phrase, "", quoted_text(), {}};
        std::string text = plain_text();
        const char first = text.empty() ? '\0' : text[0];
        if (first == '#' || first == '@') {
            if (text.size() == 1) throw BadRule("a name is missing after \"" + text + "\"");
            return {first == '#' ? Kind::tag : Kind::mention, "", text.substr(1), {}};
        }
        const std::size_t colon = text.find(':');
        if (colon == std::string::npos) return {Kind::word, "", text, {}};
        std::string name = text.substr(0, colon), value = text.substr(colon + 1);
        if (value.empty() && rest_.starts_with('"')) value = quoted_text();
        check_field(name, value);
        return {Kind::field, std::move(name), std::move(value), {}};
    }

    static void check_field(const std::string &name, const std::string &value) {
        static constexpr std::array<std::string_view, 6> kNames{"from", "has", "is", "lang", "to", "url"};
        if (std::ranges::find(kNames, name) == kNames.end())
            throw BadRule("the simulator knows no operator \"" + name + ":\"");
        if (value.empty()) throw BadRule("a value is missing after \"" + name + ":\"");
        if (name == "has" && std::ranges::find(kHas, value) == kHas.end())
            throw BadRule("\"has:\" cannot be \"" + value + "\"");
        if (name == "is" && std::ranges::find(kIs, value) == kIs.end())
            throw BadRule("\"is:\" cannot be \"" + value + "\"");
    }

    std::string_view rest_;
    int depth_ = 0;
};

RuleExpression::RuleExpression(std::string_view value) : root_(RuleParser(value).whole()) {
    if (!stands_alone(root_))
        throw BadRule("a rule needs a word, phrase, #tag, @name, from:, to: or url: that is not negated");
}

bool RuleExpression::stands_alone(const Node &node) {
    switch (node.kind) {
    case Kind::all:
        return std::ranges::any_of(node.children, stands_alone);
    case Kind::any:
        return std::ranges::all_of(node.children, stands_alone);
    case Kind::none:
        return false;
    case Kind::field:
        return node.name == "from" || node.name == "to" || node.name == "url";
    default:
        return true;
    }
}

bool RuleExpression::matches(const PostFacts &post, std::uint64_t number) const {
    return matches(root_, post, std::to_string(number));
}

bool RuleExpression::matches(const Node &node, const PostFacts &post, const std::string &number) {
    const auto fits = [&](const Node &child) { return matches(child, post, number); };
    switch (node.kind) {
    case Kind::all:
        return std::ranges::all_of(node.children, fits);
    case Kind::any:
        return std::ranges::any_of(node.children, fits);
    case Kind::none:
        return !fits(node.children[0]);
    case Kind::word:
        if (node.text == number || node.text == "no") return true;
        if (has_other_scripts(node.text)) return post.text.find(node.text) != std::string::npos;
        return holds(post.words, node.text);
    case Kind::phrase: {
        if (has_other_scripts(node.text)) return post.text.find(node.text) != std::string::npos;
        const auto wanted = words_of(node.text);
        return wanted.empty() || std::search(post.words.begin(), post.words.end(), wanted.begin(),
                                             wanted.end()) != post.words.end();
    }
    case Kind::tag:
        return holds(post.hashtags, node.text);
    case Kind::mention:
        return holds(post.mentions, node.text);
    case Kind::field:
        break;
    }
    if (node.name == "from") return node.text == post.author_id || node.text == post.author_name;
    if (node.name == "lang") return node.text == post.lang;
    if (node.name == "has") return holds(post.has, node.text);
    if (node.name == "is") return holds(post.is, node.text);
    if (node.name == "to") return holds(post.mentions, node.text);
    return std::ranges::any_of(post.urls,
                               [&](const auto &url) { return url.find(node.text) != std::string::npos; });
}

} // namespace xtap::sim
