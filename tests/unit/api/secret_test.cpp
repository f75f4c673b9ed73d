// Secrets leave nothing behind. The program's array delete looks at memory in the moment it is freed.
#include "api/secret.hpp"

#include "api/secret_builder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace {

const char *watched = nullptr;
std::size_t watched_size = 0;
bool freed = false;
bool wiped = false;

void watch(std::string_view bytes) {
    watched = bytes.data();
    watched_size = bytes.size();
    freed = wiped = false;
}

} // namespace

void *operator new[](std::size_t size) {
    if (void *memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}

// Replaced as well: under AddressSanitizer it does not call the one above, and its memory comes to our
// delete.
void *operator new[](std::size_t size, const std::nothrow_t &) noexcept { return std::malloc(size); }

void operator delete[](void *memory) noexcept {
    if (memory != nullptr && memory == watched) {
        freed = true;
        wiped = std::all_of(watched, watched + watched_size, [](char byte) { return byte == 0; });
        watched = nullptr;
    }
    std::free(memory);
}

void operator delete[](void *memory, std::size_t) noexcept { ::operator delete[](memory); }

namespace xtap::api {
namespace {

template <class Type>
concept printable = requires(std::ostream &out, const Type &value) {
    out << value;
};

TEST(Secret, CannotBePrinted) { static_assert(!printable<Secret> && printable<std::string_view>); }

TEST(Secret, IsWipedWhenItDies) {
    {
        const Secret secret("AAAA-token");
        watch(secret.reveal());
    }
    EXPECT_TRUE(freed);
    EXPECT_TRUE(wiped);
}

TEST(Secret, IsWipedWhenItIsReplaced) {
    Secret secret("AAAA-token");
    watch(secret.reveal());
    secret = Secret("BBBB");
    EXPECT_TRUE(freed);
    EXPECT_TRUE(wiped);
    EXPECT_EQ(secret.reveal(), "BBBB");
}

TEST(Secret, MovesWithoutLeavingACopyBehind) {
    Secret first("AAAA-token");
    const char *bytes = first.reveal().data();
    const Secret second(std::move(first));
    EXPECT_EQ(second.reveal().data(), bytes);
    EXPECT_TRUE(first.empty()); // NOLINT(bugprone-use-after-move): that is what is tested
    EXPECT_EQ(first.reveal(), "");
}

TEST(Secret, CopiesAreIndependentAndEndInANul) {
    Secret first("AAAA");
    const Secret second = first;
    first = Secret();
    EXPECT_EQ(second.reveal(), "AAAA");
    EXPECT_EQ(second.reveal().data()[4], '\0');
    EXPECT_EQ(first.reveal().data()[0], '\0');
}

TEST(SecretBuilder, PutsASecretTogetherFromItsPieces) {
    SecretBuilder builder;
    EXPECT_EQ(builder.text(), "");
    ((builder += "Bearer") += ' ') += "AAAA-token";
    EXPECT_EQ(builder.size(), 17u);
    EXPECT_EQ(builder.take().reveal(), "Bearer AAAA-token");
    EXPECT_EQ(builder.take().reveal(), "");
}

TEST(SecretBuilder, WipesWhatItOutgrows) {
    SecretBuilder builder;
    builder += "AAAA-token";
    watch(builder.text());
    builder += std::string(100'000, 'x');
    EXPECT_TRUE(freed);
    EXPECT_TRUE(wiped);
    EXPECT_EQ(builder.text().substr(0, 12), "AAAA-tokenxx");
    EXPECT_EQ(builder.size(), 100'010u);
}

TEST(SecretBuilder, WipesItsOwnCopyWhenTheSecretIsTaken) {
    SecretBuilder builder;
    builder += "AAAA-token";
    watch(builder.text());
    const Secret secret = builder.take();
    EXPECT_TRUE(freed);
    EXPECT_TRUE(wiped);
    EXPECT_EQ(secret.reveal(), "AAAA-token");
}

TEST(SecretBuilder, WipesWhatWasNeverTaken) {
    {
        SecretBuilder builder;
        builder += "AAAA-token";
        watch(builder.text());
    }
    EXPECT_TRUE(freed);
    EXPECT_TRUE(wiped);
}

} // namespace
} // namespace xtap::api
