// See pump.hpp.
#include "edge/pump.hpp"

#include "api/failure.hpp"
#include "edge/easy.hpp"
#include "edge/process.hpp"

#include <new>

namespace xtap::edge {

namespace {

void check(CURLMcode code) {
    if (code == CURLM_OUT_OF_MEMORY) throw std::bad_alloc();
    if (code != CURLM_OK)
        throw Failure(Status::internal, std::string("libcurl: ") + curl_multi_strerror(code));
}

} // namespace

Pump::Pump() : multi_(curl_multi_init()) {
    if (multi_ == nullptr) throw std::bad_alloc();
}

Pump::~Pump() {
    if (multi_ != nullptr && !process_exiting()) curl_multi_cleanup(multi_);
}

void drive(Driven &driven) { set(driven.handle(), CURLOPT_PRIVATE, static_cast<void *>(&driven)); }

void Pump::add(Driven &driven) { check(curl_multi_add_handle(multi_, driven.handle())); }

void Pump::remove(Driven &driven) noexcept {
    if (multi_ != nullptr && !process_exiting()) curl_multi_remove_handle(multi_, driven.handle());
}

void Pump::step() {
    int running = 0;
    check(curl_multi_perform(multi_, &running));
    int left = 0;
    while (const CURLMsg *message = curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        char *driven = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &driven);
        reinterpret_cast<Driven *>(driven)->done(message->data.result);
    }
}

void Pump::wait(int timeout_ms) {
    curl_waitfd flag{flag_.fd(), CURL_WAIT_POLLIN, 0};
    check(curl_multi_poll(multi_, &flag, 1, timeout_ms, nullptr));
    if (flag.revents != 0) flag_.lower();
}

} // namespace xtap::edge
