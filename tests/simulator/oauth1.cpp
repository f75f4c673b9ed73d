// See oauth1.hpp.
#include "oauth1.hpp"

#include <algorithm>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace xtap::sim {

// RFC 5849, 3.4.1.
std::string signature_base(const SignedRequest &request) {
    Pairs all;
    for (const Pairs *source : {&request.query, &request.form, &request.oauth})
        for (const auto &[name, value] : *source)
            if (source != &request.oauth || (name != "oauth_signature" && name != "realm"))
                all.emplace_back(percent_encode(name), percent_encode(value));
    std::ranges::sort(all);
    std::string normalized;
    for (const auto &[name, value] : all)
        normalized.append(normalized.empty() ? "" : "&").append(name).append("=").append(value);
    return request.method + "&" + percent_encode(request.url) + "&" + percent_encode(normalized);
}

std::string hmac_sha1_signature(std::string_view base, std::string_view consumer_secret,
                                std::string_view token_secret) {
    const std::string key = percent_encode(consumer_secret) + "&" + percent_encode(token_secret);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char *>(base.data()), base.size(), digest, &size);
    return base64_encode({reinterpret_cast<const char *>(digest), size});
}

} // namespace xtap::sim
