// See tls.hpp.
#include "tls.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdexcept>
#include <unistd.h>

namespace xtap::sim {
namespace {

constexpr long kDays = 3650;

[[noreturn]] void fail(const char *what) {
    char reason[256];
    ERR_error_string_n(ERR_get_error(), reason, sizeof reason);
    throw std::runtime_error(std::string(what) + ": " + reason);
}

void add_extension(X509 *certificate, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
    if (!extension || X509_add_ext(certificate, extension, -1) != 1) fail("certificate extension");
    X509_EXTENSION_free(extension);
}

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Certificate make_certificate(EVP_PKEY *key) {
    Certificate certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), static_cast<long>(std::time(nullptr)));
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kDays * 86400);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME *name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char *>("xtap-sim"),
                               -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    add_extension(certificate.get(), NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
    add_extension(certificate.get(), NID_subject_key_identifier, "hash");
    if (X509_sign(certificate.get(), key, EVP_sha256()) == 0) fail("signing the certificate");
    return certificate;
}

class TlsTransport final : public Transport {
public:
    TlsTransport(int fd, SSL_CTX *context) : Transport(fd), ssl_(SSL_new(context)) {
        SSL_set_fd(ssl_, fd);
        SSL_set_accept_state(ssl_);
    }
    ~TlsTransport() override { SSL_free(ssl_); }

    IoResult handshake() override { return result_of(SSL_do_handshake(ssl_), 0); }
    IoResult read(char *data, std::size_t size) override {
        std::size_t got = 0;
        const int outcome = SSL_read_ex(ssl_, data, size, &got);
        return result_of(outcome, got);
    }
    IoResult write(const char *data, std::size_t size) override {
        std::size_t sent = 0;
        const int outcome = SSL_write_ex(ssl_, data, size, &sent);
        return result_of(outcome, sent);
    }
    bool pending() const override { return SSL_pending(ssl_) > 0; }
    void close_orderly() override {
        ERR_clear_error();
        SSL_shutdown(ssl_);
        cut();
    }

private:
    IoResult result_of(int outcome, std::size_t bytes) {
        if (outcome == 1) return {Io::done, bytes};
        const int error = SSL_get_error(ssl_, outcome);
        ERR_clear_error();
        if (error == SSL_ERROR_WANT_READ) return {Io::want_read};
        if (error == SSL_ERROR_WANT_WRITE) return {Io::want_write};
        return {Io::closed};
    }

    SSL *ssl_;
};

} // namespace

TlsServer::TlsServer(const std::string &path)
    : context_(SSL_CTX_new(TLS_server_method())), path_(path), temporary_(path.empty()) {
    const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    if (!context_ || !key) fail("TLS");
    const Certificate certificate = make_certificate(key.get());
    if (SSL_CTX_use_certificate(context_, certificate.get()) != 1 ||
        SSL_CTX_use_PrivateKey(context_, key.get()) != 1)
        fail("TLS certificate");
    SSL_CTX_set_mode(context_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(context_, SSL_OP_IGNORE_UNEXPECTED_EOF);
    std::FILE *file = nullptr;
    if (temporary_) {
        path_ = "/tmp/xtap-sim-XXXXXX";
        const int fd = mkstemp(path_.data());
        if (fd >= 0) file = fdopen(fd, "w");
    } else {
        file = std::fopen(path_.c_str(), "w");
    }
    const bool written = file && PEM_write_X509(file, certificate.get()) == 1;
    if ((file && std::fclose(file) != 0) || !written)
        throw std::runtime_error("cannot write the certificate to \"" + path_ + "\"");
}

TlsServer::~TlsServer() {
    SSL_CTX_free(context_);
    if (temporary_) unlink(path_.c_str());
}

std::unique_ptr<Transport> TlsServer::wrap(int fd) const {
    return std::make_unique<TlsTransport>(fd, context_);
}

} // namespace xtap::sim
