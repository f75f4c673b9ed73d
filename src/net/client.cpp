// See client.hpp.
#include "net/client.hpp"

#include "api/failure.hpp"
#include "net/stream.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace xtap::net {

namespace {

using api::Option;

// A token has some hundred bytes; a file beyond this is not one.
constexpr std::size_t kMostTokenBytes = 8192;
// How long exit() waits for another thread to leave run or read: beyond, it may be inside a callback for
// good.
constexpr int kExitWaitMs = 1000;

const api::Options &checked(const api::Options &options) {
    start_process();
    options.check();
    return options;
}

// The first line, without the white space around it.
std::string_view first_line(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r";
    text = text.substr(0, text.find('\n'));
    const auto begin = text.find_first_not_of(kSpace);
    return begin == std::string_view::npos ? std::string_view{}
                                           : text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

LogLevel level_of(Kind kind) {
    switch (kind) {
    case Kind::notice_connecting:
        return LogLevel::debug;
    case Kind::notice_connected:
        return LogLevel::info;
    default:
        return LogLevel::warn;
    }
}

} // namespace

Client::Client(const api::Options &options)
    : options_(checked(options)), edge_(edge_settings(options_)), generation_(process_generation()),
      log_(log_level(options_.text(Option::log_level))) {}

Client::~Client() {
    if (forked())
        // A forked child: the thread is not here, so it can neither be joined nor its object destroyed.
        static_cast<void>(io_thread_.release());
}

void Client::check_process() const {
    if (forked())
        throw Failure(Status::forked, "this client was opened before fork(); open another one in the child");
}

IoThread &Client::io_thread() {
    const std::lock_guard lock(mutex_);
    if (process_exiting() && !io_thread_) throw Failure(Status::state, "the process is exiting");
    if (!io_thread_) io_thread_ = std::make_unique<IoThread>();
    return *io_thread_;
}

// ---- the token ----

api::Secret Client::read_token_file() const {
    const std::string path(options_.text(Option::bearer_token_file));
    const auto refuse = [&](const std::string &why) {
        return Failure(Status::no_credential, "bearer_token_file '" + path + "' " + why);
    };
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) throw refuse(std::string("cannot be opened: ") + std::strerror(errno));
    std::array<char, kMostTokenBytes + 1> buffer;
    std::size_t size = 0;
    ssize_t got = 0;
    while (size < buffer.size() && (got = read(fd, buffer.data() + size, buffer.size() - size)) > 0)
        size += static_cast<std::size_t>(got);
    const int error = errno;
    close(fd);
    api::Secret token(first_line({buffer.data(), size})); // not const: it is moved out
    explicit_bzero(buffer.data(), size);
    if (got < 0) throw refuse(std::string("cannot be read: ") + std::strerror(error));
    const std::string_view text = token.reveal();
    if (text.empty() || text.size() > kMostTokenBytes ||
        std::any_of(text.begin(), text.end(), [](char c) { return c <= ' ' || c > '~'; }))
        throw refuse("does not begin with a token: a line of printable ASCII without spaces, at most " +
                     std::to_string(kMostTokenBytes) + " bytes");
    return token;
}

api::Secret Client::credential() {
    if (options_.is_set(Option::bearer_token)) return options_.secret(Option::bearer_token);
    if (!options_.is_set(Option::bearer_token_file))
        throw Failure(
            Status::no_credential,
            "no credential: set bearer_token or bearer_token_file (in the environment XTAP_BEARER_TOKEN or "
            "XTAP_BEARER_TOKEN_FILE)");
    const std::lock_guard lock(credential_mutex_);
    if (file_token_.empty()) file_token_ = read_token_file();
    return file_token_;
}

bool Client::reload_credential() {
    if (options_.is_set(Option::bearer_token) || !options_.is_set(Option::bearer_token_file)) return false;
    const std::lock_guard lock(credential_mutex_);
    try {
        const api::Secret token = read_token_file();
        if (token.reveal() == file_token_.reveal()) return false;
        file_token_ = token;
        return true;
    } catch (const Failure &) {
        return false; // the 401 is what is told
    }
}

// ---- budgets, limits, log ----

stream::ConnectBudget &Client::budget(const api::Operation &operation) {
    const auto limit = edge_.connect_budget < 0 ? operation.connect_budget : edge_.connect_budget;
    return budgets_.try_emplace(operation.path, static_cast<std::int32_t>(limit)).first->second;
}

stream::ConnectBudget::Turn Client::budget_take(const api::Operation &operation) {
    const std::lock_guard lock(mutex_);
    const stream::ConnectBudget::Turn turn = budget(operation).take(mono_ms());
    if (turn.wait_ms == 0) ++connects_;
    return turn;
}

void Client::budget_take_back(const api::Operation &operation, std::int64_t taken_ms) {
    const std::lock_guard lock(mutex_);
    budget(operation).take_back(taken_ms);
}

void Client::rate_limit_seen(const api::Operation &operation, const stream::RateLimit &limit) {
    if (limit.limit < 0 && limit.remaining < 0 && limit.reset_ms < 0) return;
    const std::lock_guard lock(mutex_);
    rate_limits_[operation.id] = limit;
}

void Client::log_notice(const stream::Notice &notice) noexcept {
    try {
        log_.put(level_of(notice.kind), notice.json);
    } catch (const std::bad_alloc &) {
        // a line less
    }
}

// ---- streams, exit ----

void Client::add(Stream &stream) {
    const std::lock_guard lock(streams_mutex_);
    streams_.push_back(&stream);
}

void Client::remove(Stream &stream) noexcept {
    if (forked()) return; // the mutex may be held by a thread that is not here
    const std::lock_guard lock(streams_mutex_);
    std::erase(streams_, &stream);
}

// exit() has begun: no thread of ours may be inside OpenSSL when it cleans up.
void Client::on_exit() noexcept {
    {
        const std::lock_guard lock(streams_mutex_);
        for (Stream *stream : streams_)
            stream->cancel_and_wait(kExitWaitMs);
    }
    IoThread *thread = nullptr;
    {
        const std::lock_guard lock(mutex_);
        thread = io_thread_.get();
    }
    if (thread != nullptr) thread->stop();
}

} // namespace xtap::net
