/* What `./dev demo` shows: posts of the Japanese firehose, a few a second for the eye, all of them counted.
 * A user of the public header alone; it knows nothing of the simulator that it is pointed at. */
#define _POSIX_C_SOURCE 200809L
#include <xtap/xtap.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CREATED_AT, USERNAME, TEXT, FIELD_COUNT };
static const char *const fields[FIELD_COUNT] = {"/data/created_at", "/includes/users/0/username",
                                                "/data/text"};

enum { SHOW_EVERY_MS = 250, STATUS_EVERY_MS = 250, STATUS_LINE_EVERY_MS = 2000, TEXT_COLUMNS = 66 };

static char data[4 << 20];
static xtap_record records[4096];
static xtap_column columns[4096 * FIELD_COUNT];

typedef struct view {
    const char *state;
    uint64_t events, bytes, disconnections;
    uint64_t window_events, window_bytes; /* since window_start_ms, for the rates */
    int64_t started_ms, window_start_ms, shown_ms, lag_ms, worst_lag_ms;
    double events_per_s, bytes_per_s;
    int terminal, line_is_up;
} view;

static int64_t clock_ms(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void take_status_line_down(view *v) {
    if (!v->line_is_up) return;
    fputs("\r\033[K", stderr);
    v->line_is_up = 0;
}

static void put_status_line_up(view *v) {
    int64_t now = clock_ms(CLOCK_MONOTONIC), passed = now - v->window_start_ms;
    int is_time = passed >= (v->terminal ? STATUS_EVERY_MS : STATUS_LINE_EVERY_MS);
    if (is_time) {
        v->events_per_s = (double)v->window_events * 1000.0 / (double)passed;
        v->bytes_per_s = (double)v->window_bytes * 1000.0 / (double)passed;
        v->window_start_ms = now;
        v->window_events = v->window_bytes = 0;
    }
    if (!is_time && (v->line_is_up || !v->terminal)) return;
    fprintf(stderr, "%s%-13s %7.0f events/s %6.2f MB/s   lag %3" PRId64 " ms   %" PRIu64 " events%s",
            v->terminal ? "\r\033[K" : "-- ", v->state, v->events_per_s, v->bytes_per_s / 1e6, v->lag_ms,
            v->events, v->terminal ? "" : "\n");
    v->line_is_up = v->terminal;
}

/* Length of the UTF-8 character at `text`, its code point in `*code`. Selected text is always valid UTF-8. */
static size_t next_character(const char *text, size_t size, uint32_t *code) {
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = bytes[0] < 0x80 ? 1 : bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
    if (length > size) length = size;
    *code = length == 1 ? bytes[0] : bytes[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; ++i)
        *code = (*code << 6) | (bytes[i] & 0x3fu);
    return length;
}

/* What could move the cursor, colour the screen or turn the writing direction of a terminal. */
static int is_harmful(uint32_t code) {
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200e && code <= 0x200f) ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

static void print_one_line(xtap_text text, int max_columns) {
    uint32_t code = 0;
    for (size_t at = 0; at < text.size;) {
        size_t length = next_character(text.data + at, text.size - at, &code);
        max_columns -= code >= 0x1100 ? 2 : 1;
        if (max_columns < 0) {
            fputs("…", stdout);
            return;
        }
        if (is_harmful(code))
            putchar(' ');
        else
            fwrite(text.data + at, 1, length, stdout);
        at += length;
    }
}

static xtap_text column_of(const xtap_batch *batch, const xtap_record *record, size_t field) {
    const xtap_column *column = &batch->columns[record->first_column + field];
    xtap_text text = {NULL, 0};
    if (column->kind != XTAP_COLUMN_STRING) return text;
    text.data = batch->data + column->offset;
    text.size = column->size;
    return text;
}

static void show_post(view *v, const xtap_batch *batch, const xtap_record *record) {
    int64_t now = clock_ms(CLOCK_MONOTONIC);
    if (now - v->shown_ms < SHOW_EVERY_MS) return;
    v->shown_ms = now;
    take_status_line_down(v);
    xtap_text when = column_of(batch, record, CREATED_AT);
    if (when.size >= 19) printf("%.8s  ", when.data + 11); /* 2026-01-31T12:34:56.000Z */
    putchar('@');
    print_one_line(column_of(batch, record, USERNAME), 20);
    fputs("  ", stdout);
    print_one_line(column_of(batch, record, TEXT), TEXT_COLUMNS);
    putchar('\n');
    fflush(stdout);
}

static void count_event(view *v, const xtap_record *record) {
    ++v->events;
    ++v->window_events;
    v->bytes += record->json_size;
    v->window_bytes += record->json_size;
    if (record->time_ms == XTAP_TIME_UNKNOWN) return;
    v->lag_ms = clock_ms(CLOCK_REALTIME) - record->time_ms;
    if (v->lag_ms < 0) v->lag_ms = 0;
    if (v->lag_ms > v->worst_lag_ms) v->worst_lag_ms = v->lag_ms;
}

/* Prints one value of a notice. Enough for these flat objects; a real program would use a JSON parser. */
static void print_fact(const char *json, size_t size, const char *key) {
    char quoted_key[32];
    int length = snprintf(quoted_key, sizeof quoted_key, "\"%s\":", key);
    for (size_t at = 0; at + (size_t)length < size; ++at) {
        if (memcmp(json + at, quoted_key, (size_t)length) != 0) continue;
        size_t start = at + (size_t)length, end;
        char stop = json[start] == '"' ? json[start++] : ',';
        for (end = start; end < size && json[end] != stop && (stop == '"' || json[end] != '}');)
            ++end;
        fprintf(stderr, "  %s %.*s", key, (int)(end - start), json + start);
        return;
    }
}

static void show_notice(view *v, const xtap_batch *batch, const xtap_record *record) {
    static const char *const facts[] = {"attempt", "connect_ms", "cause", "rule", "delay_ms", "message"};
    switch (record->kind) {
    case XTAP_NOTICE_CONNECTING:
        v->state = "connecting";
        break;
    case XTAP_NOTICE_CONNECTED:
        v->state = "connected";
        break;
    case XTAP_NOTICE_BACKING_OFF:
        v->state = "backing off";
        break;
    case XTAP_NOTICE_DISCONNECTED:
        v->state = "disconnected", ++v->disconnections;
        break;
    default:
        return;
    }
    take_status_line_down(v);
    fprintf(stderr, "-- %-12s", v->state);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; ++i)
        print_fact(batch->data + record->json_offset, record->json_size, facts[i]);
    fputc('\n', stderr);
}

