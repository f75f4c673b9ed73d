// Plain and TLS sending, and the certificate for it.
#include "peer.hpp"

#include "child.hpp"
#include "load_source.hpp"

#include <cstdio>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace xtap::bench {

Peer::Peer(int socket, const std::string &certificate) : socket_(socket) {
    if (certificate.empty()) return;
    context_ = SSL_CTX_new(TLS_server_method());
    if (context_ == nullptr || SSL_CTX_use_certificate_chain_file(context_, certificate.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(context_, certificate.c_str(), SSL_FILETYPE_PEM) != 1)
        throw std::runtime_error("the load source cannot use its certificate");
    tls_ = SSL_new(context_);
    SSL_set_fd(tls_, socket_);
    SSL_accept(tls_); // a failure shows at the first read
}

Peer::~Peer() {
    if (tls_ != nullptr) SSL_free(tls_);
    if (context_ != nullptr) SSL_CTX_free(context_);
    close(socket_);
}

bool Peer::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const long sent = tls_ != nullptr ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                                          : send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

long Peer::read(char *buffer, std::size_t size) {
    return tls_ != nullptr ? SSL_read(tls_, buffer, static_cast<int>(size)) : recv(socket_, buffer, size, 0);
}

void Peer::finish() {
    if (tls_ != nullptr) SSL_shutdown(tls_);
    shutdown(socket_, SHUT_WR);
}

namespace {

void extend(X509 *certificate, int what, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(nullptr, &context, what, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

void write_certificate(const std::string &file) {
    EVP_PKEY *key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    X509 *certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 24L * 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char *>("xtap-bench"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    extend(certificate, NID_basic_constraints, "critical,CA:TRUE");
    extend(certificate, NID_subject_alt_name, "IP:127.0.0.1");
    X509_sign(certificate, key, EVP_sha256());
    std::FILE *out = std::fopen(file.c_str(), "w");
    if (out == nullptr) _exit(1);
    PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    PEM_write_X509(out, certificate);
    std::fclose(out);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

} // namespace

void make_certificate(const std::string &file) {
    const pid_t process = start_child([&] { write_certificate(file); });
    if (!await_child(process)) throw std::runtime_error("no certificate could be made for the load source");
}

} // namespace xtap::bench
