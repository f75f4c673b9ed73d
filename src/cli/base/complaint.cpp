// Turns library errors into complaints and complaints into text. Knows nothing about streams or terminals.
#include "cli/base/complaint.hpp"

#include "cli/base/plain_text.hpp"

namespace xtap::cli {
namespace {

const char *hint_for(xtap_status status) noexcept {
    switch (status) {
    case XTAP_E_NO_CREDENTIAL:
        return "set it in the environment, or let 'xtap auth app' (the app's token) or 'xtap auth login' (a "
               "user's) get and keep one";
    case XTAP_E_UNAUTHORIZED:
        return "the credential was refused: check the XTAP_ variables that are set; 'xtap auth show' tells "
               "what "
               "is stored, 'xtap auth login' renews it";
    case XTAP_E_FORBIDDEN:
        return "the credential is valid, but may not do this: see the app's access level and the scopes of "
               "the "
               "login";
    case XTAP_E_TLS:
        return "a private certificate authority can be named with --option ca_file=PATH";
    default:
        return "";
    }
}

} // namespace

std::string sentence_of(xtap_status status, const xtap_error &error) {
    const char *name = xtap_status_name(status);
    std::string sentence = error.message[0] != '\0' ? error.message : "the call failed without a message";
    sentence += " (";
    sentence += name != nullptr ? name : "XTAP_UNKNOWN";
    const std::string http = "HTTP " + std::to_string(error.http_status);
    if (error.http_status != 0 && !std::string_view(error.message).starts_with(http)) sentence += ", " + http;
    if (error.request_id[0] != '\0') sentence += std::string(", request ") + error.request_id;
    sentence += ")";
    return sentence;
}

Complaint complaint_of(xtap_status status, const xtap_error &error, std::string hint) {
    if (hint.empty()) hint = hint_for(status);
    return {exit_code_of(status), sentence_of(status, error), std::move(hint)};
}

void check(xtap_status status, const xtap_error &error, std::string_view hint) {
    if (status >= XTAP_E_ARGUMENT) throw complaint_of(status, error, std::string(hint));
}

std::string shown(const Complaint &complaint) {
    // Messages may carry a server's words or the user's own: a control character must not reach the terminal.
    std::string text = "xtap: error: " + plain_text(complaint.message) + "\n";
    if (!complaint.hint.empty()) text += "  " + plain_text(complaint.hint) + "\n";
    return text;
}

} // namespace xtap::cli
