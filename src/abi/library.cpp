// The library itself and the table of operations.
#include "abi/arguments.hpp"
#include "abi/barrier.hpp"
#include "api/operation.hpp"
#include "xtap/xtap.h"

using namespace xtap;
using namespace xtap::abi;

uint32_t xtap_abi_version(void) { return abi_version; }

const char *xtap_version(void) { return XTAP_VERSION_TEXT; }

const char *xtap_status_name(xtap_status status) { return status_name(status); }

size_t xtap_operation_count(void) { return api::operations().size(); }

const char *xtap_operation_id(size_t index) {
    return index < api::operations().size() ? api::operations()[index].id : nullptr;
}

xtap_status xtap_operation_describe(const char *operation, char *buffer, size_t capacity, size_t *size_out,
                                    xtap_error *error) {
    return guarded(error, [&] {
        return copy_out(api::describe(api::find_operation(text_of(operation, "operation"))), buffer, capacity,
                        size_out);
    });
}
