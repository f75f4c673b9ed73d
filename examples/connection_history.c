/* Which streaming connections did the app have, and why did they end? All pages of the answer as one table.
 *
 *     connection_history [ENDPOINT,...]       such as firehose_stream_lang_ja,sample_stream
 *
 * Needs XTAP_BEARER_TOKEN. */
#include "example.h"
#include "json.h"

#include <xtap/operations.h>

static void print_connection(xtap_text connection) {
    static const char *const columns[] = {"connected_at", "disconnected_at", "endpoint_name", "client_ip",
                                          "disconnect_reason"};
    static const int widths[] = {24, 24, 26, 15, 0};
    for (int i = 0; i < 5; ++i) {
        xtap_text value = json_plain(connection, columns[i]);
        /* An open connection has no end. */
        if (!value.data) value = (xtap_text){"-", 1};
        printf("%-*.*s%s", widths[i], (int)value.size, value.data, i < 4 ? "  " : "\n");
    }
}

static size_t print_page(const xtap_response *response) {
    xtap_text connections = json_member(xtap_response_body(response), "data");
    xtap_text unnamed, connection;
    size_t count = 0;
    for (size_t at = 0; json_next(connections, &at, &unnamed, &connection); ++count)
        print_connection(connection);
    return count;
}

static xtap_status print_history(xtap_client *client, const char *endpoints, xtap_error *error) {
    xtap_request *request = NULL;
    size_t count = 0;
    xtap_status status = xtap_request_create(client, XTAP_OP_GET_CONNECTION_HISTORY, &request, error);
    /* Without this only open connections are listed. */
    if (!status) status = xtap_request_set(request, XTAP_PARAM_STATUS, XTAP_VALUE_STATUS_ALL, error);
    if (!status) status = xtap_request_set(request, XTAP_PARAM_MAX_RESULTS, "100", error);
    if (!status && endpoints) status = xtap_request_set(request, XTAP_PARAM_ENDPOINTS, endpoints, error);
    while (!status) {
        xtap_response *response = NULL;
        status = xtap_request_send(request, &response, error);
        if (!status) count += print_page(response);
        if (!status) status = xtap_request_next_page(request, response, error); /* XTAP_END after the last */
        xtap_response_destroy(response);
    }
    xtap_request_destroy(request);
    if (status == XTAP_END) printf("%zu connections\n", count);
    return status;
}

int main(int argc, char **argv) {
    xtap_error error = XTAP_ERROR_INIT;
    xtap_client *client = NULL;
    if (argc > 2) {
        fprintf(stderr, "usage: %s [ENDPOINT,...]\n", argv[0]);
        return 2;
    }
    xtap_status status = open_client(&client, &error);
    if (!status) status = print_history(client, argc == 2 ? argv[1] : NULL, &error);
    xtap_client_close(client);
    return exit_status(status, &error);
}
