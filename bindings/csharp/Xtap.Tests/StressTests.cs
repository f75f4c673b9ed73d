// Many times the same, with others at it: handles, pools and threads under stress.
using System.Diagnostics;
using Xunit;

namespace Xtap.Tests;

public sealed class StressTests
{
    /// <summary>How often a test does something: more with XTAP_STRESS=full, which the slow tests set; reduced, a fifth of that.</summary>
    private static int Many(int full, int usual) => Environment.GetEnvironmentVariable("XTAP_STRESS") switch
    {
        "full" => full,
        "reduced" => Math.Max(usual, full / 5),
        _ => usual,
    };

    private static Client Unlimited(Simulator simulator)
    {
        var options = simulator.Options;
        options.ConnectBudget = 0;
        return new Client(options);
    }

    /// <summary>Opens a stream and closes it: unread, read, in a loop that was left, or cancelled.</summary>
    private static async Task Cycle(Client client, int round)
    {
        using var stream = client.Stream("streamPostsSample");
        switch (round % 4)
        {
            case 1:
                Assert.Equal(ReadResult.Records, stream.Read(new Batch(4096, 16)));
                break;
            case 2:
                await foreach (var _ in stream.Records()) break;
                break;
            case 3:
                stream.Cancel();
                break;
        }
    }

    [Fact]
    public async Task Many_cycles_of_open_and_close_leave_nothing_behind()
    {
        using var simulator = new Simulator();
        using var client = Unlimited(simulator);
        for (var round = 0; round < 8; ++round) await Cycle(client, round);
        for (var round = Many(10_000, 400); round > 0; --round) await Cycle(client, round);
        // A stream that is left in a loop has a thread, which ends by itself; nothing of it may stay.
        simulator.Ask("GET", "/state?max_open=0");
        Assert.Equal(0, Simulator.Read(simulator.Ask("GET", "/state?max_open=0")).GetProperty("open").GetInt32());
    }

    [Fact]
    public async Task Everything_that_any_thread_may_do_races_with_reads_and_their_end()
    {
        using var simulator = new Simulator();
        using var client = Unlimited(simulator);
        var batch = new Batch(4096, 16);
        for (var round = Many(1000, 60); round > 0; --round)
        {
            using var stream = client.Stream("streamPostsSample");
            stream.Read(batch);
            Action[] ends = [stream.Cancel, stream.Dispose, stream.Finish];
            Action[] acts = [stream.Wake, () => stream.Stats(), () => stream.Checkpoint(), ends[round % 3]];
            var others = acts.Select(act => Task.Run(() => Xunit.Record.Exception(act))).ToList();
            var ended = Xunit.Record.Exception(() =>
            {
                while (stream.Read(batch) != ReadResult.End) { }
            });
            Assert.True(ended is null or ObjectDisposedException or XtapException { Status.Code: 106 }, ended?.ToString());
            foreach (var thrown in await Task.WhenAll(others)) Assert.True(thrown is null or ObjectDisposedException or XtapException, thrown?.ToString());
        }
    }

    [Fact]
    public async Task Sixty_four_idle_streams_leave_a_pool_of_two_threads_responsive()
    {
        using var simulator = new Simulator("--rate", "0.001");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Xtap.Child.dll"), simulator.Url, "64"])
        {
            RedirectStandardOutput = true, RedirectStandardInput = true,
        };
        start.Environment["DOTNET_ThreadPool_ForceMaxWorkerThreads"] = "2";
        using var program = Process.Start(start)!;
        Assert.Equal("waiting", await program.StandardOutput.ReadLineAsync());
        simulator.Ask("GET", "/state?min_open=64&timeout_ms=60000");
        await program.StandardInput.WriteLineAsync("use the pool");
        Assert.Equal("2 threads: 8 answers; 64 loops ended", await program.StandardOutput.ReadLineAsync());
        await program.WaitForExitAsync();
        Assert.Equal(0, program.ExitCode);
    }
}
