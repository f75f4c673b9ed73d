// A JSON value, for the programs and the tests alone: the library reads JSON with simdjson and writes its
// own. Behind it stands nlohmann's parser and writer, which only text.cpp includes, so that no other file
// waits for its templates. Knows nothing of X.
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace xtap::json {

class Element;

// Text that is no JSON, a member that is not there, a value of another kind than was asked for.
class Error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct Layout {
    int indent = -1;              // below 0: all on one line
    bool as_made = false;         // members in the order in which they were added, else in that of their keys
    bool replace_invalid = false; // U+FFFD for what is no UTF-8, which is an Error otherwise
};

template <class Map>
concept MapOfTexts = requires(const Map &map) {
    typename Map::mapped_type;
    std::string_view(map.begin()->first);
};

// Members are searched from the first to the last: objects are small. Two objects are equal whatever the
// order of their members; one that was parsed has them in the order of their keys.
class Value {
public:
    using value_type = Value;
    using iterator = Value *;
    using const_iterator = const Value *;

    Value() noexcept {}
    Value(const Value &other);
    Value(Value &&other) noexcept : kind_(std::exchange(other.kind_, Kind::null)), held_(other.held_) {}
    Value &operator=(Value other) noexcept {
        std::swap(kind_, other.kind_);
        std::swap(held_, other.held_);
        return *this;
    }
    ~Value() {
        if (kind_ >= Kind::text) release();
    }

    // Implicit, so that {{"a", 1}, {"b", {true, nullptr}}} reads as what it makes.
    // NOLINTBEGIN(google-explicit-constructor)
    Value(std::nullptr_t) noexcept {}
    Value(std::same_as<bool> auto truth) noexcept : kind_(Kind::boolean) { held_.truth = truth; }
    template <std::integral Number>
    requires(!std::same_as<Number, bool> && !std::same_as<Number, char>) Value(Number number)
    noexcept {
        if constexpr (std::is_signed_v<Number>) {
            kind_ = Kind::whole;
            held_.whole = number;
        } else {
            kind_ = Kind::natural;
            held_.natural = number;
        }
    }
    Value(std::floating_point auto number) noexcept : kind_(Kind::real) { held_.real = number; }
    Value(std::string text);
    Value(std::string_view text) : Value(std::string(text)) {}
    Value(const char *text) : Value(std::string(text)) {}
    Value(std::vector<Value> &&elements);
    template <class Each> Value(const std::vector<Each> &list) : Value(array()) {
        for (const auto &each : list)
            push_back(each);
    }
    template <MapOfTexts Map> Value(const Map &map) : Value(object()) {
        for (const auto &[key, value] : map)
            (*this)[key] = value;
    }
    // An object when every element is a list of two that begins with a text, else an array.
    Value(std::initializer_list<Element> elements);
    // NOLINTEND(google-explicit-constructor)

    static Value array(std::initializer_list<Element> elements = {});
    static Value object();

    // The last of several members with the same key counts. A number that no integer holds becomes a double.
    static Value parse(std::string_view text);
    static Value parse_or_null(std::string_view text); // null when it is no JSON
    static bool accept(std::string_view text);

    std::string dump(const Layout &layout) const;
    std::string dump(int indent = -1) const { return dump(Layout{indent}); }

    bool is_null() const { return kind_ == Kind::null; }
    bool is_boolean() const { return kind_ == Kind::boolean; }
    bool is_number() const { return is_number_integer() || is_number_float(); }
    bool is_number_integer() const { return kind_ == Kind::whole || kind_ == Kind::natural; }
    bool is_number_unsigned() const {
        return kind_ == Kind::natural;
    } // parsed without a minus, or made of one
    bool is_number_float() const { return kind_ == Kind::real; }
    bool is_string() const { return kind_ == Kind::text; }
    bool is_array() const { return kind_ == Kind::array; }
    bool is_object() const { return kind_ == Kind::object; }

    template <class Wanted> Wanted get() const {
        if constexpr (std::is_same_v<Wanted, bool>) {
            return truth();
        } else if constexpr (std::is_same_v<Wanted, std::string>) {
            return text();
        } else if constexpr (std::is_floating_point_v<Wanted>) {
            return static_cast<Wanted>(real());
        } else {
            static_assert(std::is_integral_v<Wanted>, "a bool, a number or a std::string");
            return static_cast<Wanted>(integer());
        }
    }
    const std::string &text() const;

    // What begin() to end() passes: the elements, the values of the members, for a scalar itself, for null
    // nothing.
    std::size_t size() const { return static_cast<std::size_t>(end() - begin()); }
    bool empty() const { return begin() == end(); }
    iterator begin();
    iterator end();
    const_iterator begin() const;
    const_iterator end() const;
    Value &front() { return at(0); }
    const Value &front() const { return at(0); }
    Value &back() { return at(size() - 1); }
    const Value &back() const { return at(size() - 1); }

    // Throws when there is none.
    Value &at(std::string_view key);
    const Value &at(std::string_view key) const;
    Value &at(std::size_t index);
    const Value &at(std::size_t index) const;
    // Adds it when there is none; makes an object of null.
    Value &operator[](std::string_view key);
    const Value &operator[](std::string_view key) const { return at(key); }
    Value &operator[](std::size_t index) { return at(index); }
    const Value &operator[](std::size_t index) const { return at(index); }

    // end() also when this is no object.
    iterator find(std::string_view key);
    const_iterator find(std::string_view key) const;
    bool contains(std::string_view key) const { return find(key) != end(); }
    // What "/meta/errors/0" points to, nullptr for nothing.
    const Value *pointed(std::string_view pointer) const;
    // The member if there is one, and throws when it is of another kind.
    template <class Otherwise> auto value(std::string_view key, Otherwise otherwise) const {
        using Wanted =
            std::conditional_t<std::is_convertible_v<Otherwise, const char *>, std::string, Otherwise>;
        const Value *found = member(key);
        if constexpr (std::is_same_v<Wanted, Value>) {
            return found != nullptr ? *found : std::move(otherwise);
        } else {
            return found != nullptr ? found->get<Wanted>() : Wanted(std::move(otherwise));
        }
    }

    // The members of an object with their keys.
    class Entries;
    Entries items() const &;
    Entries items() const && = delete; // a loop would outlive it

    void push_back(Value element); // makes an array of null
    void update(const Value &members);
    std::size_t erase(std::string_view key);

    friend bool operator==(const Value &left, const Value &right);
    // Of two numbers, whatever their kinds, and of two texts; else they are unordered unless they are equal.
    friend std::partial_ordering operator<=>(const Value &left, const Value &right);
    friend std::ostream &operator<<(std::ostream &out, const Value &value);
    friend void PrintTo(const Value &value, std::ostream *out); // NOLINT: the name is GoogleTest's

private:
    friend class Builder;
    struct Object;
    using Array = std::vector<Value>;
    enum class Kind : std::uint8_t { null, boolean, whole, natural, real, text, array, object };
    union Held {
        bool truth;
        std::int64_t whole;
        std::uint64_t natural = 0;
        double real;
        std::string *text;
        Array *array;
        Object *object;
    };

    explicit Value(Object &&members);
    static Value object_of(std::vector<std::pair<std::string, Value>> members); // in any order
    void release() noexcept;
    bool truth() const;
    double real() const;
    std::uint64_t integer() const;                   // a negative one as its two's complement
    const Value *member(std::string_view key) const; // throws when this is no object
    [[noreturn]] void refuse(const char *wanted) const;

    Kind kind_ = Kind::null;
    Held held_;
};

// An element of a list in braces. Its value can be moved away, which the list itself does not allow.
class Element {
public:
    // Hides no copy: an Element is not convertible.
    // NOLINTBEGIN(google-explicit-constructor,bugprone-forwarding-reference-overload)
    template <std::convertible_to<Value> Source>
    Element(Source &&source) : value_(std::forward<Source>(source)) {}
    Element(std::initializer_list<Element> elements) : value_(elements) {}
    // NOLINTEND(google-explicit-constructor,bugprone-forwarding-reference-overload)
    Value &value() const { return value_; }

private:
    mutable Value value_;
};

class Value::Entries {
public:
    struct Entry {
        const std::string &key;
        const Value &value;
    };
    class Iterator {
    public:
        Iterator(const std::string *key, const Value *value) : key_(key), value_(value) {}
        Entry operator*() const { return {*key_, *value_}; }
        Iterator &operator++() {
            ++key_;
            ++value_;
            return *this;
        }
        bool operator==(const Iterator &other) const { return value_ == other.value_; }

    private:
        const std::string *key_;
        const Value *value_;
    };
    Entries(const std::string *keys, const Value *values, std::size_t size)
        : keys_(keys), values_(values), size_(size) {}
    Iterator begin() const { return {keys_, values_}; }
    Iterator end() const { return {keys_ + size_, values_ + size_}; }

private:
    const std::string *keys_;
    const Value *values_;
    std::size_t size_;
};

} // namespace xtap::json

namespace xtap {
using Json = json::Value;
} // namespace xtap
