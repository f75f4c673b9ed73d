// Growing and searching the tree of wanted paths.
#include "stream/event/trie.hpp"

#include <algorithm>
#include <cstring>

namespace xtap::event {
namespace {

constexpr std::uint64_t kNoPlace = UINT64_MAX;

// RFC 6901: digits without a leading zero. Longer than any line could hold: never a place.
std::uint64_t place_of(std::string_view name) {
    if (name.empty() || name.size() > 10 || (name.size() > 1 && name.front() == '0')) return kNoPlace;
    std::uint64_t place = 0;
    for (const char c : name) {
        if (c < '0' || c > '9') return kNoPlace;
        place = place * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return place;
}

} // namespace

Trie::Trie(std::uint16_t fact_count) : fact_count_(fact_count), branches_(1) {}

std::uint64_t Trie::head_of(std::string_view name) {
    std::uint64_t head = 0;
    std::memcpy(&head, name.data(), std::min(name.size(), sizeof head));
    return head;
}

std::uint32_t Trie::copy_of(std::uint32_t branch) {
    const auto copy = static_cast<std::uint32_t>(branches_.size());
    branches_.emplace_back();
    Branch filled;
    filled.outputs = branches_[branch].outputs;
    filled.children = branches_[branch].children;
    filled.any = branches_[branch].any;
    for (Child &child : filled.children)
        child.node = copy_of(child.node);
    if (filled.any != kNone) filled.any = copy_of(filled.any);
    branches_[copy] = std::move(filled);
    return copy;
}

std::uint32_t Trie::child_for(std::uint32_t parent, std::string_view name) {
    for (const Child &child : branches_[parent].children)
        if (child.name == name) return child.node;
    std::uint32_t made;
    if (branches_[parent].any != kNone) {
        made = copy_of(branches_[parent].any);
    } else {
        made = static_cast<std::uint32_t>(branches_.size());
        branches_.emplace_back();
    }
    const std::uint64_t place = place_of(name);
    has_places_ |= place != kNoPlace;
    longest_name_ = std::max(longest_name_, name.size());
    branches_[parent].children.push_back(
        {head_of(name), place, made, name.find('\\') != std::string_view::npos, std::string(name)});
    return made;
}

void Trie::add_output(std::uint32_t branch, std::uint16_t output) {
    branches_[branch].outputs.push_back(output);
}

void Trie::add_fact(std::string_view path, std::uint16_t fact) { add_below(kRoot, path, fact); }

void Trie::add_below(std::uint32_t at, std::string_view path, std::uint16_t fact) {
    if (path.empty()) return add_output(at, fact);
    path.remove_prefix(1); // the slash
    const std::string_view part = path.substr(0, path.find('/'));
    path.remove_prefix(part.size());
    if (part != "*") return add_below(child_for(at, part), path, fact);
    if (branches_[at].any == kNone) {
        const auto made = static_cast<std::uint32_t>(branches_.size());
        branches_.emplace_back();
        branches_[at].any = made;
    }
    add_below(branches_[at].any, path, fact);
    for (std::size_t i = 0; i < branches_[at].children.size(); ++i)
        add_below(branches_[at].children[i].node, path, fact);
}

void Trie::add_selected(const std::vector<std::string> &parts, std::uint16_t column) {
    std::uint32_t at = kRoot;
    for (const std::string &part : parts)
        at = child_for(at, part);
    add_output(at, static_cast<std::uint16_t>(fact_count_ + column));
}

void Trie::freeze() {
    for (Branch &branch : branches_) {
        Node node;
        node.first_child = static_cast<std::uint32_t>(children_.size());
        node.child_count = static_cast<std::uint32_t>(branch.children.size());
        node.any = branch.any;
        node.first_output = static_cast<std::uint32_t>(outputs_.size());
        node.output_count = static_cast<std::uint32_t>(branch.outputs.size());
        for (Child &child : branch.children) {
            node.filter |= filter_bit(child.head, child.name.size());
            node.place_count += child.place != kNoPlace;
            children_.push_back(std::move(child));
        }
        for (const std::uint16_t output : branch.outputs) {
            node.selected |= output >= fact_count_;
            outputs_.push_back(output);
        }
        nodes_.push_back(node);
    }
    branches_.clear();
    branches_.shrink_to_fit();
}

std::uint32_t Trie::find_place(const Node &node, std::uint64_t place) const {
    const Child *child = children_.data() + node.first_child;
    for (std::uint32_t i = 0; i < node.child_count; ++i, ++child)
        if (child->place == place) return child->node;
    return kNone;
}

} // namespace xtap::event
