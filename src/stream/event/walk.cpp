// The walk over brackets and colons.
#include "stream/event/walk.hpp"

#include "stream/event/pointers.hpp"
#include "stream/event/scalar.hpp"
#include "stream/event/unescape.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace xtap::event {
namespace {

constexpr std::uint32_t kUnbounded = UINT32_MAX;
constexpr std::size_t kLongestEscapedKey =
    1024; // bytes after unescaping; longer keys with escapes match nothing

class Walker {
public:
    Walker(const Trie &trie, WalkMemory &memory, const ScannedLine &line, Findings &findings)
        : trie_(trie), memory_(memory), line_(line), findings_(findings),
          block_count_(static_cast<std::uint32_t>(blocks_of(line.size))) {}

    bool run() {
        const std::uint32_t start = skip_space(after_mark());
        if (start >= line_.size || line_.data[start] != '{') return false;
        frame_->in_array = false;
        begin_outputs(trie_.node(Trie::kRoot), start);
        enter(Trie::kRoot, start, 1);
        while (frame_ != frames_.data())
            if (!advance()) return false;
        return skip_space(position_ + 1) == line_.size;
    }

private:
    // An open object or array in which something is wanted.
    struct Frame {
        const Trie::Node *node;
        std::uint32_t depth;
        std::uint32_t remaining; // children not met yet; at 0 the rest of the container is only counted
        std::uint32_t start;
        std::uint32_t place; // of the current element
        bool array;
        bool in_array; // itself or through one around it: facts are members of objects alone
        std::uint64_t visit;
    };

