// Writing to stdout's stand-ins: pipes that are full, closed or slow, and a disk that is full.
#include "cli/base/output.hpp"

#include "cli/base/complaint.hpp"
#include "cli/base/signals.hpp"

#include <array>
#include <fcntl.h>
#include <future>
#include <gtest/gtest.h>
#include <poll.h>
#include <pthread.h>
#include <thread>
#include <unistd.h>

namespace xtap::cli {
namespace {

class Pipe {
public:
    explicit Pipe(int flags = 0) { EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC | flags), 0); }
    ~Pipe() {
        close_reader();
        ::close(ends_[1]);
    }
    int writer() const { return ends_[1]; }
    void close_reader() {
        if (ends_[0] >= 0) ::close(ends_[0]);
        ends_[0] = -1;
    }
    std::string read_exactly(std::size_t size) const {
        std::string bytes(size, '\0');
        std::size_t done = 0;
        while (done < size) {
            const ssize_t count = ::read(ends_[0], bytes.data() + done, size - done);
            if (count <= 0 && errno == EAGAIN) {
                pollfd waiting = {ends_[0], POLLIN, 0};
                ::poll(&waiting, 1, -1);
                continue;
            }
            if (count <= 0) break;
            done += static_cast<std::size_t>(count);
        }
        bytes.resize(done);
        return bytes;
    }

private:
    std::array<int, 2> ends_ = {-1, -1};
};

std::string numbered(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t index = 0; index < size; ++index)
        bytes[index] = static_cast<char>('a' + index % 23);
    return bytes;
}

class OutputTest : public testing::Test {
protected:
    OutputTest() { ignore_broken_pipes(); }
};

TEST_F(OutputTest, WritesMoreThanAPipeHoldsWhole) {
    const Pipe pipe;
    const std::string bytes = numbered(3 << 20);
    auto reader = std::async(std::launch::async, [&] { return pipe.read_exactly(bytes.size()); });
    EXPECT_EQ(Output(pipe.writer()).write(bytes), Written::whole);
    EXPECT_TRUE(reader.get() == bytes);
}

TEST_F(OutputTest, WaitsForANonBlockingPipeToo) {
    const Pipe pipe(O_NONBLOCK);
    const std::string bytes = numbered(3 << 20);
    auto reader = std::async(std::launch::async, [&] { return pipe.read_exactly(bytes.size()); });
    EXPECT_EQ(Output(pipe.writer()).write(bytes), Written::whole);
    EXPECT_TRUE(reader.get() == bytes);
}

TEST_F(OutputTest, SaysThatTheReaderIsGone) {
    Pipe pipe;
    pipe.close_reader();
    EXPECT_EQ(Output(pipe.writer()).write("x"), Written::reader_gone);
}

TEST_F(OutputTest, NamesWhatWentWrongOnAFullDisk) {
    const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    ASSERT_GE(full, 0);
    Output output(full);
    EXPECT_EQ(output.write("x"), Written::failed);
    EXPECT_EQ(output.failure(), "cannot write to stdout: No space left on device");
    EXPECT_THROW(print_once(output, "x"), Complaint);
    ::close(full);
}

TEST_F(OutputTest, GivesUpABlockedWriteWhenItIsAbandonedAndInterrupted) {
    const Pipe pipe; // nobody reads
    Output output(pipe.writer());
    std::promise<pthread_t> writer_id;
    auto writer = std::async(std::launch::async, [&] {
        allow_interruptions();
        writer_id.set_value(::pthread_self());
        return output.write(numbered(3 << 20));
    });
    const pthread_t id = writer_id.get_future().get();
    output.abandon();
    // As the watch does: again and again, because an interruption may come just before the write begins.
    while (writer.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready)
        ::pthread_kill(id, kInterruption);
    EXPECT_EQ(writer.get(), Written::abandoned);
}

TEST_F(OutputTest, TellsPipesFromFiles) {
    const Pipe pipe;
    EXPECT_TRUE(Output(pipe.writer()).is_pipe_or_socket());
    const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    EXPECT_FALSE(Output(null).is_pipe_or_socket());
    EXPECT_FALSE(Output(null).is_terminal());
    ::close(null);
}

} // namespace
} // namespace xtap::cli
