// Requests, and the cancelling of the one that is under way.
#include "cli/base/caller.hpp"

#include "cli/base/client_setup.hpp"

#include <array>
#include <cerrno>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace xtap::cli {
namespace {

ConfigHandle config_for(const ClientArguments &arguments, bool wait_on_rate_limit) {
    const std::array<std::pair<const char *, const char *>, 1> own = {
        {{"wait_on_rate_limit", wait_on_rate_limit ? "on" : "off"}}};
    return configured(arguments, own);
}

bool is_about_parameters(xtap_status status) {
    return status == XTAP_E_MISSING || status == XTAP_E_VALUE || status == XTAP_E_UNKNOWN_NAME;
}

} // namespace

std::string_view Sent::body() const noexcept {
    const xtap_text text = xtap_response_body(response.get());
    return text.data != nullptr ? std::string_view(text.data, text.size) : std::string_view();
}

Caller::Caller(const ClientArguments &arguments, Output &output, CallerWishes wishes)
    : console_(STDERR_FILENO), config_(config_for(arguments, wishes.wait_on_rate_limit)),
      ended_fd_(::eventfd(0, EFD_CLOEXEC)) {
    if (ended_fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    if (wishes.client_of != nullptr) lend_client(config_.get(), *wishes.client_of);
    if (wishes.stored_credentials) login_.emplace(config_.get(), console_);
    client_ = opened_client(config_.get(), console_);
    if (login_) login_->keep_saved(client_.get());
    watch_ = std::make_unique<EndingWatch>(Endable{{}, [this] { cancel(); }}, signals_, output, std::nullopt,
                                           wishes.reader_may_leave);
}

Caller::~Caller() {
    watch_.reset();
    client_.reset(); // before the login that its callback saves
    ::close(ended_fd_);
}

RequestHandle Caller::request(const std::string &operation) {
    LibraryError error;
    xtap_request *made = nullptr;
    check(xtap_request_create(client_.get(), operation.c_str(), &made, &error), error,
          "see 'xtap operations' for all of them");
    return RequestHandle(made);
}

void Caller::set(xtap_request *request, const std::string &operation, const NamedValue &parameter) {
    LibraryError error;
    check(xtap_request_set(request, parameter.first.c_str(), parameter.second.c_str(), &error), error,
          parameter_hint(operation));
}

Sent Caller::try_send(xtap_request *request) {
    {
        const std::lock_guard lock(mutex_);
        if (!cancelled_) under_way_ = request;
    }
    check_ending();
    Sent sent;
    xtap_response *answer = nullptr;
    sent.status = xtap_request_send(request, &answer, &sent.error);
    sent.response.reset(answer);
    {
        const std::lock_guard lock(mutex_);
        under_way_ = nullptr;
    }
    if (sent.status == XTAP_E_CANCELLED) check_ending();
    if (login_) login_->settled();
    return sent;
}

Sent Caller::send(xtap_request *request, const std::string &operation) {
    Sent sent = try_send(request);
    check(sent.status, sent.error,
          is_about_parameters(sent.status) ? parameter_hint(operation) : std::string());
    return sent;
}

void Caller::check_ending() const {
    switch (watch_->ending()) {
    case Ending::none:
        return;
    case Ending::reader_left:
        throw ReaderLeft{};
    default:
        throw Complaint(ExitCode::failure, "ended by a signal before everything was done");
    }
}

void Caller::cancel() noexcept {
    ::eventfd_write(ended_fd_, 1);
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    if (under_way_ != nullptr) xtap_request_cancel(under_way_);
}

} // namespace xtap::cli
