// Posts in the v2 shape: firehose, samples and the filtered stream. Knows what a post holds, not how it
// travels.
#include "shapes.hpp"

namespace xtap::sim {
namespace {

void write_entities(TemplateWriter &out, const PostText &text) {
    if (text.tag.empty() && text.link.empty()) return;
    out.raw(",\"entities\":{");
    if (!text.tag.empty()) {
        const auto start = code_points(text.text.substr(0, text.text.find("#" + text.tag)));
        out.raw("\"hashtags\":[{\"start\":")
            .raw(start)
            .raw(",\"end\":")
            .raw(start + 1 + code_points(text.tag));
        out.raw(",\"tag\":").string(text.tag).raw("}]");
    }
    if (!text.link.empty()) {
        const auto start = code_points(text.text.substr(0, text.text.find(text.link)));
        out.raw(text.tag.empty() ? "\"urls\":[{\"start\":" : ",\"urls\":[{\"start\":").raw(start);
        out.raw(",\"end\":").raw(start + text.link.size()).raw(",\"url\":").string(text.link);
        out.raw(",\"expanded_url\":")
            .string("https://example.com/articles/2026/a-longer-title?ref=post&lang=all");
        out.raw(",\"display_url\":").string("example.com/articles/2026/…");
        out.raw(",\"status\":200,\"title\":").string("A longer title / with \"quotes\"").raw("}]");
    }
    out.raw("}");
}

void write_media(TemplateWriter &out, Dice &dice, const std::string &media_key) {
    out.raw("{\"media_key\":\"").raw(media_key).raw("\",\"type\":");
    if (dice.percent(70)) {
        out.raw("\"photo\",\"width\":2048,\"height\":1536,\"url\":")
            .string("https://pbs.twimg.com/media/FakeImage0.jpg");
        out.raw(",\"alt_text\":").string("Berge im Abendlicht 🏔️");
    } else {
        out.raw("\"video\",\"duration_ms\":").raw(4000 + dice.below(90000));
        out.raw(",\"width\":1280,\"height\":720,\"preview_image_url\":");
        out.string("https://pbs.twimg.com/ext_tw_video_thumb/1/pu/img/still.jpg");
        out.raw(",\"public_metrics\":{\"view_count\":").hole(Field::metric_c).raw("}");
        out.raw(",\"variants\":[{\"bit_rate\":832000,\"content_type\":\"video/mp4\",\"url\":");
        out.string("https://video.twimg.com/ext_tw_video/1/pu/vid/640x360/clip.mp4?tag=12").raw("}]");
    }
    out.raw("}");
}

void write_poll(TemplateWriter &out, Dice &dice, const std::string &id) {
    out.raw("{\"id\":\"").raw(id).raw("\",\"voting_status\":\"open\",\"duration_minutes\":1440,");
    out.raw("\"end_datetime\":\"2030-01-01T00:00:00.000Z\",\"options\":[");
    out.raw("{\"position\":1,\"label\":").string("はい / yes").raw(",\"votes\":").raw(dice.below(900));
    out.raw("},{\"position\":2,\"label\":")
        .string("いいえ / no")
        .raw(",\"votes\":")
        .raw(dice.below(900))
        .raw("}]}");
}

void write_place(TemplateWriter &out) {
    out.raw("{\"id\":\"07d9d27285882001\",\"country\":").string("日本").raw(",\"country_code\":\"JP\",");
    out.raw("\"full_name\":").string("東京 世田谷区").raw(",\"name\":").string("世田谷区");
    out.raw(",\"place_type\":\"city\",\"geo\":{\"type\":\"Feature\",\"bbox\":");
    out.raw("[139.582,35.587,139.687,35.682],\"properties\":{}}}");
}

// A quoted or answered post, whole, as includes carry it.
void write_included_post(TemplateWriter &out, Dice &dice, const std::string &id, const std::string &author,
                         std::string_view lang) {
    const PostText text = compose_text(dice, lang);
    out.raw("{\"author_id\":\"").raw(author).raw("\",\"conversation_id\":\"").raw(id);
    out.raw("\",\"created_at\":\"2025-11-30T21:05:09.000Z\",\"edit_history_tweet_ids\":[\"").raw(id);
    out.raw("\"],\"id\":\"")
        .raw(id)
        .raw("\",\"lang\":\"")
        .raw(text.lang)
        .raw("\",\"text\":")
        .string(text.text);
    out.raw("}");
}

// Something the answer could not include: what stands beside `data` is not an error of the stream.
void write_partial_errors(TemplateWriter &out, const std::string &id) {
    out.raw(",\"errors\":[{\"resource_id\":\"").raw(id).raw("\",\"value\":\"").raw(id);
    out.raw(
        "\",\"parameter\":\"referenced_tweets.id\",\"resource_type\":\"tweet\",\"section\":\"includes\",");
    out.raw("\"title\":\"Not Found Error\",\"detail\":")
        .string("The simulator left out post " + id + " on purpose.");
    out.raw(",\"type\":").string("https://api.twitter.com/2/problems/resource-not-found").raw("}]");
}

void write_rules(TemplateWriter &out, Dice &dice) {
    out.raw(",\"matching_rules\":[{\"id\":\"")
        .raw(dice.id())
        .raw("\",\"tag\":")
        .string("cats with pictures 🐈")
        .raw("}");
    if (dice.percent(30))
        out.raw(",{\"id\":\"").raw(dice.id()).raw("\",\"tag\":").string("news: \"local\"").raw("}");
    out.raw("]");
}

struct Extras {
    std::string author, media_key, poll, referenced, referenced_author;
    bool place;
};

void write_includes(TemplateWriter &out, Dice &dice, const Extras &extras, std::string_view lang) {
    out.raw(",\"includes\":{\"users\":[");
    write_user(out, dice, extras.author);
    if (!extras.referenced.empty()) {
        out.raw(",");
        write_user(out, dice, extras.referenced_author);
        out.raw("],\"tweets\":[");
        write_included_post(out, dice, extras.referenced, extras.referenced_author, lang);
    }
    out.raw("]");
    if (!extras.media_key.empty()) {
        out.raw(",\"media\":[");
        write_media(out, dice, extras.media_key);
        out.raw("]");
    }
    if (!extras.poll.empty()) {
        out.raw(",\"polls\":[");
        write_poll(out, dice, extras.poll);
        out.raw("]");
    }
    if (extras.place) {
        out.raw(",\"places\":[");
        write_place(out);
        out.raw("]");
    }
    out.raw("}");
}

} // namespace

void write_post_object(TemplateWriter &out, Dice &dice, const PostText &text, const std::string &author,
                       const std::string &media_key) {
    out.raw("{\"author_id\":\"").raw(author).raw("\",\"conversation_id\":\"").hole(Field::id);
    out.raw("\",\"created_at\":\"")
        .hole(Field::iso_time)
        .raw("\",\"edit_history_tweet_ids\":[\"")
        .hole(Field::id);
    out.raw("\"]");
    write_entities(out, text);
    if (!media_key.empty()) out.raw(",\"attachments\":{\"media_keys\":[\"").raw(media_key).raw("\"]}");
    out.raw(",\"id\":\"").hole(Field::id).raw("\",\"lang\":\"").raw(text.lang);
    out.raw("\",\"possibly_sensitive\":false,\"public_metrics\":{\"retweet_count\":").hole(Field::metric_a);
    out.raw(",\"reply_count\":").raw(dice.below(9)).raw(",\"like_count\":").hole(Field::metric_b);
    out.raw(",\"quote_count\":").raw(dice.below(4)).raw(",\"bookmark_count\":").raw(dice.below(12));
    out.raw(",\"impression_count\":").hole(Field::metric_c).raw("},\"reply_settings\":\"everyone\"");
    if (dice.percent(3))
        out.raw(",\"note_tweet\":{\"text\":")
            .string(text.text + "\n\n" + text.text + "\n\n" + text.text)
            .raw("}");
    out.raw(",\"text\":").numbered_string(text.text);
}

Template make_post(const Operation &operation, Dice &dice) {
    static constexpr Escapes kStyles[] = {Escapes::none, Escapes::none, Escapes::slashes, Escapes::ascii};
    // The ASCII form triples Japanese or Korean, so it is the rare one there.
    const bool wide = operation.language == "ja" || operation.language == "ko";
    TemplateWriter out(kStyles[dice.below(wide && !dice.percent(30) ? 3 : 4)]);
    const PostText text = compose_text(dice, operation.language);
    Extras extras{dice.account(), "", "", "", "", dice.percent(4)};
    if (dice.percent(25)) extras.media_key = "3_" + dice.id();
    if (dice.percent(4)) extras.poll = dice.id();
    if (dice.percent(20)) {
        extras.referenced = dice.id();
        extras.referenced_author = dice.account();
    }
    out.raw("{\"data\":");
    write_post_object(out, dice, text, extras.author, extras.media_key);
    if (extras.place) out.raw(",\"geo\":{\"place_id\":\"07d9d27285882001\"}");
    const std::string missing = dice.percent(4) ? dice.id() : "";
    if (!extras.referenced.empty() || !missing.empty()) {
        out.raw(",\"referenced_tweets\":[{\"type\":").raw(dice.percent(50) ? "\"quoted\"" : "\"replied_to\"");
        out.raw(",\"id\":\"").raw(missing.empty() ? extras.referenced : missing).raw("\"}]");
    }
    out.raw("}");
    write_includes(out, dice, extras, operation.language);
    if (!missing.empty()) write_partial_errors(out, missing);
    if (operation.family == Family::filtered_post) write_rules(out, dice);
    out.raw("}");
    return out.take();
}

} // namespace xtap::sim
