// Compliance events of posts, users and likes, and labels: what happened to something published earlier.
#include "shapes.hpp"

#include <array>

namespace xtap::sim {
namespace {

constexpr std::string_view kCountries[] = {"[\"DE\"]", "[\"FR\",\"BR\"]", "[\"TR\"]", "[\"XX\"]"};

void write_event_at(TemplateWriter &out) { out.raw(",\"event_at\":\"").hole(Field::iso_time).raw("\""); }

void write_post_reference(TemplateWriter &out, Dice &dice) {
    out.raw("\"tweet\":{\"id\":\"").hole(Field::id).raw("\",\"author_id\":\"").raw(dice.account()).raw("\"}");
}

} // namespace

Template make_post_compliance(Dice &dice) {
    static constexpr std::string_view kPlain[] = {"delete", "delete", "delete", "drop", "undrop"};
    TemplateWriter out;
    const auto kind = dice.below(100);
    out.raw("{\"data\":{");
    if (kind < 70) {
        out.raw("\"").raw(dice.pick(kPlain)).raw("\":{");
        write_post_reference(out, dice);
        if (dice.percent(20)) out.raw(",\"quote_tweet_id\":\"").raw(dice.id()).raw("\"");
    } else if (kind < 85) {
        out.raw("\"withheld\":{");
        write_post_reference(out, dice);
        out.raw(",\"withheld_in_countries\":").raw(dice.pick(kCountries));
    } else {
        const std::string first = dice.id();
        out.raw("\"tweet_edit\":{\"tweet\":{\"id\":\"")
            .hole(Field::id)
            .raw("\"},\"initial_tweet_id\":\"")
            .raw(first);
        out.raw("\",\"edit_tweet_ids\":[\"").raw(first).raw("\",\"").hole(Field::id).raw("\"]");
    }
    write_event_at(out);
    out.raw("}}}");
    return out.take();
}

Template make_user_compliance(Dice &dice) {
    static constexpr std::string_view kPlain[] = {"user_protect",  "user_unprotect", "user_delete",
                                                  "user_undelete", "user_suspend",   "user_unsuspend"};
    TemplateWriter out(dice.percent(70) ? Escapes::none : Escapes::ascii);
    const auto kind = dice.below(100);
    const auto user = [&] { out.raw("\"user\":{\"id\":\"").hole(Field::user_id).raw("\"}"); };
    out.raw("{\"data\":{");
    if (kind < 60) {
        out.raw("\"").raw(dice.pick(kPlain)).raw("\":{");
        user();
    } else if (kind < 75) {
        out.raw("\"user_withheld\":{");
        user();
        out.raw(",\"withheld_in_countries\":").raw(dice.pick(kCountries));
    } else if (kind < 85) {
        out.raw("\"scrub_geo\":{");
        user();
        out.raw(",\"up_to_tweet_id\":\"").raw(dice.id()).raw("\"");
    } else {
        out.raw("\"user_profile_modification\":{");
        user();
        out.raw(",\"profile_field\":\"user_profile.description\",\"new_value\":");
        out.numbered_string(dice.pick(people()).bio);
    }
    write_event_at(out);
    out.raw("}}}");
    return out.take();
}

Template make_like_compliance(Dice &dice) {
    TemplateWriter out;
    out.raw("{\"data\":{\"delete\":{\"favorite\":{\"id\":\"").hole(Field::id).raw("\",\"user_id\":\"");
    out.raw(dice.account()).raw("\"}");
    write_event_at(out);
    out.raw("}}}");
    return out.take();
}

Template make_label(Dice &dice) {
    TemplateWriter out(dice.percent(70) ? Escapes::none : Escapes::slashes);
    const std::string_view application = dice.percent(80) ? "apply" : "remove";
    out.raw("{\"data\":{");
    if (dice.percent(70)) {
        out.raw("\"public_tweet_notice\":{");
        write_post_reference(out, dice);
        out.raw(",\"event_type\":\"misleading\",\"application\":\"")
            .raw(application)
            .raw("\",\"label_title\":");
        out.string("Readers added context 📝").raw(",\"details\":").numbered_string("Read what was checked");
        out.raw(",\"extended_details_url\":").string("https://example.com/labels/misleading");
    } else {
        out.raw("\"public_tweet_unviewable\":{");
        write_post_reference(out, dice);
        out.raw(",\"application\":\"").raw(application).raw("\"");
    }
    write_event_at(out);
    out.raw("}}}");
    return out.take();
}

} // namespace xtap::sim
