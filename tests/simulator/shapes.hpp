// The shapes of events, one maker per family of operations. A maker returns templates; which one an event
// number uses is decided in events.cpp.
#pragma once

#include "operations.hpp"
#include "template.hpp"
#include "vocabulary.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace xtap::sim {

std::vector<Template> make_templates(const Operation &operation, std::uint64_t seed);

Template make_post(const Operation &operation, Dice &dice);
Template make_powerstream_post(Dice &dice);
Template make_like(Dice &dice);
Template make_post_compliance(Dice &dice);
Template make_user_compliance(Dice &dice);
Template make_like_compliance(Dice &dice);
Template make_label(Dice &dice);
Template make_activity(Dice &dice);

// Pieces several shapes share.
struct PostText {
    std::string text; // without the number
    std::string tag;
    std::string link; // short form, empty when there is none
    std::string_view lang;
};
PostText compose_text(Dice &dice, std::string_view lang);
void write_post_object(TemplateWriter &out, Dice &dice, const PostText &text, const std::string &author,
                       const std::string &media_key);
void write_user(TemplateWriter &out, Dice &dice, const std::string &id);
void write_classic_post(TemplateWriter &out, Dice &dice, std::string_view lang);

} // namespace xtap::sim
