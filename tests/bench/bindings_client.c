/* What the bindings are measured against: the least that a program in C does.
 * Usage: bindings_client raw|three URL EVENTS. Prints what the last two thirds of the events took. */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xtap/xtap.h>

enum { DATA = 256 * 1024, RECORDS = 4096, FIELDS = 3 };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double processor(void) { return (double)clock() / CLOCKS_PER_SEC; }

static void check(xtap_status status, const xtap_error *error) {
    if (status < 100) return;
    fprintf(stderr, "%s: %s\n", xtap_status_name(status), error->message);
    exit(1);
}

static xtap_stream *open_stream(int three, const char *url) {
    static const char *const fields[FIELDS] = {"/data/id", "/data/created_at", "/data/text"};
    const char *const options[][2] = {{"base_url", url},       {"bearer_token", "bench"},
                                      {"max_reconnects", "0"}, {"read_ahead_bytes", "0"},
                                      {"continuity", "off"},   {"index", three ? "full" : "off"}};
    xtap_error error = XTAP_ERROR_INIT;
    xtap_config *config = NULL;
    xtap_client *client = NULL;
    xtap_request *request = NULL;
    xtap_stream *stream = NULL;
    check(xtap_config_create(&config, &error), &error);
    for (size_t i = 0; i < sizeof(options) / sizeof(*options); ++i)
        check(xtap_config_set(config, options[i][0], options[i][1], &error), &error);
    check(xtap_client_open(config, &client, &error), &error);
    check(xtap_request_create(client, "streamPostsSample", &request, &error), &error);
    check(xtap_stream_open(request, &stream, &error), &error);
    if (three) check(xtap_stream_select(stream, fields, FIELDS, &error), &error);
    xtap_request_destroy(request);
    xtap_client_close(client);
    xtap_config_destroy(config);
    return stream;
}

/* Looks at every record, and with `three` at every field. */
static uint64_t look(const xtap_batch *batch, int three, uint64_t *bytes) {
    uint64_t events = 0;
    for (size_t i = 0; i < batch->record_count; ++i) {
        const xtap_record *record = &batch->records[i];
        if (record->kind >= XTAP_NOTICE_CONNECTING) continue;
        ++events;
        if (!three) *bytes += record->json_size;
        for (size_t j = 0; three && j < FIELDS; ++j)
            *bytes += batch->columns[record->first_column + j].size;
    }
    return events;
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    const int three = strcmp(argv[1], "three") == 0;
    const uint64_t wanted = strtoull(argv[3], NULL, 10), warm = wanted / 3;
    static char data[DATA];
    static xtap_record records[RECORDS];
    static xtap_column columns[RECORDS * FIELDS];
    xtap_batch batch = XTAP_BATCH_INIT;
    batch.data = data, batch.data_capacity = DATA;
    batch.records = records, batch.record_capacity = RECORDS;
    batch.columns = columns, batch.column_capacity = RECORDS * FIELDS;
    xtap_stream *stream = open_stream(three, argv[2]);
    xtap_error error = XTAP_ERROR_INIT;
    uint64_t events = 0, before = 0, bytes = 0;
    double start = 0, processor_start = 0;
    while (events < wanted) {
        const xtap_status status = xtap_stream_read(stream, &batch, XTAP_FOREVER, &error);
        check(status, &error);
        if (status != XTAP_OK) return 1;
        events += look(&batch, three, &bytes);
        if (before == 0 && events >= warm) before = events, start = now(), processor_start = processor();
    }
    printf("events=%" PRIu64 " measured=%" PRIu64 " seconds=%.6f processor=%.6f bytes=%" PRIu64 "\n", events,
           events - before, now() - start, processor() - processor_start, bytes);
    xtap_stream_close(stream);
    return 0;
}
