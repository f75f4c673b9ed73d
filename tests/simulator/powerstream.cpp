// Posts in the older v1.1 shape: Powerstream, and account-activity events that carry them.
#include "shapes.hpp"

namespace xtap::sim {

void write_classic_post(TemplateWriter &out, Dice &dice, std::string_view lang) {
    const PostText text = compose_text(dice, lang);
    const Person &person = dice.pick(people());
    const std::string author = dice.account();
    out.raw("{\"created_at\":\"").hole(Field::classic_time).raw("\",\"id\":").hole(Field::id);
    out.raw(",\"id_str\":\"").hole(Field::id).raw("\",\"text\":").numbered_string(text.text);
    out.raw(",\"source\":").string("<a href=\"https://mobile.example.com\" rel=\"nofollow\">Web</a>");
    out.raw(",\"truncated\":false,\"in_reply_to_status_id\":null,\"in_reply_to_status_id_str\":null,");
    out.raw("\"in_reply_to_user_id\":null,\"in_reply_to_screen_name\":null,\"user\":{\"id\":").raw(author);
    out.raw(",\"id_str\":\"").raw(author).raw("\",\"name\":").string(person.name).raw(",\"screen_name\":");
    out.string(person.username).raw(",\"location\":");
    if (person.place.empty())
        out.raw("null");
    else
        out.string(person.place);
    out.raw(",\"description\":").string(person.bio).raw(",\"protected\":false,\"verified\":false,");
    out.raw("\"followers_count\":").raw(dice.below(9000)).raw(",\"friends_count\":").raw(dice.below(2000));
    out.raw(",\"statuses_count\":").raw(dice.below(40000)).raw("},\"geo\":null,\"coordinates\":null,");
    out.raw("\"is_quote_status\":false,\"quote_count\":0,\"reply_count\":0,\"retweet_count\":")
        .hole(Field::metric_a);
    out.raw(",\"favorite_count\":").hole(Field::metric_b).raw(",\"entities\":{\"hashtags\":[");
    if (!text.tag.empty()) {
        const auto start = code_points(text.text.substr(0, text.text.find("#" + text.tag)));
        out.raw("{\"text\":").string(text.tag).raw(",\"indices\":[").raw(start).raw(",");
        out.raw(start + 1 + code_points(text.tag)).raw("]}");
    }
    out.raw("],\"urls\":[],\"user_mentions\":[],\"symbols\":[]},\"favorited\":false,\"retweeted\":false,");
    out.raw("\"filter_level\":\"low\",\"lang\":\"").raw(text.lang).raw("\",\"timestamp_ms\":\"");
    out.hole(Field::timestamp_ms).raw("\"}");
}

Template make_powerstream_post(Dice &dice) {
    TemplateWriter out(dice.percent(60) ? Escapes::ascii : Escapes::slashes);
    write_classic_post(out, dice, "");
    return out.take();
}

} // namespace xtap::sim
