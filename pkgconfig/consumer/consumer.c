/* A program that knows libxtap only through pkg-config: it calls into the core and into libcurl behind it,
 * and prints the version it runs with. */
#include <xtap/xtap.h>

#include <stdio.h>
#include <string.h>

int main(void) {
    xtap_config *config = NULL;
    xtap_client *client = NULL;
    xtap_request *request = NULL;
    xtap_error error = XTAP_ERROR_INIT;
    if (xtap_config_create(&config, &error) || xtap_config_set(config, "bearer_token", "unused", &error) ||
        xtap_client_open(config, &client, &error)) {
        fprintf(stderr, "%s: %s\n", xtap_status_name(error.status), error.message);
        return 1;
    }
    xtap_status status = xtap_request_create(client, "streamPostsFirehoseJp", &request, &error);
    int suggested = status == XTAP_E_UNKNOWN_NAME && strstr(error.message, "streamPostsFirehoseJa") != NULL;
    if (!suggested)
        fprintf(stderr, "a misspelt operation gave %s: %s\n", xtap_status_name(status), error.message);
    xtap_request_destroy(request);
    xtap_client_close(client);
    xtap_config_destroy(config);
    puts(xtap_version());
    return suggested ? 0 : 1;
}
