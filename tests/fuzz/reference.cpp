// The plain way: parse everything, then look up each pointer.
#include "reference.hpp"

#include <charconv>
#include <initializer_list>
#include <simdjson.h>

namespace xtap::test {
namespace {

using event::kTimeUnknown;
using simdjson::dom::element;
using simdjson::dom::element_type;

using Maybe = std::optional<element>;

Maybe member(const Maybe &parent, std::string_view name) {
    element found;
    if (!parent || !parent->is_object() || parent->at_key(name).get(found) != simdjson::SUCCESS) return {};
    return found;
}

// simdjson's own at_pointer() takes "-" and places with leading zeros for errors and unescapes differently
// over versions.
Maybe at_pointer(element root, std::string_view pointer) {
    Maybe at = root;
    while (at && !pointer.empty()) {
        pointer.remove_prefix(1);
        const std::string_view part = pointer.substr(0, pointer.find('/'));
        pointer.remove_prefix(part.size());
        std::string name;
        for (std::size_t i = 0; i < part.size(); ++i)
            name += part[i] != '~' ? part[i] : part[++i] == '0' ? '~' : '/';
        if (at->is_object()) {
            at = member(at, name);
            continue;
        }
        std::uint64_t place = 0;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), place);
        const bool is_place =
            error == std::errc{} && end == name.data() + name.size() && (name == "0" || name[0] != '0');
        element found;
        if (!at->is_array() || !is_place ||
            simdjson::dom::array(*at).at(place).get(found) != simdjson::SUCCESS)
            return {};
        at = found;
    }
    return at;
}

bool present(const Maybe &value) { return value && !value->is_null(); }

std::string text_of(const Maybe &value) {
    if (!value) return {};
    if (value->is_string()) return std::string(std::string_view(*value));
    return simdjson::minify(*value);
}

std::optional<std::uint64_t> digits(const Maybe &value) {
    const std::string text = text_of(value);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || text.size() > 20 || error != std::errc{} || end != text.data() + text.size())
        return {};
    return number;
}

std::uint64_t number(const Maybe &value) { return digits(value).value_or(0); }

std::int64_t date(const Maybe &value) {
    return value && value->is_string() ? event::parse_time(std::string_view(*value)) : kTimeUnknown;
}

std::int64_t timestamp(const Maybe &value) {
    const auto found = digits(value);
    return found && *found <= INT64_MAX ? static_cast<std::int64_t>(*found) : kTimeUnknown;
}

std::int64_t first_known(std::initializer_list<std::int64_t> times) {
    for (const std::int64_t time : times)
        if (time != kTimeUnknown) return time;
    return kTimeUnknown;
}

struct Item {
    Maybe event_at, timestamp, post, user, like;
};

void set_first(Maybe &slot, const Maybe &value) {
    if (!slot) slot = value;
}

// Of all members that are objects, the first that says a thing. Repeated keys inside one of them: the first.
Item item_of(const Maybe &parent) {
    Item item;
    if (!parent || !parent->is_object()) return item;
    for (const auto outer : simdjson::dom::object(*parent)) {
        if (!outer.value.is_object()) continue;
        std::vector<std::string_view> seen;
        for (const auto [key, value] : simdjson::dom::object(outer.value)) {
            bool repeated = false;
            for (const std::string_view earlier : seen)
                repeated |= earlier == key;
            if (repeated) continue;
            seen.push_back(key);
            if (key == "event_at") set_first(item.event_at, value);
            if (key == "timestamp_ms") set_first(item.timestamp, value);
            if (key == "tweet" || key == "post" || key == "status") set_first(item.post, member(value, "id"));
            if (key == "user") set_first(item.user, member(value, "id"));
            if (key == "favorite") set_first(item.like, member(value, "id"));
            if (key != "like" || !value.is_object()) continue;
            bool old_name = false, new_name = false;
            for (const auto [name, id] : simdjson::dom::object(value)) {
                if (name == "liked_tweet_id" && !old_name) set_first(item.like, id);
                if (name == "liked_post_id" && !new_name) set_first(item.like, id);
                old_name |= name == "liked_tweet_id";
                new_name |= name == "liked_post_id";
            }
        }
    }
    return item;
}

bool is_compliance(Kind kind) {
    return kind == Kind::event_post_compliance || kind == Kind::event_user_compliance ||
           kind == Kind::event_like_compliance || kind == Kind::event_label;
}

class Event {
public:
    Event(Kind expected, element root) : expected_(expected), root_(root), data_(top("data")) {}

    ReferenceEvent facts() const {
        const bool inside = present(data_);
        ReferenceEvent event{inside ? expected_ : shape(), 0, 0, kTimeUnknown, {}};
        const Maybe errors = top("errors");
        if (inside && errors && errors->is_array() &&
            simdjson::dom::array(*errors).begin() != simdjson::dom::array(*errors).end())
            event.flags = flag_partial;
        const Maybe parent = inside ? data_ : Maybe(root_);
        switch (event.kind) {
        case Kind::event_post:
            post(event, inside);
            break;
        case Kind::event_like:
            event.id = number(in("id"));
            event.time_ms = first_known({timestamp(in("timestamp_ms")), date(in("created_at"))});
            break;
        case Kind::event_activity:
            activity(event, inside);
            break;
        case Kind::event_post_compliance:
        case Kind::event_user_compliance:
        case Kind::event_like_compliance:
        case Kind::event_label:
            compliance(event, parent);
            break;
        case Kind::notice_system:
            break;
        default:
            event.time_ms =
                first_known({timestamp(top("timestamp_ms")), date(top("created_at")), date(top("event_at"))});
        }
        return event;
    }

private:
    Maybe top(std::string_view name) const { return member(root_, name); }
    Maybe in(std::string_view name) const { return member(data_, name); }

