/* What happens on one account: subscribes to a type of events, prints them as they come, a line each, until
 * COUNT were there or Ctrl-C, then lists the subscriptions that are left and ends its own.
 *
 *     activity USER_ID EVENT_TYPE [COUNT]     such as 2244994945 post.create
 *
 * Needs XTAP_BEARER_TOKEN. Events that only the user may see (block.block ...) are subscribed to with the
 * user's own token: set XTAP_OAUTH2_ACCESS_TOKEN beside it, and XTAP_CREDENTIAL=oauth2 to have it used. */
#define _POSIX_C_SOURCE 200809L
#include "example.h"
#include "json.h"
#include "signals.h"

#include <xtap/operations.h>

#include <stdlib.h>

static const char *const pointers[] = {"/data/event_type", "/data/event_uuid", "/data/payload"};

typedef struct subscription {
    char id[32];
    unsigned long left; /* events still to come; 0: without end */
} subscription;

/* Sends a request and destroys it. On success the response is the caller's. */
static xtap_status send_once(xtap_status status, xtap_request *request, xtap_response **response,
                             xtap_error *error) {
    if (!status) status = xtap_request_send(request, response, error);
    xtap_request_destroy(request);
    return status;
}

static xtap_status subscribe(xtap_client *client, char **arguments, subscription *made, xtap_error *error) {
    xtap_request *request = NULL;
    xtap_response *response = NULL;
    char body[256];
    /* Both were checked in main: nothing in them could break out of the quotes. */
    int size = snprintf(body, sizeof body, "{\"event_type\":\"%s\",\"filter\":{\"user_id\":\"%s\"}}",
                        arguments[1], arguments[0]);
    xtap_status status = xtap_request_create(client, XTAP_OP_CREATE_ACTIVITY_SUBSCRIPTION, &request, error);
    if (!status) status = xtap_request_body(request, body, (size_t)size, error);
    status = send_once(status, request, &response, error);
    xtap_text data = json_member(xtap_response_body(response), "data");
    /* X describes {"subscription":{...}} and was seen to answer a list, or the subscription itself. */
    static const char *const inside[] = {"subscription", "0"};
    for (int i = 0; i < 2; ++i)
        if (json_member(data, inside[i]).data) data = json_member(data, inside[i]);
    xtap_text id = json_plain(data, "subscription_id");
    snprintf(made->id, sizeof made->id, "%.*s", (int)id.size, id.size ? id.data : "");
    xtap_response_destroy(response);
    if (!status) printf("subscription %s\n", made->id);
    return status;
}

static xtap_flow print_event(const xtap_event *event, void *user_data) {
    subscription *own = user_data;
    if (xtap_event_kind(event) != XTAP_EVENT_ACTIVITY) return XTAP_CONTINUE;
    json_print(xtap_event_selected(event, 0), "  ");
    json_print(xtap_event_selected(event, 1), "  ");
    json_print(xtap_event_selected(event, 2), "\n");
    fflush(stdout);
    return own->left == 1 ? XTAP_STOP : (own->left -= own->left > 0, XTAP_CONTINUE);
}

static xtap_status open_stream(xtap_client *client, subscription *own, xtap_stream **stream,
                               xtap_error *error) {
    xtap_request *request = NULL;
    xtap_status status = xtap_request_create(client, XTAP_OP_ACTIVITY_STREAM, &request, error);
    if (!status) status = xtap_stream_open(request, stream, error);
    if (!status) status = xtap_stream_select(*stream, pointers, 3, error);
    if (!status) status = xtap_stream_on_event(*stream, print_event, own);
    xtap_request_destroy(request);
    return status;
}

static xtap_status list(xtap_client *client, xtap_error *error) {
    xtap_request *request = NULL;
    xtap_response *response = NULL;
    xtap_status status = xtap_request_create(client, XTAP_OP_GET_ACTIVITY_SUBSCRIPTIONS, &request, error);
    status = send_once(status, request, &response, error);
    xtap_text all = json_member(xtap_response_body(response), "data"), unnamed, one;
    for (size_t at = 0; !status && json_next(all, &at, &unnamed, &one);) {
        json_print(json_plain(one, "subscription_id"), "  ");
        json_print(json_plain(one, "event_type"), "  ");
        json_print(json_member(one, "filter"), "\n");
    }
    xtap_response_destroy(response);
    return status;
}

static xtap_status unsubscribe(xtap_client *client, const char *id, xtap_error *error) {
    xtap_request *request = NULL;
    xtap_response *response = NULL;
    xtap_status status = xtap_request_create(client, XTAP_OP_DELETE_ACTIVITY_SUBSCRIPTION, &request, error);
    if (!status) status = xtap_request_set(request, XTAP_PARAM_SUBSCRIPTION_ID, id, error);
    status = send_once(status, request, &response, error);
    xtap_response_destroy(response);
    if (!status) printf("deleted %s\n", id);
    return status;
}

static int consists_of(const char *text, const char *allowed) {
    return *text && strspn(text, allowed) == strlen(text) && strlen(text) < 100;
}

int main(int argc, char **argv) {
    xtap_error error = XTAP_ERROR_INIT;
    xtap_client *client = NULL;
    xtap_stream *stream = NULL;
    pthread_t finisher;
    if (argc < 3 || argc > 4 || !consists_of(argv[1], "0123456789") ||
        !consists_of(argv[2], "abcdefghijklmnopqrstuvwxyz._") ||
        (argc == 4 && !consists_of(argv[3], "0123456789"))) {
        fprintf(stderr, "usage: %s USER_ID EVENT_TYPE [COUNT]\n", argv[0]);
        return 2;
    }
    subscription own = {"", argc == 4 ? strtoul(argv[3], NULL, 10) : 0};
    hold_signals();
    xtap_status status = open_client(&client, &error);
    /* Opening sends nothing yet: if the stream cannot be opened, there is nothing to take back. */
    if (!status) status = open_stream(client, &own, &stream, &error);
    if (!status) status = subscribe(client, argv + 1, &own, &error);
    if (!status) status = start_finishing(&finisher, stream);
    if (!status) {
        status = xtap_stream_run(stream, &error);
        stop_finishing(finisher);
    }
    xtap_stream_close(stream);
    if (!status || status == XTAP_END) status = list(client, &error);
    int exit_with = exit_status(status, &error);
    /* Whatever went wrong: a subscription that is left behind counts against the account's limit. */
    if (own.id[0]) {
        status = unsubscribe(client, own.id, &error);
        if (!exit_with) exit_with = exit_status(status, &error);
    }
    xtap_client_close(client);
    return exit_with;
}
