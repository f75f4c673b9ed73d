// The paths that a walk looks for, merged into one tree: what the user selected and the facts the library
// needs. Knows names and places; must not know what a fact means.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace xtap::event {

class Trie {
public:
    static constexpr std::uint32_t kNone = UINT32_MAX;
    static constexpr std::uint32_t kRoot = 0;

    // Outputs below `fact_count` are facts: only their start and kind are wanted when they are objects or
    // arrays.
    explicit Trie(std::uint16_t fact_count);

    // A part "*" of a fact's path stands for every member, also for those that other paths name; in a user's
    // path it is just a name.
    void add_fact(std::string_view path, std::uint16_t fact);
    void add_selected(const std::vector<std::string> &parts, std::uint16_t column);
    // Once, after the last add: lays the tree out for looking things up.
    void freeze();

    struct Node {
        std::uint64_t filter =
            0; // one bit per child's name: most keys are told apart without looking at children
        std::uint32_t first_child = 0;
        std::uint32_t child_count = 0;
        std::uint32_t place_count = 0; // children that can be a place in an array
        std::uint32_t any = kNone;
        std::uint32_t first_output = 0;
        std::uint32_t output_count = 0;
        bool selected = false; // an output is a column, so a container's end is wanted as well
    };

    const Node &node(std::uint32_t number) const { return nodes_[number]; }
    std::size_t size() const { return nodes_.size(); }
    std::span<const std::uint16_t> outputs(const Node &node) const {
        return {outputs_.data() + node.first_output, node.output_count};
    }
    bool has_places() const { return has_places_; }
    std::uint16_t fact_count() const { return fact_count_; }

    // The child with this name, kNone if there is none. `head` is the name's first 8 bytes, as head_of()
    // gives them.
    std::uint32_t find(const Node &node, std::string_view name, std::uint64_t head) const {
        if ((node.filter & filter_bit(head, name.size())) == 0) return kNone;
        const Child *child = find_child(node, name, head);
        return child == nullptr ? kNone : child->node;
    }
    // The same for a key as written: names with a backslash never equal what is written.
    std::uint32_t find_written(const Node &node, std::string_view key, std::uint64_t head) const {
        if ((node.filter & filter_bit(head, key.size())) == 0) return kNone;
        const Child *child = find_child(node, key, head);
        return child == nullptr || child->backslash ? kNone : child->node;
    }
    std::uint32_t find_place(const Node &node, std::uint64_t place) const;

    static std::uint64_t head_of(std::string_view name);
    std::size_t longest_name() const { return longest_name_; }

private:
    struct Child {
        std::uint64_t head;
        std::uint64_t place; // kNoPlace unless the name can be one
        std::uint32_t node;
        bool backslash;
        std::string name;
    };
    struct Branch { // while the tree grows
        std::vector<Child> children;
        std::vector<std::uint16_t> outputs;
        std::uint32_t any = kNone;
    };

    static std::uint64_t filter_bit(std::uint64_t head, std::size_t size) {
        return std::uint64_t{1} << (((head ^ size) * 0x9E3779B97F4A7C15) >> 58);
    }
    // Names of up to 8 bytes are told by their head and size alone.
    const Child *find_child(const Node &node, std::string_view name, std::uint64_t head) const {
        const Child *child = children_.data() + node.first_child;
        for (const Child *const end = child + node.child_count; child != end; ++child)
            if (child->head == head && child->name.size() == name.size() &&
                (name.size() <= sizeof head || child->name == name))
                return child;
        return nullptr;
    }

    std::uint32_t child_for(std::uint32_t parent, std::string_view name);
    void add_below(std::uint32_t at, std::string_view path, std::uint16_t fact);
    std::uint32_t copy_of(std::uint32_t branch);
    void add_output(std::uint32_t branch, std::uint16_t output);

    std::uint16_t fact_count_;
    bool has_places_ = false;
    std::size_t longest_name_ = 0;
    std::vector<Branch> branches_;
    std::vector<Node> nodes_;
    std::vector<Child> children_;
    std::vector<std::uint16_t> outputs_;
};

} // namespace xtap::event
