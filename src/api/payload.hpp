// The body of a request: one JSON text, or the parts of a multipart body. Checked against what the operation
// takes; knows neither encodings on the wire nor sockets.
#pragma once

#include "api/operation.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xtap::api {

struct Part {
    std::string name;
    std::optional<std::string> filename; // of a part that is a file
    std::string data;
};

class Payload {
public:
    // One well-formed JSON value, or none to unset it. Throws Failure: value when it is no JSON or the
    // operation takes none (only with `validate`), state beside parts.
    void set_json(const Operation &operation, std::optional<std::string_view> json, bool validate);
    // Throws Failure: value when the operation takes no parts or a name could break out of its header; state
    // beside a JSON body.
    void attach(const Operation &operation, Part part, bool validate);
    void detach(std::string_view name); // all parts of that name

    // What only the whole request shows: Status::missing for a body that is required.
    void check(const Operation &operation, bool validate) const;

    const std::optional<std::string> &json() const noexcept { return json_; }
    const std::vector<Part> &parts() const noexcept { return parts_; }

private:
    std::optional<std::string> json_;
    std::vector<Part> parts_;
};

} // namespace xtap::api
