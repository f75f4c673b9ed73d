// NULL and handles of another type, for every function that the library exports: the list comes from the
// export map, so a new function without a case here fails.
#include "patience.hpp"
#include "tap.hpp"

#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <map>

namespace xtap::test {
namespace {

// A live handle of each type. Nothing is sent: nobody listens at the address.
struct Live {
    xtap_config *config = nullptr;
    xtap_client *client = nullptr;
    xtap_request *request = nullptr;
    xtap_stream *stream = nullptr;
    xtap_response *response = nullptr; // of an operation that the library answers itself
    Live() {
        xtap_config_create(&config, nullptr);
        xtap_config_set(config, "base_url", "http://127.0.0.1:1", nullptr);
        xtap_config_set(config, "bearer_token", "AAAA", nullptr);
        xtap_config_set(config, "oauth2_client_id", "client", nullptr);
        xtap_client_open(config, &client, nullptr);
        xtap_request_create(client, "streamPostsSample", &request, nullptr);
        xtap_stream_open(request, &stream, nullptr);
        xtap_request *login = nullptr;
        xtap_request_create(client, "getOAuth2AuthorizeUrl", &login, nullptr);
        xtap_request_set(login, "redirect_uri", "http://127.0.0.1/", nullptr);
        xtap_request_send(login, &response, nullptr);
        xtap_request_destroy(login);
    }
    ~Live() {
        xtap_response_destroy(response);
        xtap_stream_close(stream);
        xtap_request_destroy(request);
        xtap_client_close(client);
        xtap_config_destroy(config);
    }
    // Each handle under every type but its own.
    template <class Handle> std::vector<Handle *> others() const {
        std::vector<Handle *> wrong{nullptr};
        for (void *handle : std::initializer_list<void *>{config, client, request, stream, response})
            if (handle != own(static_cast<Handle *>(nullptr))) wrong.push_back(static_cast<Handle *>(handle));
        return wrong;
    }
    void *own(xtap_config *) const { return config; }
    void *own(xtap_client *) const { return client; }
    void *own(xtap_request *) const { return request; }
    void *own(xtap_stream *) const { return stream; }
    void *own(xtap_response *) const { return response; }
};

xtap_flow flow_of_event(const xtap_event *, void *) { return XTAP_CONTINUE; }
xtap_flow flow_of_notice(const xtap_notice *, void *) { return XTAP_CONTINUE; }
void ignore(std::int32_t, xtap_text, void *) {}
xtap_flow take(xtap_text, xtap_text, std::int64_t, void *) { return XTAP_CONTINUE; }

// `call` with every handle that is none of type Handle.
template <class Handle, class Call> void refuses(const Live &live, Call &&call) {
    for (Handle *wrong : live.others<Handle>())
        EXPECT_EQ(call(wrong), XTAP_E_ARGUMENT) << (wrong ? "a handle of another type" : "NULL");
}

#define REFUSED(call) EXPECT_EQ(call, XTAP_E_ARGUMENT) << #call

using Case = std::function<void(const Live &)>;

const std::map<std::string, Case> &value_cases() {
    static const std::map<std::string, Case> cases = {
        {"xtap_abi_version", [](const Live &) { EXPECT_EQ(xtap_abi_version() >> 16, 1u); }},
        {"xtap_version", [](const Live &) { EXPECT_STRNE(xtap_version(), ""); }},
        {"xtap_status_name",
         [](const Live &) {
             EXPECT_STREQ(xtap_status_name(XTAP_OK), "XTAP_OK");
             for (const xtap_status status : {-1, 4, 107, 999, INT32_MAX, INT32_MIN})
                 EXPECT_STREQ(xtap_status_name(status), "XTAP_UNKNOWN");
         }},
        {"xtap_operation_count", [](const Live &) { EXPECT_GE(xtap_operation_count(), 16u); }},
        {"xtap_operation_id",
         [](const Live &) {
             EXPECT_NE(xtap_operation_id(0), nullptr);
             EXPECT_EQ(xtap_operation_id(xtap_operation_count()), nullptr);
             EXPECT_EQ(xtap_operation_id(SIZE_MAX), nullptr);
         }},
        {"xtap_operation_describe",
         [](const Live &) {
             char text[8];
             std::size_t size = 0;
             REFUSED(xtap_operation_describe(nullptr, text, sizeof text, &size, nullptr));
             REFUSED(xtap_operation_describe("streamPostsSample", nullptr, 8, &size, nullptr));
             EXPECT_EQ(xtap_operation_describe("streamPostsSample", nullptr, 0, &size, nullptr), XTAP_OK);
             EXPECT_GT(size, 8u);
             Error error;
             text[0] = 'x';
             EXPECT_EQ(xtap_operation_describe("streamPostsSample", text, sizeof text, &size, &error),
                       XTAP_E_BUFFER_SMALL);
             EXPECT_EQ(error.needed, size);
             EXPECT_EQ(text[0], 'x') << "nothing is written when it does not fit";
         }},
        {"xtap_event_kind", [](const Live &) { EXPECT_EQ(xtap_event_kind(nullptr), 0u); }},
        {"xtap_event_position", [](const Live &) { EXPECT_EQ(xtap_event_position(nullptr), 0u); }},
        {"xtap_event_id", [](const Live &) { EXPECT_EQ(xtap_event_id(nullptr), 0u); }},
        {"xtap_event_time_ms",
         [](const Live &) { EXPECT_EQ(xtap_event_time_ms(nullptr), XTAP_TIME_UNKNOWN); }},
        {"xtap_event_partition", [](const Live &) { EXPECT_EQ(xtap_event_partition(nullptr), 0u); }},
        {"xtap_event_flags", [](const Live &) { EXPECT_EQ(xtap_event_flags(nullptr), 0u); }},
        {"xtap_event_json", [](const Live &) { EXPECT_EQ(xtap_event_json(nullptr).data, nullptr); }},
        {"xtap_event_selected",
         [](const Live &) { EXPECT_EQ(xtap_event_selected(nullptr, 0).data, nullptr); }},
        {"xtap_event_selected_kind",
         [](const Live &) {
             EXPECT_EQ(xtap_event_selected_kind(nullptr, 0), std::uint32_t{XTAP_COLUMN_ABSENT});
         }},
        {"xtap_notice_kind", [](const Live &) { EXPECT_EQ(xtap_notice_kind(nullptr), 0u); }},
        {"xtap_notice_json", [](const Live &) { EXPECT_EQ(xtap_notice_json(nullptr).data, nullptr); }},
    };
    return cases;
}

// Ends with a handle of another type: nothing happens, and that handle lives on.
template <class Handle, class End> void ends_nothing(const Live &live, End &&end) {
    for (Handle *wrong : live.others<Handle>())
        end(wrong);
    char value[64];
    std::size_t size = 0;
    EXPECT_EQ(xtap_config_get(live.config, "user_agent", value, sizeof value, &size, nullptr), XTAP_OK);
    EXPECT_EQ(xtap_client_stats(live.client, nullptr, 0, &size, nullptr), XTAP_OK);
    EXPECT_EQ(xtap_stream_stats(live.stream, nullptr, 0, &size, nullptr), XTAP_OK);
    EXPECT_EQ(xtap_request_option(live.request, "index", "full", nullptr), XTAP_OK);
}

const std::map<std::string, Case> &client_cases() {
    static const std::map<std::string, Case> cases = {
        {"xtap_config_create", [](const Live &) { REFUSED(xtap_config_create(nullptr, nullptr)); }},
        {"xtap_config_set",
         [](const Live &live) {
             refuses<xtap_config>(live, [](auto *h) { return xtap_config_set(h, "index", "full", nullptr); });
             REFUSED(xtap_config_set(live.config, nullptr, "full", nullptr));
         }},
        {"xtap_config_load_env",
         [](const Live &live) {
             refuses<xtap_config>(live, [](auto *h) { return xtap_config_load_env(h, "NOBODY", nullptr); });
         }},
        {"xtap_config_get",
         [](const Live &live) {
             char text[64];
             std::size_t size = 0;
             refuses<xtap_config>(live, [&](auto *h) {
                 return xtap_config_get(h, "index", text, sizeof text, &size, nullptr);
             });
             REFUSED(xtap_config_get(live.config, nullptr, text, sizeof text, &size, nullptr));
             REFUSED(xtap_config_get(live.config, "index", nullptr, 10, &size, nullptr));
         }},
        {"xtap_config_destroy",
         [](const Live &live) { ends_nothing<xtap_config>(live, [](auto *h) { xtap_config_destroy(h); }); }},
        {"xtap_client_open",
         [](const Live &live) {
             REFUSED(xtap_client_open(live.config, nullptr, nullptr));
             xtap_client *made = live.client;
             REFUSED(xtap_client_open(reinterpret_cast<xtap_config *>(live.stream), &made, nullptr));
             EXPECT_EQ(made, nullptr);
             EXPECT_EQ(xtap_client_open(nullptr, &made, nullptr), XTAP_OK) << "NULL: all defaults";
             xtap_client_close(made);
         }},
        {"xtap_client_on_log",
         [](const Live &live) {
             refuses<xtap_client>(live, [](auto *h) { return xtap_client_on_log(h, ignore, nullptr); });
         }},
        {"xtap_client_on_token",
         [](const Live &live) {
             refuses<xtap_client>(live, [](auto *h) { return xtap_client_on_token(h, take, nullptr); });
         }},
        {"xtap_client_stats",
         [](const Live &live) {
             char text[4096];
             std::size_t size = 0;
             refuses<xtap_client>(
                 live, [&](auto *h) { return xtap_client_stats(h, text, sizeof text, &size, nullptr); });
             REFUSED(xtap_client_stats(live.client, nullptr, 10, &size, nullptr));
         }},
        {"xtap_client_close",
         [](const Live &live) { ends_nothing<xtap_client>(live, [](auto *h) { xtap_client_close(h); }); }},
        {"xtap_request_create",
         [](const Live &live) {
             xtap_request *made = live.request;
             refuses<xtap_client>(
                 live, [&](auto *h) { return xtap_request_create(h, "streamPosts", &made, nullptr); });
             EXPECT_EQ(made, nullptr);
             REFUSED(xtap_request_create(live.client, nullptr, &made, nullptr));
             REFUSED(xtap_request_create(live.client, "streamPosts", nullptr, nullptr));
         }},
        {"xtap_request_set",
         [](const Live &live) {
             refuses<xtap_request>(live,
                                   [](auto *h) { return xtap_request_set(h, "partition", "1", nullptr); });
             REFUSED(xtap_request_set(live.request, nullptr, "1", nullptr));
         }},
        {"xtap_request_option",
         [](const Live &live) {
             refuses<xtap_request>(live,
                                   [](auto *h) { return xtap_request_option(h, "index", "off", nullptr); });
             REFUSED(xtap_request_option(live.request, nullptr, "off", nullptr));
             REFUSED(xtap_request_option(live.request, nullptr, nullptr, nullptr));
         }},
        {"xtap_request_destroy",
         [](const Live &live) {
             ends_nothing<xtap_request>(live, [](auto *h) { xtap_request_destroy(h); });
         }},
    };
    return cases;
}

const std::map<std::string, Case> &request_cases() {
    static const std::map<std::string, Case> cases = {
        {"xtap_request_body",
         [](const Live &live) {
             refuses<xtap_request>(live, [](auto *h) { return xtap_request_body(h, "{}", 2, nullptr); });
             REFUSED(xtap_request_body(live.request, nullptr, 2, nullptr));
             EXPECT_EQ(xtap_request_body(live.request, nullptr, 0, nullptr), XTAP_OK);
         }},
        {"xtap_request_attach",
         [](const Live &live) {
             refuses<xtap_request>(
                 live, [](auto *h) { return xtap_request_attach(h, "media", nullptr, "x", 1, nullptr); });
             REFUSED(xtap_request_attach(live.request, nullptr, nullptr, "x", 1, nullptr));
             REFUSED(xtap_request_attach(live.request, "media", nullptr, nullptr, 1, nullptr));
             EXPECT_EQ(xtap_request_attach(live.request, "media", nullptr, nullptr, 0, nullptr), XTAP_OK);
         }},
        {"xtap_request_send",
         [](const Live &live) {
             xtap_response *made = live.response;
             refuses<xtap_request>(live, [&](auto *h) { return xtap_request_send(h, &made, nullptr); });
             EXPECT_EQ(made, nullptr);
             REFUSED(xtap_request_send(live.request, nullptr, nullptr));
         }},
        {"xtap_request_cancel",
         [](const Live &live) {
             refuses<xtap_request>(live, [](auto *h) { return xtap_request_cancel(h); });
         }},
        {"xtap_request_next_page",
         [](const Live &live) {
             refuses<xtap_request>(
                 live, [&](auto *h) { return xtap_request_next_page(h, live.response, nullptr); });
             refuses<xtap_response>(
                 live, [&](auto *h) { return xtap_request_next_page(live.request, h, nullptr); });
         }},
        {"xtap_response_http_status",
         [](const Live &live) {
             for (const xtap_response *wrong : live.others<xtap_response>())
                 EXPECT_EQ(xtap_response_http_status(wrong), 0);
             EXPECT_EQ(xtap_response_http_status(live.response), 200);
         }},
        {"xtap_response_body",
         [](const Live &live) {
             for (const xtap_response *wrong : live.others<xtap_response>())
                 EXPECT_EQ(xtap_response_body(wrong).data, nullptr);
             const xtap_text body = xtap_response_body(live.response);
             ASSERT_NE(body.data, nullptr);
             EXPECT_EQ(body.data[body.size], '\0');
         }},
        {"xtap_response_header",
         [](const Live &live) {
             for (const xtap_response *wrong : live.others<xtap_response>())
                 EXPECT_EQ(xtap_response_header(wrong, "date").data, nullptr);
             EXPECT_NE(xtap_response_header(live.response, nullptr).data, nullptr) << "all of them";
         }},
        {"xtap_response_copy_body",
         [](const Live &live) {
             char text[4];
             std::size_t size = 0;
             refuses<xtap_response>(
                 live, [&](auto *h) { return xtap_response_copy_body(h, text, sizeof text, &size); });
             REFUSED(xtap_response_copy_body(live.response, nullptr, 4, &size));
             EXPECT_EQ(xtap_response_copy_body(live.response, nullptr, 0, &size), XTAP_OK);
         }},
        {"xtap_response_destroy",
         [](const Live &live) {
             ends_nothing<xtap_response>(live, [](auto *h) { xtap_response_destroy(h); });
         }},
    };
    return cases;
}

const std::map<std::string, Case> &stream_cases() {
    static const std::map<std::string, Case> cases = {
        {"xtap_stream_open",
         [](const Live &live) {
             xtap_stream *made = live.stream;
             refuses<xtap_request>(live, [&](auto *h) { return xtap_stream_open(h, &made, nullptr); });
             EXPECT_EQ(made, nullptr);
             REFUSED(xtap_stream_open(live.request, nullptr, nullptr));
         }},
        {"xtap_stream_select",
         [](const Live &live) {
             const char *pointers[] = {"/a"};
             refuses<xtap_stream>(live, [&](auto *h) { return xtap_stream_select(h, pointers, 1, nullptr); });
             REFUSED(xtap_stream_select(live.stream, nullptr, 1, nullptr));
             EXPECT_EQ(xtap_stream_select(live.stream, nullptr, 0, nullptr), XTAP_OK);
         }},
        {"xtap_stream_on_event",
         [](const Live &live) {
             refuses<xtap_stream>(live,
                                  [](auto *h) { return xtap_stream_on_event(h, flow_of_event, nullptr); });
             EXPECT_EQ(xtap_stream_on_event(live.stream, nullptr, nullptr), XTAP_OK);
         }},
        {"xtap_stream_on_notice",
         [](const Live &live) {
             refuses<xtap_stream>(live,
                                  [](auto *h) { return xtap_stream_on_notice(h, flow_of_notice, nullptr); });
             EXPECT_EQ(xtap_stream_on_notice(live.stream, nullptr, nullptr), XTAP_OK);
         }},
        {"xtap_stream_run",
         [](const Live &live) {
             refuses<xtap_stream>(live, [](auto *h) { return xtap_stream_run(h, nullptr); });
         }},
        {"xtap_stream_read",
         [](const Live &live) {
             Batch batch;
             refuses<xtap_stream>(live,
                                  [&](auto *h) { return xtap_stream_read(h, batch.get(), 0, nullptr); });
             REFUSED(xtap_stream_read(live.stream, nullptr, 0, nullptr));
             for (int array = 0; array < 3; ++array) {
                 Batch broken;
                 if (array == 0) broken.get()->data = nullptr;
                 if (array == 1) broken.get()->records = nullptr;
                 if (array == 2) broken.get()->columns = nullptr;
                 REFUSED(xtap_stream_read(live.stream, broken.get(), 0, nullptr));
             }
         }},
        {"xtap_stream_wake",
         [](const Live &live) { refuses<xtap_stream>(live, [](auto *h) { return xtap_stream_wake(h); }); }},
        {"xtap_stream_finish",
         [](const Live &live) { refuses<xtap_stream>(live, [](auto *h) { return xtap_stream_finish(h); }); }},
        {"xtap_stream_cancel",
         [](const Live &live) { refuses<xtap_stream>(live, [](auto *h) { return xtap_stream_cancel(h); }); }},
        {"xtap_stream_checkpoint",
         [](const Live &live) {
             char text[16];
             std::size_t size = 0;
             refuses<xtap_stream>(live, [&](auto *h) {
                 return xtap_stream_checkpoint(h, 0, text, sizeof text, &size, nullptr);
             });
             REFUSED(xtap_stream_checkpoint(live.stream, 0, nullptr, 10, &size, nullptr));
             REFUSED(xtap_stream_checkpoint(live.stream, 1, text, sizeof text, &size, nullptr));
         }},
        {"xtap_stream_resume",
         [](const Live &live) {
             refuses<xtap_stream>(live, [](auto *h) { return xtap_stream_resume(h, "", 0, nullptr); });
             REFUSED(xtap_stream_resume(live.stream, nullptr, 0, nullptr));
         }},
        {"xtap_stream_stats",
         [](const Live &live) {
             char text[4096];
             std::size_t size = 0;
             refuses<xtap_stream>(
                 live, [&](auto *h) { return xtap_stream_stats(h, text, sizeof text, &size, nullptr); });
             REFUSED(xtap_stream_stats(live.stream, nullptr, 10, &size, nullptr));
         }},
        {"xtap_stream_fd",
         [](const Live &live) {
             int fd = 5;
             refuses<xtap_stream>(live, [&](auto *h) { return xtap_stream_fd(h, &fd, nullptr); });
             EXPECT_EQ(fd, -1);
             REFUSED(xtap_stream_fd(live.stream, nullptr, nullptr));
         }},
        {"xtap_stream_close",
         [](const Live &live) { ends_nothing<xtap_stream>(live, [](auto *h) { xtap_stream_close(h); }); }},
    };
    return cases;
}

std::vector<std::string> exported() {
    std::ifstream map(XTAP_MAP);
    std::vector<std::string> names;
    for (std::string line; std::getline(map, line);)
        if (const std::size_t at = line.find("xtap_");
            at != std::string::npos && line.back() == ';' && line[0] == ' ')
            names.push_back(line.substr(at, line.size() - 1 - at));
    return names;
}

class Arguments : public testing::TestWithParam<std::string> {};

TEST_P(Arguments, ThatAreNullOrOfAnotherTypeAreRefused) {
    for (const auto *cases : {&value_cases(), &client_cases(), &request_cases(), &stream_cases()}) {
        const auto found = cases->find(GetParam());
        if (found == cases->end()) continue;
        const Live live;
        ASSERT_NE(live.stream, nullptr);
        found->second(live);
        return;
    }
    FAIL() << "no case for " << GetParam();
}

INSTANTIATE_TEST_SUITE_P(, Arguments, testing::ValuesIn(exported()),
                         [](const auto &name) { return name.param; });

TEST(ArgumentCases, AreForFunctionsThatExist) {
    const std::vector<std::string> names = exported();
    EXPECT_EQ(names.size(),
              value_cases().size() + client_cases().size() + request_cases().size() + stream_cases().size());
}

// ---- error structs ----

TEST(ErrorStruct, ThatIsTooSmallGetsNoWriteAndEveryHandleOutIsNull) {
    const Live live;
    std::vector<unsigned char> bytes(sizeof(xtap_error), 0xaa);
    auto *error = reinterpret_cast<xtap_error *>(bytes.data());
    error->struct_size = sizeof(xtap_error) - 1;
    const std::vector<unsigned char> before = bytes;
    xtap_config *config = live.config;
    xtap_client *client = live.client;
    xtap_request *request = live.request;
    xtap_stream *stream = live.stream;
    std::size_t size = 0;
    Batch batch;
    REFUSED(xtap_config_create(&config, error));
    REFUSED(xtap_client_open(nullptr, &client, error));
    REFUSED(xtap_request_create(live.client, "streamPosts", &request, error));
    REFUSED(xtap_stream_open(live.request, &stream, error));
    EXPECT_TRUE(!config && !client && !request && !stream);
    REFUSED(xtap_config_set(live.config, "index", "off", error));
    REFUSED(xtap_client_stats(live.client, nullptr, 0, &size, error));
    REFUSED(xtap_stream_run(live.stream, error));
    REFUSED(xtap_stream_read(live.stream, batch.get(), 0, error));
    EXPECT_EQ(bytes, before);
}

TEST(ErrorStruct, ThatIsLargerIsFilledAsFarAsItIsKnown) {
    struct {
        xtap_error error;
        std::uint64_t more;
    } larger{XTAP_ERROR_INIT, 42};
    larger.error.struct_size = sizeof larger;
    const Live live;
    EXPECT_EQ(xtap_config_set(live.config, "no_such_option", "1", &larger.error), XTAP_E_UNKNOWN_NAME);
    EXPECT_STRNE(larger.error.message, "");
    EXPECT_EQ(larger.more, 42u);
    EXPECT_EQ(larger.error.struct_size, sizeof larger);
    EXPECT_EQ(xtap_config_set(live.config, "index", "off", &larger.error), XTAP_OK);
    EXPECT_STREQ(larger.error.message, "") << "a call that succeeds empties it";
    EXPECT_EQ(larger.error.status, XTAP_OK);
}

TEST(ErrorStruct, CutsAMessageOnAWholeCharacter) {
    const Live live;
    Error error;
    std::string name = "x";
    while (name.size() < 3'000)
        name += "鳥";
    EXPECT_EQ(xtap_config_set(live.config, name.c_str(), "1", &error), XTAP_E_UNKNOWN_NAME);
    const std::string message = error.message;
    EXPECT_LT(message.size(), sizeof error.message);
    EXPECT_NO_THROW(static_cast<void>(Json(message).dump())) << "valid UTF-8";
}

} // namespace
} // namespace xtap::test
