// Media: uploads in one piece and in segments, their state, and the downloads that answer with bytes.
#include "api.hpp"

#include "media_store.hpp"

#include <charconv>
#include <httplib.h>

namespace xtap::sim {
namespace {

constexpr unsigned kLastSegment = 999;
constexpr unsigned kExpiresAfter = 86'400;

std::uint64_t number_in(const std::string &text, const char *name, std::uint64_t most) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value > most)
        refuse_field(name, text,
                     "\"" + std::string(name) + "\" must be a whole number, at most " + std::to_string(most));
    return value;
}

// A field of the body, whichever of the two kinds it is: multipart, or JSON with the bytes in base64.
std::string field(const Call &call, const char *name) {
    if (call.request.is_multipart_form_data()) {
        if (!call.request.has_file(name)) refuse_field(name, "", "\"" + std::string(name) + "\" is missing");
        return call.request.get_file_value(name).content;
    }
    const Json body = call.body({"media", "media_category", "additional_owners", "segment_index",
                                 "conversation_id", "media_hash_key"});
    if (!body.contains(name)) refuse_field(name, "", "\"" + std::string(name) + "\" is missing");
    if (std::string_view(name) != "media")
        return body[name].is_string() ? body[name].get<std::string>() : body[name].dump();
    const auto bytes = base64_decode(body[name].is_string() ? body[name].get<std::string>() : "*");
    if (!bytes) refuse_field(name, "", "\"media\" must be base64");
    return *bytes;
}

Json show(const Medium &medium) {
    const std::string id = std::to_string(medium.id), bytes = medium.bytes();
    // The sum is the simulator's own addition: what arrived, for those who sent it.
    Json made{{"id", id},
              {"media_key", "3_" + id},
              {"size", bytes.size()},
              {"sha256", sha256_hex(bytes)},
              {"expires_after_secs", kExpiresAfter}};
    if (medium.category.ends_with("video") || medium.category.ends_with("gif")) {
        // Found in progress at first, then done.
        if (medium.looked_at == 0)
            made["processing_info"] = {{"state", "pending"}, {"check_after_secs", 1}};
        else
            made["processing_info"] = {{"state", "succeeded"}, {"progress_percent", 100}};
    }
    return made;
}

Answer upload(const Call &call) {
    const std::string bytes = field(call, "media");
    const std::uint64_t id = call.world.media.begin(field(call, "media_category"), "", 0);
    call.world.media.put(id, 0, bytes);
    return answer_json({{"data", show(*call.world.media.finish(id))}});
}

Answer initialize(const Call &call) {
    const Json body =
        call.body({"additional_owners", "media_category", "media_type", "shared", "total_bytes"});
    const Json total = body.value("total_bytes", Json(0));
    if (!total.is_number_unsigned())
        refuse_field("$.total_bytes", total.dump(), "\"total_bytes\" must be a number");
    const std::uint64_t id = call.world.media.begin(body.value("media_category", ""),
                                                    body.value("media_type", ""), total.get<std::uint64_t>());
    return answer_json({{"data",
                         {{"id", std::to_string(id)},
                          {"media_key", "3_" + std::to_string(id)},
                          {"expires_after_secs", kExpiresAfter}}}});
}

Answer append_to(const Call &call, std::uint64_t id) {
    const auto segment =
        static_cast<unsigned>(number_in(field(call, "segment_index"), "segment_index", kLastSegment));
    switch (call.world.media.put(id, segment, field(call, "media"))) {
    case MediaStore::Put::done:
        return answer_json({{"data", {{"expires_at", wall_clock() / 1'000'000 + kExpiresAfter}}}});
    case MediaStore::Put::finished:
        refuse_field("id", std::to_string(id), "this upload is finished");
    default:
        throw Refused{no_such_path(call.request.path)};
    }
}

Answer append(const Call &call) { return append_to(call, number_in(call.path[0], "id", UINT64_MAX)); }

Answer finalize(const Call &call) {
    const auto medium = call.world.media.finish(number_in(call.path[0], "id", UINT64_MAX));
    if (!medium)
        refuse_field("id", call.path[0], "there is no such upload, or it is not as long as announced");
    return answer_json({{"data", show(*medium)}});
}

Answer status(const Call &call) {
    Parameters asked(call, {"media_id", "command"});
    const auto id = asked.number("media_id", 1, UINT64_MAX, 0);
    if (!asked.text("media_id")) asked.bad("media_id", "\"media_id\" is missing");
    asked.check();
    const auto medium = call.world.media.look_at(id);
    if (!medium) throw Refused{no_such_path(call.request.path)};
    return answer_json({{"data", show(*medium)}});
}

Answer download(const Call &call, std::uint64_t id) {
    const auto medium = call.world.media.find(id);
    if (!medium || !medium->finished) throw Refused{no_such_path(call.request.path)};
    Answer answer;
    answer.content_type = "application/octet-stream";
    answer.body = medium->bytes();
    return answer;
}

// The chat's own uploads: the same, with names of their own.
Answer chat_initialize(const Call &call) {
    const Json body = call.body({"conversation_id", "total_bytes"});
    if (!body.contains("conversation_id") || !body.value("total_bytes", Json()).is_number_unsigned())
        refuse_field("body", body.dump(), "\"conversation_id\" and \"total_bytes\" are needed");
    const std::string id =
        std::to_string(call.world.media.begin("", "", body["total_bytes"].get<std::uint64_t>()));
    return answer_json(
        {{"data",
          {{"conversation_id", body["conversation_id"]}, {"media_hash_key", id}, {"session_id", id}}}});
}

Answer chat_finalize(const Call &call) {
    const Json body = call.body({"conversation_id", "media_hash_key", "message_id", "num_parts", "ttl_msec"});
    if (!call.world.media.finish(number_in(call.path[0], "id", UINT64_MAX)))
        refuse_field("id", call.path[0], "there is no such upload, or it is not as long as announced");
    return answer_json({{"data", {{"success", true}}}});
}

} // namespace

void add_media(Api &api) {
    api.add("POST", "/2/media/upload", kUser, upload);
    api.add("GET", "/2/media/upload", kUser, status);
    api.add("POST", "/2/media/upload/initialize", kUser, initialize);
    api.add("POST", "/2/media/upload/{id}/append", kUser, append);
    api.add("POST", "/2/media/upload/{id}/finalize", kUser, finalize);
    api.add("GET", "/2/dm_conversations/media/{dm_id}/{media_id}/{resource_id}", kOAuth2,
            [](const Call &call) { return download(call, number_in(call.path[1], "media_id", UINT64_MAX)); });
    api.add("POST", "/2/chat/media/upload/initialize", kUser, chat_initialize);
    api.add("POST", "/2/chat/media/upload/{id}/append", kUser, append);
    api.add("POST", "/2/chat/media/upload/{id}/finalize", kUser, chat_finalize);
    api.add("GET", "/2/chat/media/{id}/{media_hash_key}", kUser, [](const Call &call) {
        return download(call, number_in(call.path[1], "media_hash_key", UINT64_MAX));
    });
}

} // namespace xtap::sim
