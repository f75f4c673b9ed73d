// See shapes.hpp: which maker serves which family, and the pieces they share.
#include "shapes.hpp"

#include "events.hpp"

namespace xtap::sim {
namespace {

constexpr std::size_t kTemplatesPerOperation = 160;

Template make_one(const Operation &operation, Dice &dice) {
    switch (operation.family) {
    case Family::post:
    case Family::filtered_post:
        return make_post(operation, dice);
    case Family::powerstream:
        return make_powerstream_post(dice);
    case Family::like:
        return make_like(dice);
    case Family::post_compliance:
        return make_post_compliance(dice);
    case Family::user_compliance:
        return make_user_compliance(dice);
    case Family::like_compliance:
        return make_like_compliance(dice);
    case Family::label:
        return make_label(dice);
    case Family::activity:
        return make_activity(dice);
    }
    return {};
}

} // namespace

std::vector<Template> make_templates(const Operation &operation, std::uint64_t seed) {
    Dice dice(mix(seed) ^ mix(0x5157u + operation.index));
    std::vector<Template> templates;
    templates.reserve(kTemplatesPerOperation);
    while (templates.size() < kTemplatesPerOperation)
        templates.push_back(make_one(operation, dice));
    return templates;
}

PostText compose_text(Dice &dice, std::string_view lang) {
    static constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const Language &spoken = lang.empty() ? languages()[dice.below(languages().size())] : language(lang);
    PostText made;
    made.lang = spoken.code;
    made.text = dice.pick(spoken.sentences);
    if (dice.percent(35)) made.text.append(" ").append(dice.pick(spoken.sentences));
    if (dice.percent(40)) {
        made.tag = dice.pick(spoken.tags);
        made.text.append(" #").append(made.tag);
    }
    if (dice.percent(35)) {
        made.link = "https://t.co/";
        for (int i = 0; i < 10; ++i)
            made.link.push_back(kLetters[dice.below(sizeof kLetters - 1)]);
        made.text.append(" ").append(made.link);
    }
    return made;
}

void write_user(TemplateWriter &out, Dice &dice, const std::string &id) {
    const Person &person = dice.pick(people());
    out.raw("{\"created_at\":\"20").raw(10 + dice.below(14)).raw("-0").raw(1 + dice.below(9));
    out.raw("-1").raw(dice.below(10)).raw("T0").raw(dice.below(10)).raw(":4").raw(dice.below(10));
    out.raw(":07.000Z\",\"id\":\"").raw(id).raw("\",\"name\":").string(person.name);
    if (dice.percent(35)) {
        out.raw(",\"description\":").string(person.bio);
        if (!person.place.empty()) out.raw(",\"location\":").string(person.place);
        out.raw(",\"profile_image_url\":");
        out.string("https://pbs.twimg.com/profile_images/" + dice.id() + "/abcdEFGH_normal.jpg");
        out.raw(",\"protected\":false,\"public_metrics\":{\"followers_count\":").raw(dice.below(20000));
        out.raw(",\"following_count\":")
            .raw(dice.below(3000))
            .raw(",\"tweet_count\":")
            .raw(dice.below(90000));
        out.raw(",\"listed_count\":")
            .raw(dice.below(40))
            .raw(",\"like_count\":")
            .raw(dice.below(50000))
            .raw("}");
    }
    out.raw(",\"username\":").string(person.username);
    out.raw(",\"verified\":").raw(dice.percent(10) ? "true}" : "false}");
}

} // namespace xtap::sim
