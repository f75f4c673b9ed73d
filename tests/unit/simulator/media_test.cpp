// Media that are uploaded and fetched again, byte for byte.
#include "api_client.hpp"
#include "encoding.hpp"
#include "recorder.hpp"

namespace xtap::sim {
namespace {

std::string some_bytes(std::size_t size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i)
        bytes.push_back(static_cast<char>(i * 7 + i / 256));
    return bytes;
}

struct Media : testing::Test {
    Json upload(const std::string &path, const httplib::MultipartFormDataItems &parts) {
        const auto result = api.http.Post(path, {{"Authorization", api.authorization}}, parts);
        return result ? Json::parse(result->body) : Json();
    }
    std::string download(const std::string &path) {
        const auto result = api.http.Get(path, {{"Authorization", api.authorization}});
        type = result->get_header_value("content-type");
        return result->body;
    }
    ApiClient api;
    std::string type;
};

TEST_F(Media, InOnePieceComeBackAsTheyWere) {
    const std::string bytes = some_bytes(200'000);
    const Json data = upload("/2/media/upload", {{"media", bytes, "a.png", "image/png"},
                                                 {"media_category", "dm_image", "", ""}})["data"];
    EXPECT_EQ(data["size"], bytes.size());
    EXPECT_EQ(data["sha256"], sha256_hex(bytes));
    const std::string path = "/2/dm_conversations/media/1/" + data["id"].get<std::string>() + "/r.png";
    EXPECT_EQ(download(path), bytes);
    EXPECT_EQ(type, "application/octet-stream");
    EXPECT_EQ(api.get("/2/dm_conversations/media/1/2/r.png").status, 404);
}

TEST_F(Media, MayComeInBase64) {
    const auto made =
        api.post("/2/media/upload", {{"media", base64_encode("pixels")}, {"media_category", "tweet_image"}});
    EXPECT_EQ(made.body["data"]["sha256"], sha256_hex("pixels"));
    EXPECT_EQ(api.post("/2/media/upload", {{"media", "?"}, {"media_category", "tweet_image"}}).status, 400);
    EXPECT_EQ(api.post("/2/media/upload", {{"media", "AAAA"}}).status, 400);
}

TEST_F(Media, InSegmentsArePutTogetherInTheirOrder) {
    const Json begun =
        api.post("/2/media/upload/initialize",
                 {{"media_category", "tweet_video"}, {"media_type", "video/mp4"}, {"total_bytes", 9}})
            .body;
    const std::string path = "/2/media/upload/" + begun["data"]["id"].get<std::string>();
    EXPECT_EQ(api.ask("POST", path + "/finalize").status, 400); // nothing there yet
    upload(path + "/append", {{"media", "def", "blob", ""}, {"segment_index", "1", "", ""}});
    upload(path + "/append", {{"media", "ghi", "blob", ""}, {"segment_index", "2", "", ""}});
    EXPECT_TRUE(
        upload(path + "/append", {{"media", "abc", "blob", ""}, {"segment_index", "0", "", ""}})["data"]
            .contains("expires_at"));
    const auto finished = api.ask("POST", path + "/finalize");
    EXPECT_EQ(finished.body["data"]["sha256"], sha256_hex("abcdefghi"));
    EXPECT_EQ(finished.body["data"]["processing_info"]["state"], "pending");
    const auto state =
        api.get("/2/media/upload?command=STATUS&media_id=" + begun["data"]["id"].get<std::string>());
    EXPECT_EQ(state.body["data"]["processing_info"]["state"], "succeeded");
    EXPECT_EQ(
        upload(path + "/append", {{"media", "x", "blob", ""}, {"segment_index", "3", "", ""}})["status"],
        400);
    EXPECT_EQ(
        upload(path + "/append", {{"media", "x", "blob", ""}, {"segment_index", "1000", "", ""}})["status"],
        400);
    EXPECT_EQ(api.get("/2/media/upload?media_id=5").status, 404);
}

TEST_F(Media, OfAChatAreUploadedAndFetchedUnderTheirKey) {
    const Json begun =
        api.post("/2/chat/media/upload/initialize", {{"conversation_id", "g1"}, {"total_bytes", 3}})
            .body["data"];
    const std::string key = begun["media_hash_key"].text(), path = "/2/chat/media/upload/" + key;
    api.post(path + "/append", {{"media", base64_encode("abc")},
                                {"segment_index", 0},
                                {"conversation_id", "g1"},
                                {"media_hash_key", key}});
    EXPECT_EQ(api.post(path + "/finalize", {{"conversation_id", "g1"}, {"media_hash_key", key}})
                  .body["data"]["success"],
              true);
    EXPECT_EQ(download("/2/chat/media/g1/" + key), "abc");
}

} // namespace
} // namespace xtap::sim