    bool any(std::initializer_list<std::string_view> names) const {
        for (const std::string_view name : names)
            if (present(top(name))) return true;
        return false;
    }

    Kind shape() const {
        if (any({"for_user_id"})) return Kind::event_activity;
        // The first of these that the line has speaks for all of them.
        if ((any({"id_str"}) || any({"id"})) && first_of({"text", "full_text", "user"}))
            return Kind::event_post;
        if (is_compliance(expected_) && (first_of({"delete",
                                                   "withheld",
                                                   "drop",
                                                   "undrop",
                                                   "tweet_edit",
                                                   "post_edit",
                                                   "status_withheld",
                                                   "scrub_geo",
                                                   "user_protect",
                                                   "user_unprotect",
                                                   "user_delete",
                                                   "user_undelete",
                                                   "user_suspend",
                                                   "user_unsuspend",
                                                   "user_withheld",
                                                   "user_profile_modification",
                                                   "public_tweet_notice",
                                                   "public_tweet_unviewable",
                                                   "public_post_notice",
                                                   "public_post_unviewable"}) ||
                                         present(item_of(root_).event_at) || any({"event_at"})))
            return expected_;
        if (any({"errors"}) || first_of({"disconnect_type", "connection_issue"})) return Kind::notice_system;
        if (any({"title"}) && (any({"type"}) || any({"detail"}))) return Kind::notice_system;
        return text_of(top("type")) == "connection_metadata" ? Kind::notice_system : Kind::event_other;
    }

    bool first_of(std::initializer_list<std::string_view> names) const {
        for (const auto [key, value] : simdjson::dom::object(root_))
            for (const std::string_view name : names)
                if (key == name) return !value.is_null();
        return false;
    }

    void post(ReferenceEvent &event, bool inside) const {
        event.id = inside ? number(in("id")) : number(top("id_str"));
        if (!inside && event.id == 0) event.id = number(top("id"));
        event.time_ms = event::snowflake_ms(event.id);
        if (event.time_ms == kTimeUnknown && inside) event.time_ms = date(in("created_at"));
        if (event.time_ms == kTimeUnknown) event.time_ms = date(top("created_at"));
    }

    void activity(ReferenceEvent &event, bool inside) const {
        if (!inside) {
            event.time_ms = first_known({date(top("created_at")), timestamp(top("timestamp_ms"))});
            return;
        }
        const Maybe payload = in("payload");
        event.id = number(member(payload, "id"));
        event.time_ms =
            first_known({timestamp(in("timestamp_ms")), date(in("created_at")), date(in("event_at")),
                         event::snowflake_ms(number(in("event_uuid"))),
                         timestamp(member(payload, "timestamp_ms")), date(member(payload, "created_at"))});
    }

    void compliance(ReferenceEvent &event, const Maybe &parent) const {
        const Item item = item_of(parent);
        event.id = number(item.post);
        if (event.kind == Kind::event_user_compliance) event.id = number(item.user);
        if (event.kind == Kind::event_like_compliance && number(item.like) != 0) event.id = number(item.like);
        event.time_ms = first_known({date(item.event_at), date(member(parent, "event_at")),
                                     timestamp(item.timestamp), timestamp(member(parent, "timestamp_ms"))});
    }

    Kind expected_;
    element root_;
    Maybe data_;
};

ReferenceColumn column(const Maybe &value) {
    if (!value) return {};
    switch (value->type()) {
    case element_type::NULL_VALUE:
        return {ColumnKind::null, "null"};
    case element_type::STRING:
        return {ColumnKind::string, text_of(value)};
    case element_type::BOOL:
        return {ColumnKind::boolean, text_of(value)};
    case element_type::OBJECT:
    case element_type::ARRAY:
        return {ColumnKind::json, text_of(value)};
    default:
        return {ColumnKind::number, text_of(value)};
    }
}

} // namespace

std::optional<ReferenceEvent> classify_by_reference(Kind expected, const std::vector<std::string> &pointers,
                                                    std::string_view line) {
    simdjson::dom::parser parser;
    element root;
    if (parser.parse(line.data(), line.size()).get(root) != simdjson::SUCCESS || !root.is_object()) return {};
    ReferenceEvent event = Event(expected, root).facts();
    for (const std::string &pointer : pointers)
        event.columns.push_back(column(at_pointer(root, pointer)));
    return event;
}

std::optional<std::string> normalised(std::string_view json) {
    simdjson::dom::parser parser;
    element root;
    // A scalar is wrapped; an object or array is not, as it may be as deep as simdjson goes.
    const bool scalar = json.empty() || (json[0] != '{' && json[0] != '[');
    const std::string document = scalar ? "[" + std::string(json) + "]" : std::string(json);
    if (parser.parse(document).get(root) != simdjson::SUCCESS) return {};
    const std::string text = simdjson::minify(root);
    return scalar ? text.substr(1, text.size() - 2) : text;
}

} // namespace xtap::test
