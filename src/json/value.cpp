// What a value holds and how it is reached. Knows nothing of text.
#include "json/value.hpp"

#include <algorithm>
#include <charconv>

namespace xtap::json {

// Keys and values apart, so that those who want the values alone walk them as they walk an array's.
struct Value::Object {
    std::vector<std::string> keys;
    Array values;

    Value *find(std::string_view key) {
        const auto found = std::find(keys.begin(), keys.end(), key);
        return found == keys.end() ? nullptr : values.data() + (found - keys.begin());
    }
    Value &add(std::string key, Value value) {
        keys.push_back(std::move(key));
        return values.emplace_back(std::move(value));
    }
};

namespace {

using Members = std::vector<std::pair<std::string, Value>>;

// Sorted, and of those with the same key the last alone.
void put_in_order(Members &members) {
    const auto before = [](const auto &left, const auto &right) { return left.first < right.first; };
    const auto not_after = [&](const auto &left, const auto &right) { return !before(left, right); };
    if (std::adjacent_find(members.begin(), members.end(), not_after) == members.end()) return;
    std::stable_sort(members.begin(), members.end(), before);
    const auto same = [](const auto &left, const auto &right) { return left.first == right.first; };
    const auto kept = std::unique(members.rbegin(), members.rend(), same);
    members.erase(members.begin(), kept.base());
}

const char *kind_of(const Value &value) {
    if (value.is_null()) return "null";
    if (value.is_boolean()) return "a boolean";
    if (value.is_number()) return "a number";
    if (value.is_string()) return "a text";
    return value.is_array() ? "an array" : "an object";
}

} // namespace

Value::Value(const Value &other) : kind_(other.kind_), held_(other.held_) {
    if (kind_ == Kind::text) held_.text = new std::string(*other.held_.text);
    if (kind_ == Kind::array) held_.array = new Array(*other.held_.array);
    if (kind_ == Kind::object) held_.object = new Object(*other.held_.object);
}

Value::Value(std::string text) : kind_(Kind::text) { held_.text = new std::string(std::move(text)); }

Value::Value(std::vector<Value> &&elements) : kind_(Kind::array) {
    held_.array = new Array(std::move(elements));
}

Value::Value(Object &&members) : kind_(Kind::object) { held_.object = new Object(std::move(members)); }

Value::Value(std::initializer_list<Element> elements) {
    const bool is_object = std::all_of(elements.begin(), elements.end(), [](const Element &element) {
        const Value &value = element.value();
        return value.is_array() && value.size() == 2 && value.front().is_string();
    });
    if (!is_object) {
        *this = array(elements);
        return;
    }
    Object members;
    for (const Element &element : elements) {
        Array &pair = *element.value().held_.array;
        if (members.find(*pair[0].held_.text) == nullptr)
            members.add(std::move(*pair[0].held_.text), std::move(pair[1]));
    }
    *this = Value(std::move(members));
}

// The children of what is released go into one list, level after level: depth takes no stack.
void Value::release() noexcept {
    if (kind_ == Kind::text) {
        delete held_.text;
        return;
    }
    Array deeper;
    const auto take_from = [&deeper](Value &container) {
        for (Value &inner : container)
            if ((inner.is_array() || inner.is_object()) && !inner.empty()) deeper.push_back(std::move(inner));
    };
    take_from(*this);
    while (!deeper.empty()) {
        Value container = std::move(deeper.back());
        deeper.pop_back();
        take_from(container);
    }
    if (kind_ == Kind::array)
        delete held_.array;
    else
        delete held_.object;
}

Value Value::array(std::initializer_list<Element> elements) {
    Array list;
    list.reserve(elements.size());
    for (const Element &element : elements)
        list.push_back(std::move(element.value()));
    return Value(std::move(list));
}

Value Value::object_of(std::vector<std::pair<std::string, Value>> members) {
    put_in_order(members);
    Object object;
    object.keys.reserve(members.size());
    object.values.reserve(members.size());
    for (auto &[key, value] : members)
        object.add(std::move(key), std::move(value));
    return Value(std::move(object));
}

Value Value::object() { return Value(Object{}); }

void Value::refuse(const char *wanted) const {
    throw Error(std::string(kind_of(*this)) + " in JSON where " + wanted + " was wanted");
}

const std::string &Value::text() const {
    if (kind_ != Kind::text) refuse("a text");
    return *held_.text;
}

bool Value::truth() const {
    if (kind_ != Kind::boolean) refuse("a boolean");
    return held_.truth;
}

double Value::real() const {
    if (kind_ == Kind::real) return held_.real;
    if (kind_ == Kind::natural) return static_cast<double>(held_.natural);
    if (kind_ != Kind::whole) refuse("a number");
    return static_cast<double>(held_.whole);
}

std::uint64_t Value::integer() const {
    if (kind_ == Kind::natural) return held_.natural;
    if (kind_ == Kind::whole) return static_cast<std::uint64_t>(held_.whole);
    if (kind_ != Kind::real) refuse("a number");
    return held_.real < 0 ? static_cast<std::uint64_t>(static_cast<std::int64_t>(held_.real))
                          : static_cast<std::uint64_t>(held_.real);
}

Value::const_iterator Value::begin() const {
    if (kind_ == Kind::array) return held_.array->data();
    if (kind_ == Kind::object) return held_.object->values.data();
    return kind_ == Kind::null ? nullptr : this;
}

Value::const_iterator Value::end() const {
    if (kind_ == Kind::array) return held_.array->data() + held_.array->size();
    if (kind_ == Kind::object) return held_.object->values.data() + held_.object->values.size();
    return kind_ == Kind::null ? nullptr : this + 1;
}

Value::iterator Value::begin() { return const_cast<iterator>(std::as_const(*this).begin()); }

Value::iterator Value::end() { return const_cast<iterator>(std::as_const(*this).end()); }

const Value &Value::at(std::size_t index) const {
    if (kind_ != Kind::array) refuse("an array");
    if (index >= held_.array->size())
        throw Error("an array in JSON has no element " + std::to_string(index) + ", only " +
                    std::to_string(held_.array->size()));
    return (*held_.array)[index];
}

Value &Value::at(std::size_t index) { return const_cast<Value &>(std::as_const(*this).at(index)); }

const Value *Value::member(std::string_view key) const {
    if (kind_ != Kind::object) refuse(("an object with \"" + std::string(key) + "\"").c_str());
    return held_.object->find(key);
}

const Value &Value::at(std::string_view key) const {
    if (const Value *found = member(key)) return *found;
    std::string there;
    for (const std::string &other : held_.object->keys)
        there.append(there.empty() ? "" : ", ").append(other);
    throw Error("an object in JSON has no \"" + std::string(key) + "\"; it has " +
                (there.empty() ? "nothing" : there));
}

Value &Value::at(std::string_view key) { return const_cast<Value &>(std::as_const(*this).at(key)); }

Value &Value::operator[](std::string_view key) {
    if (kind_ == Kind::null) *this = object();
    if (member(key) == nullptr) held_.object->add(std::string(key), nullptr);
    return *held_.object->find(key);
}

Value::const_iterator Value::find(std::string_view key) const {
    const Value *found = kind_ == Kind::object ? held_.object->find(key) : nullptr;
    return found == nullptr ? end() : found;
}

Value::iterator Value::find(std::string_view key) {
    return const_cast<iterator>(std::as_const(*this).find(key));
}

const Value *Value::pointed(std::string_view pointer) const {
    const Value *place = this;
    while (place != nullptr && !pointer.empty()) {
        const std::size_t end = std::min(pointer.find('/', 1), pointer.size());
        const std::string_view step = pointer.substr(1, end - 1);
        pointer.remove_prefix(end);
        if (place->kind_ == Kind::object) {
            place = place->held_.object->find(step);
        } else {
            std::size_t index = 0;
            const auto [rest, error] = std::from_chars(step.data(), step.data() + step.size(), index);
            const bool is_there = place->kind_ == Kind::array && error == std::errc() &&
                                  rest == step.data() + step.size() && index < place->size();
            place = is_there ? &(*place)[index] : nullptr;
        }
    }
    return place;
}

Value::Entries Value::items() const & {
    if (kind_ == Kind::null) return {nullptr, nullptr, 0};
    if (kind_ != Kind::object) refuse("an object");
    return {held_.object->keys.data(), held_.object->values.data(), held_.object->keys.size()};
}

void Value::push_back(Value element) {
    if (kind_ == Kind::null) *this = array();
    if (kind_ != Kind::array) refuse("an array");
    held_.array->push_back(std::move(element));
}

void Value::update(const Value &members) {
    for (const auto &[key, value] : members.items())
        (*this)[key] = value;
}

std::size_t Value::erase(std::string_view key) {
    const Value *found = member(key);
    if (found == nullptr) return 0;
    const std::ptrdiff_t index = found - begin();
    held_.object->keys.erase(held_.object->keys.begin() + index);
    held_.object->values.erase(held_.object->values.begin() + index);
    return 1;
}

bool operator==(const Value &left, const Value &right) {
    if (left.is_number() && right.is_number()) return std::is_eq(left <=> right);
    if (left.kind_ != right.kind_) return false;
    switch (left.kind_) {
    case Value::Kind::boolean:
        return left.held_.truth == right.held_.truth;
    case Value::Kind::text:
        return *left.held_.text == *right.held_.text;
    case Value::Kind::array:
        return *left.held_.array == *right.held_.array;
    case Value::Kind::object:
        for (const auto &[key, value] : left.items()) {
            const Value *other = right.held_.object->find(key);
            if (other == nullptr || *other != value) return false;
        }
        return left.size() == right.size();
    default:
        return true;
    }
}

std::partial_ordering operator<=>(const Value &left, const Value &right) {
    using Kind = Value::Kind;
    if (left.kind_ == Kind::text && right.kind_ == Kind::text) return *left.held_.text <=> *right.held_.text;
    if (!left.is_number() || !right.is_number())
        return left == right ? std::partial_ordering::equivalent : std::partial_ordering::unordered;
    if (left.kind_ == Kind::real || right.kind_ == Kind::real) return left.real() <=> right.real();
    const bool left_negative = left.kind_ == Kind::whole && left.held_.whole < 0;
    const bool right_negative = right.kind_ == Kind::whole && right.held_.whole < 0;
    if (left_negative != right_negative)
        return left_negative ? std::partial_ordering::less : std::partial_ordering::greater;
    return left.integer() <=> right.integer(); // two's complements of the same sign are in order
}

} // namespace xtap::json
