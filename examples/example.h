/* What the examples share: a client with the options of the environment, and what a failure means for the
 * exit status. Knows nothing of any operation. */
#ifndef XTAP_EXAMPLE_H
#define XTAP_EXAMPLE_H

#include <xtap/xtap.h>

#include <stdio.h>

/* XTAP_BASE_URL, XTAP_BEARER_TOKEN, XTAP_OAUTH2_ACCESS_TOKEN ...: every option has its variable. */
static inline xtap_status open_client(xtap_client **client, xtap_error *error) {
    xtap_config *config = NULL;
    xtap_status status = xtap_config_create(&config, error);
    if (!status) status = xtap_config_load_env(config, "XTAP", error);
    if (!status) status = xtap_client_open(config, client, error);
    xtap_config_destroy(config); /* the client has its own copy */
    return status;
}

/* Says what went wrong, if anything did, and gives the exit status of the program: 2 for an argument that
 * the library refused, 3 where another try needs other credentials first, 1 for the rest. */
static inline int exit_status(xtap_status status, const xtap_error *error) {
    if (status == XTAP_OK || status == XTAP_END) return 0;
    fprintf(stderr, "%s: %s\n", xtap_status_name(status), error->message);
    switch (status) {
    case XTAP_E_UNKNOWN_NAME:
    case XTAP_E_VALUE:
    case XTAP_E_MISSING:
        return 2;
    case XTAP_E_NO_CREDENTIAL:
    case XTAP_E_UNAUTHORIZED:
    case XTAP_E_FORBIDDEN:
        return 3;
    default:
        return 1;
    }
}

#endif
