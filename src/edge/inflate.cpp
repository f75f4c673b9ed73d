// See inflate.hpp.
#include "edge/inflate.hpp"

#include "api/failure.hpp"

#include <algorithm>
#include <string>
#include <zlib.h>

namespace xtap::edge {

namespace {

constexpr int kGzipOnly = MAX_WBITS + 16;

} // namespace

Inflater::Inflater()
    : stream_(std::make_unique<z_stream_s>()), output_(std::make_unique_for_overwrite<char[]>(kStepBytes)) {
    if (inflateInit2(stream_.get(), kGzipOnly) != Z_OK)
        throw Failure(Status::no_memory, "no memory for gzip");
}

Inflater::~Inflater() { inflateEnd(stream_.get()); }

void Inflater::reset() { inflateReset2(stream_.get(), kGzipOnly); }

std::string_view Inflater::step(std::string_view &input) {
    z_stream_s &z = *stream_;
    z.next_out = reinterpret_cast<Bytef *>(output_.get());
    z.avail_out = kStepBytes;
    while (z.avail_out == kStepBytes) {
        const auto taken = static_cast<uInt>(std::min<std::size_t>(input.size(), 1u << 30));
        z.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(input.data())); // zlib does not write to it
        z.avail_in = taken;
        const int result = inflate(&z, Z_SYNC_FLUSH);
        input.remove_prefix(taken - z.avail_in);
        if (result == Z_STREAM_END) {
            reset();
            if (input.empty()) break;
            continue;
        }
        if (result == Z_BUF_ERROR) break; // nothing more without more input
        if (result != Z_OK) {
            // What was unpacked before the damage goes first; zlib says the same again at the next step.
            if (z.avail_out < kStepBytes) break;
            throw Failure(Status::protocol,
                          std::string("the body is not valid gzip: ") + (z.msg ? z.msg : "bad data"));
        }
        if (input.empty()) break;
    }
    return {output_.get(), kStepBytes - z.avail_out};
}

} // namespace xtap::edge
