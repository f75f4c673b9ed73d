// Through a buffer that is wiped, and only as much of the file as a token can be.
#include "client/token_file.hpp"

#include "api/failure.hpp"
#include "auth/token_answer.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace xtap::client {
namespace {

// The first line, without the white space around it.
std::string_view first_line(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r";
    text = text.substr(0, text.find('\n'));
    const auto begin = text.find_first_not_of(kSpace);
    return begin == std::string_view::npos ? std::string_view{}
                                           : text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

} // namespace

api::Secret read_token_file(std::string_view path) {
    const std::string name(path);
    const auto refuse = [&](const std::string &why) {
        return Failure(Status::no_credential, "bearer_token_file '" + name + "' " + why);
    };
    const int fd = open(name.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) throw refuse(std::string("cannot be opened: ") + std::strerror(errno));
    std::array<char, auth::longest_token + 1> buffer;
    std::size_t size = 0;
    ssize_t got = 0;
    while (size < buffer.size() && (got = read(fd, buffer.data() + size, buffer.size() - size)) > 0)
        size += static_cast<std::size_t>(got);
    const int error = errno;
    close(fd);
    api::Secret token(first_line({buffer.data(), size})); // not const: it is moved out
    explicit_bzero(buffer.data(), size);
    if (got < 0) throw refuse(std::string("cannot be read: ") + std::strerror(error));
    if (!auth::is_token(token.reveal()))
        throw refuse("does not begin with a token: a line of printable ASCII without spaces, at most " +
                     std::to_string(auth::longest_token) + " bytes");
    return token;
}

} // namespace xtap::client
