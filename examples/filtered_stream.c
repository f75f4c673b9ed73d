/* The filtered stream: adds rules, prints each post with the tags of the rules that it matches, a line each,
 * and at the end (Ctrl-C) takes the rules away again.
 *
 *     filtered_stream TAG=RULE ...            such as cats='cat has:images' dogs='dog lang:ja'
 *
 * Posts that match other rules of the app come too. Needs XTAP_BEARER_TOKEN. */
#define _POSIX_C_SOURCE 200809L
#include "example.h"
#include "json.h"
#include "signals.h"

#include <xtap/operations.h>

#include <stdlib.h>

static const char *const pointers[] = {"/data/id", "/matching_rules", "/data/text"};

/* {"add":[{"value":...,"tag":...}]}; the caller frees it. NULL when an argument is no TAG=RULE. */
static char *rules_to_add(char **arguments, int count) {
    char *body = NULL;
    size_t size;
    FILE *out = open_memstream(&body, &size);
    if (!out) return NULL;
    int all_good = count > 0;
    for (int i = 0; i < count && all_good; ++i) {
        char *equals = strchr(arguments[i], '=');
        all_good = equals && equals != arguments[i] && equals[1];
        if (!all_good) break;
        *equals = '\0';
        fputs(i ? ",{\"value\":" : "{\"add\":[{\"value\":", out);
        json_write(out, equals + 1);
        fputs(",\"tag\":", out);
        json_write(out, arguments[i]);
        fputs("}", out);
    }
    fputs("]}", out);
    if (fclose(out) == 0 && all_good) return body;
    free(body);
    return NULL;
}

/* Adds or removes rules. On success the response is the caller's. */
static xtap_status update_rules(xtap_client *client, const char *body, xtap_response **response,
                                xtap_error *error) {
    xtap_request *request = NULL;
    xtap_status status = xtap_request_create(client, XTAP_OP_UPDATE_RULES, &request, error);
    if (!status) status = xtap_request_body(request, body, strlen(body), error);
    if (!status) status = xtap_request_send(request, response, error);
    xtap_request_destroy(request);
    return status;
}

/* Says what became of each rule and gives the number of those that were refused: X answers 200 or 201 even
 * if none was taken, and says in `errors` why. */
static int report_added(xtap_text answer) {
    xtap_text unnamed, one, added = json_member(answer, "data"), errors = json_member(answer, "errors");
    int refused = 0;
    for (size_t at = 0; json_next(added, &at, &unnamed, &one);) {
        fputs("added ", stdout);
        json_print(json_plain(one, "id"), "  ");
        json_print(json_plain(one, "tag"), "  ");
        json_print(json_member(one, "value"), "\n");
    }
    fflush(stdout);
    for (size_t at = 0; json_next(errors, &at, &unnamed, &one); ++refused)
        fprintf(stderr, "refused: %.*s\n", (int)one.size, one.data);
    return refused;
}

static xtap_status remove_rules(xtap_client *client, xtap_text answer, xtap_error *error) {
    xtap_text unnamed, one, added = json_member(answer, "data");
    xtap_response *response = NULL;
    char *body = NULL;
    size_t size, removed = 0;
    FILE *out = open_memstream(&body, &size);
    if (!out) return XTAP_E_NO_MEMORY;
    for (size_t at = 0; json_next(added, &at, &unnamed, &one); ++removed) {
        xtap_text id = json_member(one, "id");
        fprintf(out, "%s%.*s", removed ? "," : "{\"delete\":{\"ids\":[", (int)id.size, id.data);
    }
    fputs("]}}", out);
    xtap_status status = fclose(out) == 0 ? XTAP_OK : XTAP_E_NO_MEMORY;
    if (!status && removed > 0) status = update_rules(client, body, &response, error);
    if (!status && removed > 0) printf("removed %zu rules\n", removed);
    xtap_response_destroy(response);
    free(body);
    return status;
}

static xtap_flow print_post(const xtap_event *event, void *user_data) {
    xtap_text rules = xtap_event_selected(event, 1), text = xtap_event_selected(event, 2), unnamed, rule;
    const char *before = "  ";
    (void)user_data;
    json_print(xtap_event_selected(event, 0), "");
    for (size_t at = 0; json_next(rules, &at, &unnamed, &rule); before = ",") {
        fputs(before, stdout);
        json_print(json_plain(rule, "tag"), "");
    }
    fputs("  ", stdout);
    for (size_t i = 0; i < text.size; ++i)
        putchar((unsigned char)text.data[i] < ' ' ? ' ' : text.data[i]); /* a post may have several lines */
    putchar('\n');
    fflush(stdout);
    return XTAP_CONTINUE;
}

static xtap_status print_posts(xtap_client *client, xtap_error *error) {
    xtap_request *request = NULL;
    xtap_stream *stream = NULL;
    pthread_t finisher;
    xtap_status status = xtap_request_create(client, XTAP_OP_STREAM_POSTS, &request, error);
    if (!status) status = xtap_stream_open(request, &stream, error);
    if (!status) status = xtap_stream_select(stream, pointers, 3, error);
    if (!status) status = xtap_stream_on_event(stream, print_post, NULL);
    if (!status) status = start_finishing(&finisher, stream);
    if (!status) {
        status = xtap_stream_run(stream, error);
        stop_finishing(finisher);
    }
    xtap_stream_close(stream);
    xtap_request_destroy(request);
    return status;
}

int main(int argc, char **argv) {
    xtap_error error = XTAP_ERROR_INIT;
    xtap_client *client = NULL;
    xtap_response *added = NULL;
    char *body = rules_to_add(argv + 1, argc - 1);
    if (!body) {
        fprintf(stderr, "usage: %s TAG=RULE ...\n", argv[0]);
        return 2;
    }
    hold_signals();
    xtap_status status = open_client(&client, &error);
    if (!status) status = update_rules(client, body, &added, &error);
    int refused = status ? 0 : report_added(xtap_response_body(added));
    if (!status && refused == 0) status = print_posts(client, &error);
    int exit_with = refused ? 1 : exit_status(status, &error);
    /* Also after a failure: rules stay for ever otherwise. */
    status = remove_rules(client, xtap_response_body(added), &error);
    if (!exit_with) exit_with = exit_status(status, &error);
    xtap_response_destroy(added);
    xtap_client_close(client);
    free(body);
    return exit_with;
}
