// The operations on streaming connections: their history, and the three ways to end them.
#include "api.hpp"

#include <algorithm>
#include <httplib.h>

namespace xtap::sim {
namespace {

const std::vector<std::string_view> kStatuses{"active", "inactive", "all"};
const std::vector<std::string_view> kConnectionFields{"client_ip",       "connected_at",  "disconnect_reason",
                                                      "disconnected_at", "endpoint_name", "id"};
// What an answer holds when no fields were asked for. As in the documented example there is no id among them.
const std::vector<std::string> kUsual{"client_ip", "connected_at", "disconnect_reason", "disconnected_at",
                                      "endpoint_name"};
constexpr std::size_t kMostUuids = 100;

bool documented(const Operation *operation) {
    return operation && operation->family != Family::activity && operation->family != Family::powerstream;
}

Json show(const StreamRecord &record, const std::vector<std::string> &fields) {
    const auto wants = [&](std::string_view field) { return std::ranges::count(fields, field) > 0; };
    Json made = Json::object();
    if (wants("id")) made["id"] = record.uuid;
    if (wants("endpoint_name")) made["endpoint_name"] = endpoint_name(*record.operation);
    if (wants("client_ip")) made["client_ip"] = record.client_ip;
    if (wants("connected_at")) made["connected_at"] = MomentWriter().iso(record.connected_at);
    if (record.disconnected_at == 0) return made;
    if (wants("disconnected_at")) made["disconnected_at"] = MomentWriter().iso(record.disconnected_at);
    if (wants("disconnect_reason")) made["disconnect_reason"] = record.disconnect_reason;
    return made;
}

Answer list(const Call &call) {
    Parameters asked(call, {"status", "endpoints", "max_results", "pagination_token"});
    const auto statuses = asked.list("status", kStatuses);
    const std::string status = statuses.empty() ? "active" : statuses[0];
    const auto endpoints = asked.list("endpoints");
    for (const auto &name : endpoints)
        if (!documented(operation_by_endpoint(name)))
            asked.bad("endpoints", "\"" + name + "\" is not the name of a streaming endpoint");
    const std::uint64_t size = asked.number("max_results", 1, 100, 10);
    auto fields = asked.list("connection.fields", kConnectionFields);
    if (fields.empty()) fields = kUsual;
    const auto from = asked.page();
    asked.check();
    auto records = call.world.connections.history();
    std::erase_if(records, [&](const StreamRecord &record) {
        if (status != "all" && (record.disconnected_at == 0) != (status == "active")) return true;
        return !endpoints.empty() && std::ranges::none_of(endpoints, [&](const auto &name) {
            return operation_by_endpoint(name) == record.operation;
        });
    });
    const Page page = page_of(
        records, [](const StreamRecord &r) { return ~r.id; }, from, size);
    Json body = Json::object();
    for (std::size_t i = page.begin; i < page.end; ++i)
        body["data"].push_back(show(records[i], fields));
    body["meta"] = page_meta(page);
    return answer_json(body);
}

Answer end_those(const Call &call, const std::vector<StreamRecord> &records,
                 const std::vector<std::string> &unknown) {
    Json results = Json::array();
    std::size_t ended = 0;
    for (const StreamRecord &record : records) {
        const bool success = call.world.connections.terminate(record.id);
        ended += success ? 1 : 0;
        results.push_back({{"uuid", record.uuid}, {"success", success}});
        if (!success) results.back()["error_message"] = "This connection has ended already.";
    }
    for (const auto &uuid : unknown)
        results.push_back(
            {{"uuid", uuid}, {"success", false}, {"error_message", "The simulator has no such connection."}});
    // What X itself was seen to answer, beside what its description says.
    if (call.world.shapes.kill_attempted) return answer_json({{"data", {{"attempted", true}}}});
    return answer_json(
        {{"data",
          {{"successful_kills", ended}, {"failed_kills", results.size() - ended}, {"results", results}}}});
}

Answer end_by_uuid(const Call &call) {
    const auto body = call.body({"uuids"});
    const auto uuids = body.value("uuids", Json());
    if (!uuids.is_array() || uuids.empty() || uuids.size() > kMostUuids)
        refuse_field("$.uuids", uuids.dump(), "\"uuids\" must hold 1 to 100 ids of connections");
    const auto history = call.world.connections.history();
    std::vector<StreamRecord> found;
    std::vector<std::string> unknown;
    for (const auto &uuid : uuids) {
        if (!uuid.is_string()) refuse_field("$.uuids", uuid.dump(), "an id is a text");
        const auto at = std::ranges::find(history, uuid.get<std::string>(), &StreamRecord::uuid);
        if (at == history.end())
            unknown.push_back(uuid.text());
        else
            found.push_back(*at);
    }
    return end_those(call, found, unknown);
}

// `operation` null: all.
Answer end_open(const Call &call, const Operation *operation) {
    auto records = call.world.connections.history();
    std::erase_if(records, [&](const StreamRecord &record) {
        return record.disconnected_at != 0 || (operation && record.operation != operation);
    });
    return end_those(call, records, {});
}

Answer end_by_endpoint(const Call &call) {
    const Operation *operation = operation_by_endpoint(call.path[0]);
    if (!documented(operation))
        refuse_field("endpoint_id", call.path[0], "\"endpoint_id\" is not the name of a streaming endpoint");
    return end_open(call, operation);
}

} // namespace

void add_connections(Api &api) {
    api.add("GET", "/2/connections", kBearer, list);
    api.add("DELETE", "/2/connections", kBearer, end_by_uuid);
    api.add("DELETE", "/2/connections/all", kBearer,
            [](const Call &call) { return end_open(call, nullptr); });
    api.add("DELETE", "/2/connections/{endpoint_id}", kBearer, end_by_endpoint);
}

} // namespace xtap::sim
