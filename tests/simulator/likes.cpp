// Likes: 32 hexadecimal digits as id, of which the last 16 are the event's number.
#include "shapes.hpp"

namespace xtap::sim {

Template make_like(Dice &dice) {
    TemplateWriter out(dice.percent(70) ? Escapes::none : Escapes::ascii);
    const std::string post = dice.id(), author = dice.account();
    out.raw("{\"data\":{\"id\":\"").hole(Field::hex_id).raw("\",\"created_at\":\"").hole(Field::iso_time);
    out.raw("\",\"liked_tweet_id\":\"").raw(post).raw("\"");
    // The API's own texts disagree about the name of the author and about number or text; both occur.
    out.raw(dice.percent(50) ? ",\"tweet_author_id\":\"" : ",\"liked_tweet_author_id\":\"")
        .raw(author)
        .raw("\"");
    if (dice.percent(50))
        out.raw(",\"timestamp_ms\":").hole(Field::timestamp_ms).raw("}");
    else
        out.raw(",\"timestamp_ms\":\"").hole(Field::timestamp_ms).raw("\"}");
    if (dice.percent(60)) {
        const PostText text = compose_text(dice, "");
        out.raw(",\"includes\":{\"users\":[");
        write_user(out, dice, author);
        out.raw("],\"tweets\":[{\"id\":\"").raw(post).raw("\",\"author_id\":\"").raw(author);
        out.raw("\",\"edit_history_tweet_ids\":[\"")
            .raw(post)
            .raw("\"],\"text\":")
            .string(text.text)
            .raw("}]}");
    }
    out.raw("}");
    return out.take();
}

} // namespace xtap::sim
