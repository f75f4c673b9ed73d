/* Sizes, offsets and values, frozen by hand: a change here is a new major version. Compiling it is the test.
 */
#include <xtap/xtap.h>

#define SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type " has " #bytes " bytes")
#define AT(type, field, bytes)                                                                               \
    _Static_assert(offsetof(type, field) == (bytes), #type "." #field " is at " #bytes)
#define IS(name, number) _Static_assert((name) == (number), #name " is " #number)

SIZE(xtap_status, 4);
SIZE(xtap_flow, 4);

SIZE(xtap_text, 16);
AT(xtap_text, data, 0);
AT(xtap_text, size, 8);

SIZE(xtap_column, 12);
AT(xtap_column, offset, 0);
AT(xtap_column, size, 4);
AT(xtap_column, kind, 8);

SIZE(xtap_record, 64);
AT(xtap_record, position, 0);
AT(xtap_record, key, 8);
AT(xtap_record, id, 24);
AT(xtap_record, time_ms, 32);
AT(xtap_record, json_offset, 40);
AT(xtap_record, json_size, 44);
AT(xtap_record, first_column, 48);
AT(xtap_record, kind, 52);
AT(xtap_record, flags, 56);
AT(xtap_record, partition, 60);

SIZE(xtap_batch, 104);
AT(xtap_batch, struct_size, 0);
AT(xtap_batch, record_size, 4);
AT(xtap_batch, data, 8);
AT(xtap_batch, data_capacity, 16);
AT(xtap_batch, data_size, 24);
AT(xtap_batch, data_needed, 32);
AT(xtap_batch, records, 40);
AT(xtap_batch, record_capacity, 48);
AT(xtap_batch, record_count, 56);
AT(xtap_batch, records_needed, 64);
AT(xtap_batch, columns, 72);
AT(xtap_batch, column_capacity, 80);
AT(xtap_batch, column_count, 88);
AT(xtap_batch, columns_needed, 96);

SIZE(xtap_error, 1376);
AT(xtap_error, struct_size, 0);
AT(xtap_error, status, 4);
AT(xtap_error, http_status, 8);
AT(xtap_error, retriable, 12);
AT(xtap_error, retry_after_ms, 16);
AT(xtap_error, needed, 24);
AT(xtap_error, message, 32);
AT(xtap_error, problem_type, 1056);
AT(xtap_error, problem_title, 1184);
AT(xtap_error, request_id, 1312);

IS(XTAP_OK, 0);
IS(XTAP_TIMEOUT, 1);
IS(XTAP_END, 2);
IS(XTAP_INTERRUPTED, 3);
IS(XTAP_E_ARGUMENT, 100);
IS(XTAP_E_STATE, 101);
IS(XTAP_E_BUSY, 102);
IS(XTAP_E_BUFFER_SMALL, 103);
IS(XTAP_E_UNSUPPORTED, 104);
IS(XTAP_E_FORKED, 105);
IS(XTAP_E_CANCELLED, 106);
IS(XTAP_E_UNKNOWN_NAME, 120);
IS(XTAP_E_VALUE, 121);
IS(XTAP_E_MISSING, 122);
IS(XTAP_E_NO_CREDENTIAL, 123);
IS(XTAP_E_NETWORK, 200);
IS(XTAP_E_TLS, 201);
IS(XTAP_E_STALLED, 202);
IS(XTAP_E_REQUEST_TIMEOUT, 203);
IS(XTAP_E_PROTOCOL, 204);
IS(XTAP_E_TOO_LARGE, 205);
IS(XTAP_E_HTTP, 300);
IS(XTAP_E_UNAUTHORIZED, 301);
IS(XTAP_E_FORBIDDEN, 302);
IS(XTAP_E_NOT_FOUND, 303);
IS(XTAP_E_CONFLICT, 304);
IS(XTAP_E_RATE_LIMITED, 305);
IS(XTAP_E_CONNECTION_LIMIT, 306);
IS(XTAP_E_SERVER, 307);
IS(XTAP_E_NO_MEMORY, 900);
IS(XTAP_E_INTERNAL, 901);

IS(XTAP_EVENT_UNREAD, 1);
IS(XTAP_EVENT_POST, 2);
IS(XTAP_EVENT_LIKE, 3);
IS(XTAP_EVENT_POST_COMPLIANCE, 4);
IS(XTAP_EVENT_USER_COMPLIANCE, 5);
IS(XTAP_EVENT_LIKE_COMPLIANCE, 6);
IS(XTAP_EVENT_LABEL, 7);
IS(XTAP_EVENT_ACTIVITY, 8);
IS(XTAP_EVENT_OTHER, 0x7ffe);
IS(XTAP_EVENT_MALFORMED, 0x7fff);
IS(XTAP_NOTICE_CONNECTING, 0x8000);
IS(XTAP_NOTICE_CONNECTED, 0x8001);
IS(XTAP_NOTICE_DISCONNECTED, 0x8002);
IS(XTAP_NOTICE_BACKING_OFF, 0x8003);
IS(XTAP_NOTICE_SYSTEM, 0x8004);
IS(XTAP_NOTICE_LAGGING, 0x8008);
IS(XTAP_NOTICE_OVERSIZED, 0x8009);
IS(XTAP_NOTICE_RATE_LIMITED, 0x800a);

IS(XTAP_FLAG_PARTIAL, 1);
IS(XTAP_FLAG_REPLAYED, 2);
IS(XTAP_FLAG_MAYBE_REPEATED, 4);
IS(XTAP_FLAG_REPAIRED_TEXT, 8);
IS(XTAP_COLUMN_ABSENT, 0);
IS(XTAP_COLUMN_NULL, 1);
IS(XTAP_COLUMN_STRING, 2);
IS(XTAP_COLUMN_NUMBER, 3);
IS(XTAP_COLUMN_BOOL, 4);
IS(XTAP_COLUMN_JSON, 5);
IS(XTAP_CONTINUE, 0);
IS(XTAP_STOP, 1);
IS(XTAP_FAIL, 2);
IS(XTAP_FOREVER, 0xffffffffu);
IS(XTAP_TIME_UNKNOWN, INT64_MIN);
