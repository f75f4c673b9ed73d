/* The public headers, first and alone, and used as their documentation says. They must know nothing else.
 */
#include <xtap/operations.h>

/* Before xtap.h: the names need nothing of it. Neighbouring texts make a list. */
struct header_names {
    const char *operation, *parameter, *value;
};
struct header_names header_list(void);

struct header_names header_list(void) {
    struct header_names names = {XTAP_OP_STREAM_POSTS_FIREHOSE_JA, XTAP_PARAM_TWEET_FIELDS,
                                 XTAP_VALUE_TWEET_FIELDS_ID "," XTAP_VALUE_TWEET_FIELDS_TEXT};
    return names;
}

#include <xtap/operations.h>
#include <xtap/xtap.h>

xtap_flow header_on_event(const xtap_event *event, void *user_data);
xtap_flow header_on_notice(const xtap_notice *notice, void *user_data);
void header_on_log(int32_t level, xtap_text line, void *user_data);
xtap_status header_use(xtap_stream *stream);

xtap_flow header_on_event(const xtap_event *event, void *user_data) {
    (void)user_data;
    if (xtap_event_kind(event) == XTAP_EVENT_POST && xtap_event_id(event) == 0) return XTAP_STOP;
    if (xtap_event_flags(event) & XTAP_FLAG_PARTIAL) return XTAP_STOP;
    return xtap_event_time_ms(event) == XTAP_TIME_UNKNOWN ? XTAP_FAIL : XTAP_CONTINUE;
}

xtap_flow header_on_notice(const xtap_notice *notice, void *user_data) {
    (void)user_data;
    return xtap_notice_kind(notice) == XTAP_NOTICE_RATE_LIMITED ? XTAP_STOP : XTAP_CONTINUE;
}

void header_on_log(int32_t level, xtap_text line, void *user_data) {
    (void)level;
    (void)line;
    (void)user_data;
}

xtap_status header_use(xtap_stream *stream) {
    xtap_error error = XTAP_ERROR_INIT;
    xtap_batch batch = XTAP_BATCH_INIT;
    xtap_record records[4];
    xtap_status status;
    const xtap_event_cb on_event = header_on_event;
    const xtap_notice_cb on_notice = header_on_notice;
    batch.records = records;
    batch.record_capacity = 4;
    status = xtap_stream_on_event(stream, on_event, NULL);
    if (status == XTAP_OK) status = xtap_stream_on_notice(stream, on_notice, NULL);
    if (status == XTAP_OK) status = xtap_stream_read(stream, &batch, XTAP_FOREVER, &error);
    if (status >= XTAP_E_NETWORK && error.retriable) return XTAP_TIMEOUT;
    return batch.record_count && records[0].kind >= XTAP_NOTICE_CONNECTING ? XTAP_OK : status;
}
