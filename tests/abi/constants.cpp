// The core's constants are the header's, although neither includes the other. Compiling it is the test.
#include "api/constants.hpp"

#include <xtap/xtap.h>

namespace {

template <class Enumerator> constexpr bool same(Enumerator core, long header) {
    return static_cast<long>(core) == header;
}

static_assert(same(xtap::Status::ok, XTAP_OK));
static_assert(same(xtap::Status::timeout, XTAP_TIMEOUT));
static_assert(same(xtap::Status::end, XTAP_END));
static_assert(same(xtap::Status::interrupted, XTAP_INTERRUPTED));
static_assert(same(xtap::Status::argument, XTAP_E_ARGUMENT));
static_assert(same(xtap::Status::state, XTAP_E_STATE));
static_assert(same(xtap::Status::busy, XTAP_E_BUSY));
static_assert(same(xtap::Status::buffer_small, XTAP_E_BUFFER_SMALL));
static_assert(same(xtap::Status::unsupported, XTAP_E_UNSUPPORTED));
static_assert(same(xtap::Status::forked, XTAP_E_FORKED));
static_assert(same(xtap::Status::cancelled, XTAP_E_CANCELLED));
static_assert(same(xtap::Status::unknown_name, XTAP_E_UNKNOWN_NAME));
static_assert(same(xtap::Status::value, XTAP_E_VALUE));
static_assert(same(xtap::Status::missing, XTAP_E_MISSING));
static_assert(same(xtap::Status::no_credential, XTAP_E_NO_CREDENTIAL));
static_assert(same(xtap::Status::network, XTAP_E_NETWORK));
static_assert(same(xtap::Status::tls, XTAP_E_TLS));
static_assert(same(xtap::Status::stalled, XTAP_E_STALLED));
static_assert(same(xtap::Status::request_timeout, XTAP_E_REQUEST_TIMEOUT));
static_assert(same(xtap::Status::protocol, XTAP_E_PROTOCOL));
static_assert(same(xtap::Status::too_large, XTAP_E_TOO_LARGE));
static_assert(same(xtap::Status::http, XTAP_E_HTTP));
static_assert(same(xtap::Status::unauthorized, XTAP_E_UNAUTHORIZED));
static_assert(same(xtap::Status::forbidden, XTAP_E_FORBIDDEN));
static_assert(same(xtap::Status::not_found, XTAP_E_NOT_FOUND));
static_assert(same(xtap::Status::conflict, XTAP_E_CONFLICT));
static_assert(same(xtap::Status::rate_limited, XTAP_E_RATE_LIMITED));
static_assert(same(xtap::Status::connection_limit, XTAP_E_CONNECTION_LIMIT));
static_assert(same(xtap::Status::server, XTAP_E_SERVER));
static_assert(same(xtap::Status::no_memory, XTAP_E_NO_MEMORY));
static_assert(same(xtap::Status::internal, XTAP_E_INTERNAL));
static_assert(same(xtap::Kind::event_unread, XTAP_EVENT_UNREAD));
static_assert(same(xtap::Kind::event_post, XTAP_EVENT_POST));
static_assert(same(xtap::Kind::event_like, XTAP_EVENT_LIKE));
static_assert(same(xtap::Kind::event_post_compliance, XTAP_EVENT_POST_COMPLIANCE));
static_assert(same(xtap::Kind::event_user_compliance, XTAP_EVENT_USER_COMPLIANCE));
static_assert(same(xtap::Kind::event_like_compliance, XTAP_EVENT_LIKE_COMPLIANCE));
static_assert(same(xtap::Kind::event_label, XTAP_EVENT_LABEL));
static_assert(same(xtap::Kind::event_activity, XTAP_EVENT_ACTIVITY));
static_assert(same(xtap::Kind::event_other, XTAP_EVENT_OTHER));
static_assert(same(xtap::Kind::event_malformed, XTAP_EVENT_MALFORMED));
static_assert(same(xtap::Kind::notice_connecting, XTAP_NOTICE_CONNECTING));
static_assert(same(xtap::Kind::notice_connected, XTAP_NOTICE_CONNECTED));
static_assert(same(xtap::Kind::notice_disconnected, XTAP_NOTICE_DISCONNECTED));
static_assert(same(xtap::Kind::notice_backing_off, XTAP_NOTICE_BACKING_OFF));
static_assert(same(xtap::Kind::notice_system, XTAP_NOTICE_SYSTEM));
static_assert(same(xtap::Kind::notice_lagging, XTAP_NOTICE_LAGGING));
static_assert(same(xtap::Kind::notice_oversized, XTAP_NOTICE_OVERSIZED));
static_assert(same(xtap::Kind::notice_rate_limited, XTAP_NOTICE_RATE_LIMITED));
static_assert(same(xtap::flag_partial, XTAP_FLAG_PARTIAL));
static_assert(same(xtap::flag_replayed, XTAP_FLAG_REPLAYED));
static_assert(same(xtap::flag_maybe_repeated, XTAP_FLAG_MAYBE_REPEATED));
static_assert(same(xtap::flag_repaired_text, XTAP_FLAG_REPAIRED_TEXT));
static_assert(same(xtap::ColumnKind::absent, XTAP_COLUMN_ABSENT));
static_assert(same(xtap::ColumnKind::null, XTAP_COLUMN_NULL));
static_assert(same(xtap::ColumnKind::string, XTAP_COLUMN_STRING));
static_assert(same(xtap::ColumnKind::number, XTAP_COLUMN_NUMBER));
static_assert(same(xtap::ColumnKind::boolean, XTAP_COLUMN_BOOL));
static_assert(same(xtap::ColumnKind::json, XTAP_COLUMN_JSON));
static_assert(same(xtap::Flow::proceed, XTAP_CONTINUE));
static_assert(same(xtap::Flow::stop, XTAP_STOP));
static_assert(same(xtap::Flow::fail, XTAP_FAIL));

static_assert(xtap::batch_size_v1 == sizeof(xtap_batch));
static_assert(xtap::error_size_v1 == sizeof(xtap_error));

} // namespace
