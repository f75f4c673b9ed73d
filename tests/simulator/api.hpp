// What every operation that is no stream goes through before its own code: who asks, how often, with which
// parameters. Knows no operation.
#pragma once

#include "authority.hpp"
#include "encoding.hpp"
#include "paging.hpp"
#include "server.hpp"
#include "json/value.hpp"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xtap::sim {

// Thrown by an operation that will not be carried out.
struct Refused {
    Answer answer;
};

struct Call {
    World &world;
    const httplib::Request &request;
    Caller caller;
    std::vector<std::string> path; // what stands for {id} and its like
    Pairs query;

    // The body as an object with none but these fields; refuses everything else.
    Json body(std::initializer_list<std::string_view> fields) const;
};

using Handler = std::function<Answer(const Call &)>;

class Api {
public:
    Api(httplib::Server &routes, World &world) : routes_(routes), world_(world) {}
    // pattern: "/2/users/{id}/likes". The first added that fits is taken.
    void add(const char *method, std::string pattern, unsigned accepted, Handler handler);

private:
    httplib::Server &routes_;
    World &world_;
};

// Fields come in the order in which they were added, which is that of the documentation.
Answer answer_json(const Json &body, int status = 200);
// "field": message, as an invalid request.
[[noreturn]] void refuse_field(const std::string &field, const std::string &value,
                               const std::string &message);
// Errors beside a 200, for what is not there.
Json not_found(std::string_view kind, std::string_view parameter, std::string_view value);

// Reads the query; collects what is wrong, and refuses it all at once.
class Parameters {
public:
    // Fields and expansions may always be asked for.
    Parameters(const Call &call, std::initializer_list<std::string_view> known);
    std::optional<std::string> text(std::string_view name) const;
    std::uint64_t number(std::string_view name, std::uint64_t low, std::uint64_t high,
                         std::uint64_t otherwise);
    bool flag(std::string_view name);
    // Comma-separated; every value one of `allowed` unless that is empty.
    std::vector<std::string> list(std::string_view name, const std::vector<std::string_view> &allowed = {});
    std::optional<PageMark> page(std::string_view name = "pagination_token");
    void bad(std::string_view name, std::string message);
    void check() const; // throws Refused

private:
    const Pairs &query_;
    std::vector<BadParameter> bad_;
};

// The meta object of a page.
Json page_meta(const Page &page);

} // namespace xtap::sim
