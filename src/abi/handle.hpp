// What stands behind the opaque types, and the one place where a pointer from outside becomes one of them.
#pragma once

#include "api/options.hpp"
#include "api/payload.hpp"
#include "api/request.hpp"
#include "client/client.hpp"
#include "client/request_sender.hpp"
#include "client/response.hpp"
#include "tap/stream.hpp"
#include "xtap/xtap.h"

#include <cstdint>
#include <memory>
#include <string>

namespace xtap::abi {

// First member of every handle: tells a live handle of another type from the right one.
enum class Tag : std::uint32_t {
    dead = 0x64656164,
    config = 0x78746366,
    client = 0x7874636c,
    request = 0x78747271,
    response = 0x78747270,
    stream = 0x78747374,
};

} // namespace xtap::abi

struct xtap_config {
    static constexpr auto kTag = xtap::abi::Tag::config;
    xtap::abi::Tag tag = kTag;
    xtap::api::Options options;
};

struct xtap_client {
    static constexpr auto kTag = xtap::abi::Tag::client;
    xtap::abi::Tag tag = kTag;
    std::shared_ptr<xtap::client::Client> core;
};

struct xtap_request {
    static constexpr auto kTag = xtap::abi::Tag::request;
    xtap::abi::Tag tag = kTag;
    std::shared_ptr<xtap::client::Client> client;
    xtap::api::Request core;
    xtap::api::Options options; // the client's, with this request's own on top
    xtap::api::Payload payload = {};
    std::unique_ptr<xtap::client::RequestSender> sender =
        std::make_unique<xtap::client::RequestSender>(*client);
};

struct xtap_response {
    static constexpr auto kTag = xtap::abi::Tag::response;
    xtap::abi::Tag tag = kTag;
    xtap::client::Response core;
};

struct xtap_stream {
    static constexpr auto kTag = xtap::abi::Tag::stream;
    xtap::abi::Tag tag = kTag;
    std::unique_ptr<xtap::tap::Stream> core;
    xtap_event_cb on_event = nullptr;
    void *event_data = nullptr;
    xtap_notice_cb on_notice = nullptr;
    void *notice_data = nullptr;
};

// A record as a callback sees it; the two types differ only for the compiler's sake.
struct xtap_event {
    const xtap::tap::Delivered *delivered;
};
struct xtap_notice {
    const xtap::tap::Delivered *delivered;
};

namespace xtap::abi {

template <class Handle> constexpr const char *handle_name() {
    switch (Handle::kTag) {
    case Tag::config:
        return "xtap_config";
    case Tag::client:
        return "xtap_client";
    case Tag::request:
        return "xtap_request";
    case Tag::response:
        return "xtap_response";
    default:
        return "xtap_stream";
    }
}

template <class Handle> bool is_live(const Handle *handle) noexcept {
    return handle != nullptr && handle->tag == Handle::kTag;
}

// The handle behind a pointer from outside. Throws Failure(argument) for NULL and for a live handle of
// another type.
template <class Handle> Handle &handle_of(Handle *handle) {
    using Plain = std::remove_const_t<Handle>;
    if (handle == nullptr) throw Failure(Status::argument, std::string(handle_name<Plain>()) + " is NULL");
    if (handle->tag != Plain::kTag)
        throw Failure(Status::argument, std::string("this is no ") + handle_name<Plain>());
    return *handle;
}

template <class Handle> void destroy(Handle *handle) noexcept {
    handle->tag = Tag::dead;
    delete handle;
}

} // namespace xtap::abi