static void take_batch(view *v, const xtap_batch *batch) {
    for (size_t i = 0; i < batch->record_count; ++i) {
        const xtap_record *record = &batch->records[i];
        if (record->kind >= XTAP_NOTICE_CONNECTING) {
            show_notice(v, batch, record);
            continue;
        }
        count_event(v, record);
        show_post(v, batch, record);
    }
}

static void print_summary(view *v) {
    double seconds = (double)(clock_ms(CLOCK_MONOTONIC) - v->started_ms) / 1000.0;
    take_status_line_down(v);
    fprintf(stderr,
            "\n%" PRIu64 " posts in %.1f s: %.0f a second, %.2f MB/s, worst lag %" PRId64 " ms, "
            "%" PRIu64 " disconnection%s on the way\n",
            v->events, seconds, (double)v->events / seconds, (double)v->bytes / 1e6 / seconds,
            v->worst_lag_ms, v->disconnections, v->disconnections == 1 ? "" : "s");
}

static xtap_status open_stream(const char *base_url, xtap_stream **stream, xtap_error *error) {
    xtap_config *config = NULL;
    xtap_client *client = NULL;
    xtap_request *request = NULL;
    xtap_status status = XTAP_OK;
    /* <the few lines: open> */
    int failed = (status = xtap_config_create(&config, error)) ||
                 (status = xtap_config_set(config, "base_url", base_url, error)) ||
                 (status = xtap_config_set(config, "bearer_token", "the-simulator-takes-any", error)) ||
                 (status = xtap_client_open(config, &client, error)) ||
                 (status = xtap_request_create(client, "streamPostsFirehoseJa", &request, error)) ||
                 (status = xtap_request_set(request, "partition", "1", error)) ||
                 (status = xtap_request_set(request, "tweet.fields", "created_at,text", error)) ||
                 (status = xtap_request_set(request, "expansions", "author_id", error)) ||
                 (status = xtap_request_set(request, "user.fields", "username", error)) ||
                 (status = xtap_stream_open(request, stream, error)) ||
                 (status = xtap_stream_select(*stream, fields, FIELD_COUNT, error));
    /* </the few lines> */
    xtap_request_destroy(request); /* the stream keeps what it needs alive */
    xtap_client_close(client);
    xtap_config_destroy(config);
    return failed ? status : XTAP_OK;
}

static xtap_status watch(xtap_stream *stream, view *v, int64_t duration_ms, xtap_error *error) {
    xtap_batch batch = XTAP_BATCH_INIT;
    xtap_status status = XTAP_OK;
    batch.data = data, batch.data_capacity = sizeof data;
    batch.records = records, batch.record_capacity = sizeof records / sizeof *records;
    batch.columns = columns, batch.column_capacity = sizeof columns / sizeof *columns;
    while (clock_ms(CLOCK_MONOTONIC) - v->started_ms < duration_ms) {
        /* <the few lines: read> */
        status = xtap_stream_read(stream, &batch, 100, error);
        if (status == XTAP_OK) take_batch(v, &batch);
        /* </the few lines> */
        if (status != XTAP_OK && status != XTAP_TIMEOUT) break;
        put_status_line_up(v);
    }
    return status == XTAP_TIMEOUT ? XTAP_OK : status;
}

int main(int argc, char **argv) {
    xtap_error error = XTAP_ERROR_INIT;
    xtap_stream *stream = NULL;
    view v = {.state = "connecting", .terminal = isatty(STDERR_FILENO) && !getenv("CI")};
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: %s BASE-URL [SECONDS]\n", argv[0]);
        return 2;
    }
    v.started_ms = v.window_start_ms = clock_ms(CLOCK_MONOTONIC);
    xtap_status status = open_stream(argv[1], &stream, &error);
    if (status == XTAP_OK)
        status = watch(stream, &v, (argc == 3 ? strtol(argv[2], NULL, 10) : 10) * 1000, &error);
    take_status_line_down(&v);
    if (status != XTAP_OK)
        fprintf(stderr, "%s: %s\n", xtap_status_name(status), error.message);
    else
        print_summary(&v);
    xtap_stream_close(stream);
    return status == XTAP_OK && v.events > 0 ? 0 : 1;
}
