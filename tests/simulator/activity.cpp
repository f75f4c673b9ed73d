// Events of the activity stream: the X-activity shape mostly, the account-activity shape now and then.
#include "shapes.hpp"

namespace xtap::sim {
namespace {

void open_event(TemplateWriter &out, Dice &dice, std::string_view type, const std::string &user) {
    out.raw("{\"data\":{\"event_type\":\"").raw(type).raw("\",\"event_uuid\":\"").hole(Field::id);
    out.raw("\",\"filter\":{\"user_id\":\"").raw(user).raw("\"");
    if (dice.percent(30)) out.raw(",\"direction\":\"inbound\"");
    out.raw("},\"tag\":").string("watch: \"" + user + "\"").raw(",\"payload\":");
}

void write_profile_update(TemplateWriter &out, Dice &dice, const std::string &user) {
    static constexpr std::string_view kTypes[] = {"profile.update.bio", "profile.update.geo",
                                                  "profile.update.url", "profile.update.profile_picture"};
    open_event(out, dice, dice.pick(kTypes), user);
    out.raw("{\"before\":").string(dice.pick(people()).bio).raw(",\"after\":");
    out.numbered_string(dice.pick(people()).bio).raw("}}}");
}

void write_follow(TemplateWriter &out, Dice &dice, const std::string &user) {
    open_event(out, dice, dice.percent(70) ? "follow.follow" : "follow.unfollow", user);
    out.raw("{\"source\":");
    write_user(out, dice, dice.account());
    out.raw(",\"target\":");
    write_user(out, dice, user);
    out.raw("}}}");
}

void write_post_event(TemplateWriter &out, Dice &dice, const std::string &user) {
    static constexpr std::string_view kTypes[] = {"post.create", "post.mention.create", "post.reply.create",
                                                  "post.quote.create"};
    open_event(out, dice, dice.pick(kTypes), user);
    const PostText text = compose_text(dice, "");
    write_post_object(out, dice, text, user, "");
    out.raw("},\"includes\":{\"users\":[");
    write_user(out, dice, user);
    out.raw("]}}}");
}

} // namespace

Template make_activity(Dice &dice) {
    TemplateWriter out(dice.percent(70) ? Escapes::none : Escapes::ascii);
    const std::string user = dice.account();
    const auto kind = dice.below(100);
    if (kind < 30) {
        write_profile_update(out, dice, user);
    } else if (kind < 45) {
        write_follow(out, dice, user);
    } else if (kind < 75) {
        write_post_event(out, dice, user);
    } else if (kind < 85) {
        open_event(out, dice, "post.delete", user);
        out.raw("{\"id\":\"").raw(dice.id()).raw("\",\"author_id\":\"").raw(user).raw("\"}}}");
    } else if (kind < 92) {
        open_event(out, dice, "news.new", user);
        out.raw("{\"category\":\"Weather\",\"headline\":").numbered_string("大雨 / heavy rain ☔️");
        out.raw(",\"summary\":").string("Rivers are high; trains are slow.").raw(",\"hook\":");
        out.string("What to know").raw("}}}");
    } else {
        out.raw("{\"for_user_id\":\"").raw(user).raw("\",\"tweet_create_events\":[");
        write_classic_post(out, dice, "");
        out.raw("]}");
    }
    return out.take();
}

} // namespace xtap::sim
