/* Every event of one conversation of direct messages, each once, newest first: id, time, sender and text.
 *
 *     dm_events CONVERSATION_ID               such as 123123123-2244994945
 *
 * Needs a user's token: XTAP_OAUTH2_ACCESS_TOKEN, or the four of OAuth 1.0a. */
#include "example.h"
#include "json.h"

#include <xtap/operations.h>

#define FIELDS                                                                                               \
    XTAP_VALUE_DM_EVENT_FIELDS_CREATED_AT "," XTAP_VALUE_DM_EVENT_FIELDS_SENDER_ID                           \
                                          "," XTAP_VALUE_DM_EVENT_FIELDS_TEXT                                \
                                          "," XTAP_VALUE_DM_EVENT_FIELDS_EVENT_TYPE

static void print_event(xtap_text event) {
    xtap_text text = json_member(event, "text");
    /* Joining and leaving have no text, only a type. */
    if (!text.data) text = json_plain(event, "event_type");
    json_print(json_plain(event, "id"), "  ");
    json_print(json_plain(event, "created_at"), "  ");
    json_print(json_plain(event, "sender_id"), "  ");
    json_print(text, "\n"); /* as JSON writes it: in quotes and on one line */
}

static xtap_status print_conversation(xtap_client *client, const char *id, xtap_error *error) {
    xtap_request *request = NULL;
    xtap_status status =
        xtap_request_create(client, XTAP_OP_GET_DIRECT_MESSAGES_EVENTS_BY_CONVERSATION_ID, &request, error);
    if (!status) status = xtap_request_set(request, XTAP_PARAM_ID, id, error);
    if (!status) status = xtap_request_set(request, XTAP_PARAM_MAX_RESULTS, "100", error);
    if (!status) status = xtap_request_set(request, XTAP_PARAM_DM_EVENT_FIELDS, FIELDS, error);
    /* X allows few of these in 15 minutes: a long conversation takes patience. */
    if (!status) status = xtap_request_option(request, "wait_on_rate_limit", "on", error);
    while (!status) {
        xtap_response *response = NULL;
        status = xtap_request_send(request, &response, error);
        xtap_text events = json_member(xtap_response_body(response), "data"), unnamed, event;
        for (size_t at = 0; !status && json_next(events, &at, &unnamed, &event);)
            print_event(event);
        /* The token of a page names a place in the conversation: what is said meanwhile moves nothing. */
        if (!status) status = xtap_request_next_page(request, response, error);
        xtap_response_destroy(response);
    }
    xtap_request_destroy(request);
    return status;
}

int main(int argc, char **argv) {
    xtap_error error = XTAP_ERROR_INIT;
    xtap_client *client = NULL;
    if (argc != 2) {
        fprintf(stderr, "usage: %s CONVERSATION_ID\n", argv[0]);
        return 2;
    }
    xtap_status status = open_client(&client, &error);
    if (!status) status = print_conversation(client, argv[1], &error);
    xtap_client_close(client);
    return exit_status(status, &error);
}
