/* A program that loads the library by hand and unloads it while a stream is open, twice: loader LIBRARY
 * BASE_URL. */
#include "xtap/xtap.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/* ISO C has no way from an object pointer to a function pointer; POSIX has this one. */
#define LOAD(name) memcpy(&name, &(void *){dlsym(library, "xtap_" #name)}, sizeof(void *))

static int load_and_unload(const char *path, const char *url) {
    static char data[256 * 1024];
    static xtap_record records[64];
    xtap_batch batch = XTAP_BATCH_INIT;
    xtap_error error = XTAP_ERROR_INIT;
    xtap_config *config = NULL;
    xtap_client *client = NULL;
    xtap_request *request = NULL;
    xtap_stream *stream = NULL;
    xtap_status (*config_create)(xtap_config **, xtap_error *);
    xtap_status (*config_set)(xtap_config *, const char *, const char *, xtap_error *);
    xtap_status (*client_open)(const xtap_config *, xtap_client **, xtap_error *);
    xtap_status (*request_create)(xtap_client *, const char *, xtap_request **, xtap_error *);
    xtap_status (*stream_open)(const xtap_request *, xtap_stream **, xtap_error *);
    xtap_status (*stream_read)(xtap_stream *, xtap_batch *, uint32_t, xtap_error *);
    int i;
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        return 90;
    }
    LOAD(config_create);
    LOAD(config_set);
    LOAD(client_open);
    LOAD(request_create);
    LOAD(stream_open);
    LOAD(stream_read);
    if (config_create(&config, &error) || config_set(config, "base_url", url, &error) ||
        config_set(config, "bearer_token", "AAAAloader", &error) || client_open(config, &client, &error) ||
        request_create(client, "streamPostsSample", &request, &error) ||
        stream_open(request, &stream, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 91;
    }
    batch.data = data;
    batch.data_capacity = sizeof data;
    batch.records = records;
    batch.record_capacity = 64;
    for (i = 0; i < 5; ++i)
        if (stream_read(stream, &batch, XTAP_FOREVER, &error)) return 92;
    return dlclose(library) == 0 ? 0 : 93;
}

int main(int argc, char **argv) {
    int status;
    if (argc != 3) return 94;
    status = load_and_unload(argv[1], argv[2]);
    return status ? status : load_and_unload(argv[1], argv[2]);
}
