// See tailor.hpp.
#include "tailor.hpp"

#include "activity_events.hpp"
#include "server.hpp"
#include "json/value.hpp"

#include <optional>
#include <vector>

namespace xtap::sim {
namespace {

class AsItIs : public Tailor {
public:
    explicit AsItIs(EventSource &source) : source_(source) {}
    void append(std::string &out, std::uint64_t number) override { source_.append(out, number); }

private:
    EventSource &source_;
};

class ByRules : public Tailor {
public:
    ByRules(const RuleBook &book, EventSource &source, bool tells_which)
        : book_(book), source_(source), tells_which_(tells_which), facts_(source.shapes()) {}

    void append(std::string &out, std::uint64_t number) override {
        if (!book_.filters()) return source_.append(out, number);
        if (!rules_ || version_ != book_.version()) {
            version_ = book_.version();
            rules_ = book_.rules();
        }
        const PostFacts &post = facts_of_shape(number);
        std::string which;
        bool wanted = false;
        for (const Rule &rule : *rules_) {
            if (!rule.expression.matches(post, number)) continue;
            wanted = true;
            if (!tells_which_) break;
            which.append(which.empty() ? "" : ",");
            which.append(Json{{"id", std::to_string(rule.id)}, {"tag", rule.tag}}.dump({.as_made = true}));
        }
        if (!wanted) return;
        const std::size_t begin = out.size();
        source_.append(out, number);
        if (tells_which_) tell(out, begin, which);
    }

private:
    // All posts of a shape are alike for rules but for their number, so each shape is read once.
    const PostFacts &facts_of_shape(std::uint64_t number) {
        auto &known = facts_[source_.shape_of(number)];
        if (!known) {
            std::string text;
            source_.append(text, number);
            known = facts_of(Json::parse(text));
        }
        return *known;
    }

    // In place of the rules that the shape made up, which are the last member of the event.
    static void tell(std::string &out, std::size_t begin, const std::string &which) {
        const std::size_t at = out.rfind(",\"matching_rules\":");
        if (at == std::string::npos || at < begin) return;
        out.erase(at);
        out.append(",\"matching_rules\":[").append(which).append("]}");
    }

    const RuleBook &book_;
    EventSource &source_;
    bool tells_which_;
    std::vector<std::optional<PostFacts>> facts_;
    std::shared_ptr<const Rules> rules_;
    std::uint64_t version_ = 0;
};

// Event n is one for subscription n modulo their number, so that each has its share.
class BySubscriptions : public Tailor {
public:
    BySubscriptions(const SubscriptionBook &book, Filtering filtering, EventSource &source)
        : book_(book), filtering_(filtering), source_(source) {}

    void append(std::string &out, std::uint64_t number) override {
        const bool untouched = filtering_ == Filtering::once_used && book_.version() == 0;
        if (untouched || filtering_ == Filtering::off) return source_.append(out, number);
        if (!all_ || version_ != book_.version()) {
            version_ = book_.version();
            all_ = book_.all();
        }
        if (!all_->empty()) append_activity(out, number, (*all_)[number % all_->size()], source_);
    }

private:
    const SubscriptionBook &book_;
    const Filtering filtering_;
    EventSource &source_;
    std::shared_ptr<const Subscriptions> all_;
    std::uint64_t version_ = 0;
};

} // namespace

std::unique_ptr<Tailor> make_tailor(const Operation &operation, const World &world, EventSource &source) {
    switch (operation.family) {
    case Family::filtered_post:
        return std::make_unique<ByRules>(world.rules, source, true);
    case Family::powerstream:
        return std::make_unique<ByRules>(world.powerstream_rules, source, false);
    case Family::activity:
        return std::make_unique<BySubscriptions>(world.subscriptions, world.settings.filtering, source);
    default:
        return std::make_unique<AsItIs>(source);
    }
}

} // namespace xtap::sim