    // A line may begin with a byte order mark, as some readers of JSON allow.
    std::uint32_t after_mark() const {
        return line_.size >= 3 && std::memcmp(line_.data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    }

    static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

    std::uint32_t skip_space(std::uint32_t at) const {
        while (at < line_.size && is_space(line_.data[at]))
            ++at;
        return at;
    }

    // From here on the walk goes on after byte `at`.
    void move_to(std::uint32_t at) {
        position_ = at;
        block_ = at / kBlockBytes;
        ahead_ = ~std::uint64_t{0} << (at % kBlockBytes) << 1;
    }

    // One step inside the innermost frame.
    bool advance() {
        Frame &frame = *frame_;
        if (frame.remaining == 0) {
            if (!skip_out_of(frame.depth)) return false;
            leave();
            return true;
        }
        const bool array = frame.array;
        std::uint64_t bits = wanted(array) & ahead_;
        while (bits == 0) {
            if (++block_ == block_count_) return false;
            ahead_ = ~std::uint64_t{0};
            bits = wanted(array);
        }
        const auto place = static_cast<std::uint32_t>(std::countr_zero(bits));
        position_ = block_ * kBlockBytes + place;
        ahead_ = ~std::uint64_t{0} << place << 1;
        const char c = line_.data[position_];
        if (c == ':') return member(frame);
        if (c == ',') return element(frame, frame.place + 1);
        if (c == '{' || c == '[') return skip_out_of(frame.depth + 1);
        leave();
        return true;
    }

    std::uint64_t wanted(bool array) const {
        const BlockBits &block = line_.blocks[block_];
        return block.openers | block.closers | (array ? block.commas : block.colons);
    }

    // Moves to the closer of the container around position_, which is `depth` levels deep.
    bool skip_out_of(std::uint32_t depth) {
        const auto least = static_cast<std::int32_t>(depth);
        std::int32_t now = least;
        std::uint32_t number = block_;
        std::uint64_t ahead = ahead_;
        for (;;) {
            const BlockBits &block = line_.blocks[number];
            if ((block.closers & ahead) != 0) {
                for (std::uint64_t bits = (block.openers | block.closers) & ahead; bits != 0;
                     bits &= bits - 1) {
                    const auto place = static_cast<std::uint32_t>(std::countr_zero(bits));
                    now += static_cast<std::int32_t>(block.openers >> place & 1) * 2 - 1;
                    if (now >= least) continue;
                    move_to(number * kBlockBytes + place);
                    return true;
                }
            }
            do {
                if (++number == block_count_) return false;
            } while (line_.blocks[number].floor >= least);
            now = line_.blocks[number].depth;
            ahead = ~std::uint64_t{0};
        }
    }

    // Goes into the container that begins at `at`.
    bool enter(std::uint32_t node_number, std::uint32_t at, std::uint32_t depth) {
        const Trie::Node &node = trie_.node(node_number);
        const bool array = line_.data[at] == '[';
        move_to(at);
        const bool in_array = array || frame_->in_array;
        ++frame_;
        const std::uint32_t children = node.any == Trie::kNone ? node.child_count : kUnbounded;
        *frame_ = {
            &node, depth, array ? node.place_count : children, at, 0, array, in_array, memory_.next_visit()};
        return !array || first_element(*frame_);
    }

    void leave() {
        if (frame_->node->selected) end_outputs(*frame_->node, frame_->start);
        --frame_;
    }

    bool first_element(Frame &frame) {
        const std::uint32_t at = skip_space(frame.start + 1);
        return at >= line_.size || line_.data[at] == ']' || element(frame, 0);
    }

    bool element(Frame &frame, std::uint32_t place) {
        frame.place = place;
        const std::uint32_t found = trie_.find_place(*frame.node, place);
        if (found == Trie::kNone) return true;
        --frame.remaining;
        return value(found, frame.depth);
    }

    // A colon: the key is the string that ends before it.
    bool member(Frame &frame) {
        std::uint32_t end = position_;
        do {
            if (end == frame.start) return true;
        } while (is_space(line_.data[--end]));
        if (line_.data[end] != '"') return true;
        const std::uint32_t start = quote_before(end) + 1;
        const std::string_view key(line_.data + start, end - start);
        std::uint32_t found = trie_.find_written(*frame.node, key, head_at(start, key.size()));
        if (found == Trie::kNone && has_backslash(start, end)) found = find_escaped(*frame.node, key);
        if (found != Trie::kNone && memory_.first_time(found, frame.visit))
            frame.remaining -= frame.remaining != kUnbounded;
        else if (frame.node->any != Trie::kNone)
            found = frame.node->any;
        else
            return true;
        return value(found, frame.depth);
    }

    std::uint32_t quote_before(std::uint32_t at) const {
        std::uint32_t block = at / kBlockBytes;
        std::uint64_t quotes = line_.blocks[block].quotes & ~(~std::uint64_t{0} << (at % kBlockBytes));
        while (quotes == 0 && block != 0)
            quotes = line_.blocks[--block].quotes;
        return block * kBlockBytes + 63 - static_cast<std::uint32_t>(std::countl_zero(quotes));
    }

    std::uint64_t head_at(std::uint32_t at, std::size_t size) const {
        if (line_.size - at < sizeof(std::uint64_t)) return Trie::head_of({line_.data + at, size});
        std::uint64_t head;
        std::memcpy(&head, line_.data + at, sizeof head);
        if (size >= sizeof head) return head;
        if constexpr (std::endian::native == std::endian::little)
            return head & ~(~std::uint64_t{0} << (8 * size));
        else
            return Trie::head_of({line_.data + at, size});
    }

    bool has_backslash(std::uint32_t start, std::uint32_t end) const {
        if (start == end) return false;
        const std::uint32_t first = start / kBlockBytes;
        const std::uint32_t last = (end - 1) / kBlockBytes;
        const std::uint64_t from = ~std::uint64_t{0} << (start % kBlockBytes);
        const std::uint64_t upto = ~std::uint64_t{0} >> (63 - (end - 1) % kBlockBytes);
        if (first == last) return (line_.blocks[first].backslashes & from & upto) != 0;
        std::uint64_t any = line_.blocks[first].backslashes & from;
        for (std::uint32_t block = first + 1; block < last; ++block)
            any |= line_.blocks[block].backslashes;
        return (any | (line_.blocks[last].backslashes & upto)) != 0;
    }

    std::uint32_t find_escaped(const Trie::Node &node, std::string_view key) const {
        std::array<char, kLongestEscapedKey> plain;
        if (key.size() > 6 * trie_.longest_name() || key.size() > plain.size()) return Trie::kNone;
        const std::string_view name(plain.data(), unescape(key, plain.data(), true).size);
        return trie_.find(node, name, Trie::head_of(name));
    }

    // The value after the colon or comma (or opening bracket) at position_, or after the '[' of the frame.
    bool value(std::uint32_t node_number, std::uint32_t depth) {
        const Trie::Node &node = trie_.node(node_number);
        const std::uint32_t at = skip_space(position_ + 1);
        if (at >= line_.size) return false;
        const char c = line_.data[at];
        if (c == '"') {
            string(node, at);
            return true;
        }
        if (c != '{' && c != '[') {
            scalar(node, at);
            return true;
        }
        begin_outputs(node, at);
        const bool inside =
            c == '[' ? node.place_count != 0 : node.child_count != 0 || node.any != Trie::kNone;
        if (inside) return enter(node_number, at, depth + 1);
        if (!node.selected) return true; // the walk meets the bracket by itself
        move_to(at);
        if (!skip_out_of(depth + 1)) return false;
        end_outputs(node, at);
        return true;
    }

    void string(const Trie::Node &node, std::uint32_t at) {
        std::uint32_t block = at / kBlockBytes;
        std::uint64_t after = ~std::uint64_t{0} << (at % kBlockBytes) << 1;
        std::uint64_t quotes = line_.blocks[block].quotes & after;
        while (quotes == 0 && ++block < block_count_)
            quotes = line_.blocks[block].quotes;
        if (quotes == 0) return; // an open string: the scan has told so already
        const std::uint32_t end = block * kBlockBytes + static_cast<std::uint32_t>(std::countr_zero(quotes));
        put(node, {line_.data + at + 1, end - at - 1, ColumnKind::string, has_backslash(at + 1, end)});
    }

    void scalar(const Trie::Node &node, std::uint32_t at) {
        const std::string_view rest(line_.data + at, line_.size - at);
        const std::string_view text = rest.substr(0, scalar_size(rest));
        put(node, {text.data(), static_cast<std::uint32_t>(text.size()), scalar_kind(text), false});
    }

    void begin_outputs(const Trie::Node &node, std::uint32_t at) {
        put(node, {line_.data + at, 0, ColumnKind::json, false});
    }

    void end_outputs(const Trie::Node &node, std::uint32_t start) {
        for (const std::uint16_t output : trie_.outputs(node))
            if (output >= trie_.fact_count())
                findings_.columns[output - trie_.fact_count()].size = position_ + 1 - start;
    }

    void put(const Trie::Node &node, Span span) {
        if (span.kind == ColumnKind::absent) return;
        for (const std::uint16_t output : trie_.outputs(node)) {
            if (output >= trie_.fact_count()) {
                findings_.columns[output - trie_.fact_count()] = span;
            } else if (!frame_->in_array && !findings_.has(output)) {
                findings_.facts[output] = span;
                findings_.found |= std::uint64_t{1} << output;
            }
        }
    }

    const Trie &trie_;
    WalkMemory &memory_;
    const ScannedLine line_;
    Findings &findings_;
    const std::uint32_t block_count_;
    std::uint32_t position_ = 0;
    std::uint32_t block_ = 0;
    std::uint64_t ahead_ = 0;                           // bits of this block that lie after position_
    std::array<Frame, Pointers::kMaxParts + 2> frames_; // the first one stands for "none"
    Frame *frame_ = frames_.data();
};

} // namespace

bool walk(const Trie &trie, WalkMemory &memory, const ScannedLine &line, Findings &findings) {
    return Walker(trie, memory, line, findings).run();
}

} // namespace xtap::event
