// See paging.hpp.
#include "api/paging.hpp"

#include "api/failure.hpp"

#include <simdjson.h>

namespace xtap::api {

std::optional<std::string> next_page_token(const Operation &operation, std::string_view body) {
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    const simdjson::error_code error =
        parser.parse(simdjson::padded_string(body.data(), body.size())).get(root);
    if (error == simdjson::MEMALLOC) throw std::bad_alloc();
    if (error != simdjson::SUCCESS)
        throw Failure(Status::protocol, std::string(operation.id) +
                                            ": the answer is no JSON: " + simdjson::error_message(error));
    std::string_view token;
    if (root.at_pointer(operation.page_token).get(token) != simdjson::SUCCESS || token.empty())
        return std::nullopt;
    return std::string(token);
}

} // namespace xtap::api
