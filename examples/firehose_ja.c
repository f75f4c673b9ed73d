/* The Japanese firehose, one partition of it: id, time and text of every post, a line each, until Ctrl-C.
 *
 *     firehose_ja PARTITION [START_TIME END_TIME]     times such as 2026-01-31T12:00:00Z
 *
 * With times: the posts of that stretch, then the end. What the library says about the stream (connected,
 * disconnected and why ...) goes to stderr: it explains a hole in the data. Needs XTAP_BEARER_TOKEN. */
#define _POSIX_C_SOURCE 200809L
#include "example.h"
#include "signals.h"

#include <xtap/operations.h>

#include <stdlib.h>

enum { ID, CREATED_AT, TEXT, COLUMN_COUNT };
static const char *const pointers[COLUMN_COUNT] = {"/data/id", "/data/created_at", "/data/text"};

enum { RECORDS = 1024, DATA = 1 << 20 };

static xtap_status open_stream(char **arguments, int count, xtap_stream **stream, xtap_error *error) {
    xtap_client *client = NULL;
    xtap_request *request = NULL;
    xtap_status status = open_client(&client, error);
    if (!status) status = xtap_request_create(client, XTAP_OP_STREAM_POSTS_FIREHOSE_JA, &request, error);
    if (!status) status = xtap_request_set(request, XTAP_PARAM_PARTITION, arguments[0], error);
    if (!status && count == 3) status = xtap_request_set(request, XTAP_PARAM_START_TIME, arguments[1], error);
    if (!status && count == 3) status = xtap_request_set(request, XTAP_PARAM_END_TIME, arguments[2], error);
    if (!status)
        status =
            xtap_request_set(request, XTAP_PARAM_TWEET_FIELDS, XTAP_VALUE_TWEET_FIELDS_CREATED_AT, error);
    /* The columns are all that is printed; notices have their JSON in any case. */
    if (!status) status = xtap_request_option(request, "deliver_json", "off", error);
    if (!status) status = xtap_stream_open(request, stream, error);
    if (!status) status = xtap_stream_select(*stream, pointers, COLUMN_COUNT, error);
    xtap_request_destroy(request); /* the stream keeps what it needs */
    xtap_client_close(client);
    return status;
}

static void print_column(const char *text, size_t size, char end) {
    for (size_t i = 0; i < size; ++i)
        putchar((unsigned char)text[i] < ' ' ? ' ' : text[i]); /* a post may have several lines */
    putchar(end);
}

static void print_batch(const xtap_batch *batch) {
    for (size_t i = 0; i < batch->record_count; ++i) {
        const xtap_record *record = &batch->records[i];
        const xtap_column *column = &batch->columns[record->first_column];
        if (record->kind >= XTAP_NOTICE_CONNECTING)
            fprintf(stderr, "%.*s\n", (int)record->json_size, batch->data + record->json_offset);
        for (int c = 0; c < COLUMN_COUNT && record->kind == XTAP_EVENT_POST; ++c)
            print_column(batch->data + column[c].offset, column[c].size, c == TEXT ? '\n' : '\t');
    }
    fflush(stdout);
}

static xtap_status print_stream(xtap_stream *stream, xtap_error *error) {
    xtap_batch batch = XTAP_BATCH_INIT;
    xtap_status status = XTAP_OK;
    batch.data = malloc(batch.data_capacity = DATA);
    batch.records = malloc((batch.record_capacity = RECORDS) * sizeof *batch.records);
    batch.columns = malloc((batch.column_capacity = RECORDS * COLUMN_COUNT) * sizeof *batch.columns);
    if (!batch.data || !batch.records || !batch.columns) status = XTAP_E_NO_MEMORY;
    while (!status) {
        status = xtap_stream_read(stream, &batch, XTAP_FOREVER, error);
        if (!status) print_batch(&batch);
        if (status != XTAP_E_BUFFER_SMALL) continue;
        /* One record larger than all the memory: it comes again as soon as there is enough. */
        char *larger = realloc(batch.data, batch.data_needed);
        if (!larger) break;
        batch.data = larger, batch.data_capacity = batch.data_needed;
        status = XTAP_OK;
    }
    free(batch.data), free(batch.records), free(batch.columns);
    return status;
}

int main(int argc, char **argv) {
    xtap_error error = XTAP_ERROR_INIT;
    xtap_stream *stream = NULL;
    pthread_t finisher;
    if (argc != 2 && argc != 4) {
        fprintf(stderr, "usage: %s PARTITION [START_TIME END_TIME]\n", argv[0]);
        return 2;
    }
    hold_signals();
    xtap_status status = open_stream(argv + 1, argc - 1, &stream, &error);
    if (!status) status = start_finishing(&finisher, stream);
    if (!status) {
        status = print_stream(stream, &error);
        stop_finishing(finisher);
    }
    xtap_stream_close(stream);
    return exit_status(status, &error);
}
