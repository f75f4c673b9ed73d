// Asked for twice: how long it is, and the text.
#include "cli/base/operation_json.hpp"

#include "cli/base/complaint.hpp"

#include <xtap/xtap.h>

namespace xtap::cli {

std::string operation_json(const std::string &operation) {
    LibraryError error;
    std::size_t size = 0;
    constexpr char kHint[] = "see 'xtap operations' for all of them";
    xtap_status status = xtap_operation_describe(operation.c_str(), nullptr, 0, &size, &error);
    if (status != XTAP_E_BUFFER_SMALL) check(status, error, kHint);
    std::string json(size + 1, '\0'); // the library ends the text with a NUL when it fits
    check(xtap_operation_describe(operation.c_str(), json.data(), json.size(), &size, &error), error, kHint);
    json.resize(size);
    return json;
}

} // namespace xtap::cli
