/* Writes a post in a user's name and deletes it again, with an OAuth 2.0 token that is kept in a file.
 *
 *     post TOKEN_FILE TEXT
 *
 * The file has three lines: access token, refresh token, and when the access token expires (unix time in ms,
 * 0 if unknown). A refresh token works once: whoever loses its successor has to ask the user again. So the
 * file is replaced in one step, before the new pair is used. Needs XTAP_OAUTH2_CLIENT_ID. */
#define _POSIX_C_SOURCE 200809L
#include "example.h"
#include "json.h"

#include <xtap/operations.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

/* Sets the options that the file has values for. 0 when there is no such file or it is not whole. */
static int read_tokens(xtap_config *config, const char *path) {
    static const char *const options[] = {"oauth2_access_token", "oauth2_refresh_token", "oauth2_expires_at"};
    char line[2048];
    int taken = 0;
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    while (taken < 3 && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        if (xtap_config_set(config, options[taken], line, NULL) != XTAP_OK) break;
        ++taken;
    }
    fclose(file);
    return taken == 3;
}

/* Whoever stops this half-way finds the old file or the new one, never a part of one. */
static xtap_flow save_tokens(xtap_text access, xtap_text refresh, int64_t expires_at_ms, void *user_data) {
    const char *path = user_data;
    char beside[4096];
    int length = snprintf(beside, sizeof beside, "%s.new", path);
    if (length < 0 || (size_t)length >= sizeof beside) return XTAP_FAIL;
    unlink(beside); /* left by one that was stopped; open would keep its mode */
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file) {
        perror(beside);
        return XTAP_FAIL; /* the pair is not used; it is offered again with the next request */
    }
    fprintf(file, "%.*s\n%.*s\n%" PRId64 "\n", (int)access.size, access.data, (int)refresh.size,
            refresh.size ? refresh.data : "", expires_at_ms == XTAP_TIME_UNKNOWN ? 0 : expires_at_ms);
    int failed = fflush(file) != 0 || fsync(fd) != 0; /* on the disk before it takes the place */
    failed = fclose(file) != 0 || failed || rename(beside, path) != 0;
    if (failed) perror(path);
    return failed ? XTAP_FAIL : XTAP_CONTINUE;
}

static xtap_status open_user_client(char *path, xtap_client **client, xtap_error *error) {
    xtap_config *config = NULL;
    xtap_status status = xtap_config_create(&config, error);
    if (!status) status = xtap_config_load_env(config, "XTAP", error);
    if (!status && !read_tokens(config, path)) fprintf(stderr, "%s has no tokens\n", path);
    if (!status) status = xtap_client_open(config, client, error);
    if (!status) status = xtap_client_on_token(*client, save_tokens, path);
    xtap_config_destroy(config);
    return status;
}

static xtap_status create_post(xtap_client *client, const char *text, char *id, size_t capacity,
                               xtap_error *error) {
    xtap_request *request = NULL;
    xtap_response *response = NULL;
    char *body = NULL;
    size_t size;
    FILE *out = open_memstream(&body, &size);
    if (!out) return XTAP_E_NO_MEMORY;
    fputs("{\"text\":", out);
    json_write(out, text);
    fputs("}", out);
    xtap_status status = fclose(out) == 0 ? XTAP_OK : XTAP_E_NO_MEMORY;
    if (!status) status = xtap_request_create(client, XTAP_OP_CREATE_POSTS, &request, error);
    if (!status) status = xtap_request_body(request, body, size, error);
    if (!status) status = xtap_request_send(request, &response, error);
    xtap_text made = json_plain(json_member(xtap_response_body(response), "data"), "id");
    snprintf(id, capacity, "%.*s", (int)made.size, made.size ? made.data : "");
    if (!status) printf("created %s\n", id);
    xtap_response_destroy(response);
    xtap_request_destroy(request);
    free(body);
    return status;
}

static xtap_status delete_post(xtap_client *client, const char *id, xtap_error *error) {
    xtap_request *request = NULL;
    xtap_response *response = NULL;
    xtap_status status = xtap_request_create(client, XTAP_OP_DELETE_POSTS, &request, error);
    if (!status) status = xtap_request_set(request, XTAP_PARAM_ID, id, error);
    if (!status) status = xtap_request_send(request, &response, error);
    if (!status) printf("deleted %s\n", id);
    xtap_response_destroy(response);
    xtap_request_destroy(request);
    return status;
}

int main(int argc, char **argv) {
    xtap_error error = XTAP_ERROR_INIT;
    xtap_client *client = NULL;
    char id[32] = "";
    if (argc != 3) {
        fprintf(stderr, "usage: %s TOKEN_FILE TEXT\n", argv[0]);
        return 2;
    }
    xtap_status status = open_user_client(argv[1], &client, &error);
    if (!status) status = create_post(client, argv[2], id, sizeof id, &error);
    if (!status) status = delete_post(client, id, &error);
    xtap_client_close(client);
    return exit_status(status, &error);
}
