// A flight outlives its end in the hands of those who waited for it: the next one may be under way by then.
#include "client/single_flight.hpp"

#include "client/token_endpoint.hpp"

#include <algorithm>

namespace xtap::client {
namespace {

// What concerns the call that did the work alone, and not what it wanted.
bool is_its_own(Status status) noexcept {
    return status == Status::cancelled || status == Status::request_timeout;
}

// However patient a endpoint is: the sum of now and its patience must not overflow.
constexpr std::chrono::milliseconds longest_wait = std::chrono::hours(1);

} // namespace

// Ends the flight however the work ended.
class SingleFlight::Landing {
public:
    Landing(SingleFlight &owner, std::unique_lock<std::mutex> &lock) : owner_(owner), lock_(lock) {
        lock_.unlock();
    }
    Landing(const Landing &) = delete;
    Landing &operator=(const Landing &) = delete;
    ~Landing() {
        lock_.lock();
        owner_.flight_->landed = true;
        owner_.flight_.reset();
        owner_.landed_.notify_all();
    }

private:
    SingleFlight &owner_;
    std::unique_lock<std::mutex> &lock_;
};

void SingleFlight::start(std::unique_lock<std::mutex> &lock, const Work &work) {
    const auto flight = std::make_shared<Flight>();
    flight->runner = std::this_thread::get_id();
    flight_ = flight;
    const Landing landing(*this, lock);
    try {
        work();
        flight->given_up = false;
    } catch (const Failure &failure) {
        if (!is_its_own(failure.status)) {
            flight->failure = failure;
            flight->given_up = false;
        }
        throw;
    }
}

std::shared_ptr<SingleFlight::Flight> SingleFlight::join(std::unique_lock<std::mutex> &lock,
                                                         TokenEndpoint &endpoint) {
    std::shared_ptr<Flight> flight = flight_; // not const: it is moved out
    if (flight->runner == std::this_thread::get_id())
        throw Failure(Status::state, "the token callback called the library, which waits for it to return "
                                     "before the new token is used");
    while (!flight->landed)
        landed_.wait_for(lock, std::min(endpoint.patience(), longest_wait));
    return flight;
}

bool SingleFlight::run(std::unique_lock<std::mutex> &lock, const Work &work, TokenEndpoint &endpoint) {
    if (!flight_) {
        start(lock, work);
        return true;
    }
    const std::shared_ptr<Flight> flight = join(lock, endpoint);
    if (flight->failure) throw Failure(*flight->failure);
    return !flight->given_up;
}

void SingleFlight::run_alone(std::unique_lock<std::mutex> &lock, const Work &work, TokenEndpoint &endpoint) {
    while (flight_)
        join(lock, endpoint);
    start(lock, work);
}

} // namespace xtap::client
