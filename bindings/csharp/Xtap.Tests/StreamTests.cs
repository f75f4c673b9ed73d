// Streams: batches, events, columns, notices, and how a read ends.
using System.Runtime.CompilerServices;
using Xunit;

namespace Xtap.Tests;

public sealed class StreamTests
{
    private static async Task<List<Event>> Take(EventStream stream, int count)
    {
        var taken = new List<Event>();
        await foreach (var record in stream.Events())
        {
            taken.Add(record);
            if (taken.Count == count) break;
        }
        return taken;
    }

    [Fact]
    public void Reading_batches_allocates_nothing_per_event()
    {
        using var simulator = new Simulator();
        using var stream = simulator.Texts();
        var batch = new Batch();
        long events = 0, bytes = 0, before = 0;
        for (var round = 0; round < 2; ++round)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            for (events = 0; events < 20_000;)
            {
                stream.Read(batch);
                foreach (var record in batch)
                {
                    ++events;
                    bytes += record.Selected(0).Bytes.Length + record.Json.Length;
                }
            }
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, events);
        Assert.True(bytes > 0);
    }

    [Fact]
    public async Task Events_may_be_kept_and_leaving_the_loop_loses_none()
    {
        using var simulator = new Simulator();
        var kept = new List<Event>();
        using (var stream = simulator.Texts())
            foreach (var count in new[] { 1, 10, 3000, 3 }) kept.AddRange(await Take(stream, count));
        GC.Collect();
        Assert.Equal(Enumerable.Range(1, 3014), kept.Select(one => Simulator.NumberOf(one.Selected(0))));
        using var json = kept[0].Parse();
        Assert.Equal(kept[0].Selected(0).ToString(), json.RootElement.GetProperty("data").GetProperty("text").GetString());
        Assert.Equal(kept[0].Id.ToString(), json.RootElement.GetProperty("data").GetProperty("id").GetString());
        Assert.Equal(2026, kept[0].Time!.Value.Year);
    }

    [Fact]
    public async Task What_a_receiver_of_log_lines_throws_ends_one_loop_and_not_the_stream()
    {
        using var simulator = new Simulator();
        var options = simulator.Options;
        options.LogLevel = "debug";
        using var client = new Client(options);
        var lines = 0;
        client.OnLog((_, _) => { if (++lines == 1) throw new InvalidOperationException("in the receiver"); });
        using var stream = client.Stream("streamPostsSample").Select(Simulator.Text);
        var (thrown, events) = (0, new List<Event>());
        while (events.Count < 1000)
        {
            try
            {
                await foreach (var record in stream.Events())
                {
                    events.Add(record);
                    if (events.Count == 1000) break;
                }
                Assert.Equal(1000, events.Count);
            }
            catch (InvalidOperationException problem)
            {
                Assert.Equal("in the receiver", problem.Message);
                ++thrown;
            }
        }
        Assert.Equal(1, thrown);
        Assert.Equal(Enumerable.Range(1, 1000), events.Select(one => Simulator.NumberOf(one.Selected(0))));
    }

    [Fact]
    public void A_read_without_a_limit_waits_until_there_is_something()
    {
        using var simulator = new Simulator();
        using var stream = simulator.Texts();
        Assert.Equal(ReadResult.Records, stream.Read(new Batch(), Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public async Task Every_kind_of_column_is_told_apart()
    {
        using var simulator = new Simulator();
        using var stream = simulator.Texts();
        stream.Select(Simulator.Text, "/data/public_metrics/like_count", "/data/possibly_sensitive", "/data/public_metrics", "/no");
        var record = (await Take(stream, 1))[0];
        ColumnKind[] kinds = [ColumnKind.String, ColumnKind.Number, ColumnKind.Bool, ColumnKind.Json, ColumnKind.Absent];
        for (var index = 0; index < kinds.Length; ++index) Assert.Equal(kinds[index], record.Selected(index).Kind);
        Assert.True(record.Selected(1).TryParse<int>(out _));
        Assert.True(record.Selected(4).IsAbsent && !record.Selected(4).IsNull);
        Assert.Throws<ArgumentOutOfRangeException>(() => record.Selected(5).IsNull);
        Assert.Throws<XtapException>(() => stream.Select());
    }

    [Fact]
    public async Task Notices_stand_among_the_records_and_go_to_their_receiver_otherwise()
    {
        using var simulator = new Simulator();
        simulator.Fault("""{"kind":"reset","after_events":10}""");
        using var first = simulator.Texts();
        var connected = 0;
        await foreach (var record in first.Records())
            if (record.Kind == Kind.NoticeConnected && ++connected == 2) break;
        using var second = simulator.Texts();
        var told = new List<Kind>();
        second.Notice += notice => told.Add(notice.Kind);
        await Take(second, 1);
        Assert.Equal([Kind.NoticeConnecting, Kind.NoticeConnected], told);
    }

    /// <summary>Acts from another thread while a read waits for a server that does not answer.</summary>
    private static Exception? WhileReading(Action<EventStream> act, Action<EventStream> read)
    {
        using var simulator = new Simulator();
        simulator.Fault("""{"kind":"no_response"}""");
        using var stream = simulator.Texts();
        stream.Read(new Batch()); // connecting
        var other = Task.Run(() =>
        {
            simulator.Ask("GET", "/state?min_connections=1");
            act(stream);
        });
        var thrown = Xunit.Record.Exception(() => read(stream));
        other.GetAwaiter().GetResult();
        return thrown;
    }

    [Fact]
    public void A_cancelled_token_ends_a_read_and_loses_nothing()
    {
        using var cancelling = new CancellationTokenSource();
        Assert.Null(WhileReading(_ => cancelling.Cancel(), stream =>
        {
            Assert.Throws<OperationCanceledException>(() => stream.Read(new Batch(), null, cancelling.Token));
            Assert.Equal(ReadResult.TimedOut, stream.Read(new Batch(), TimeSpan.FromMilliseconds(20)));
        }));
    }

    [Fact]
    public async Task A_cancelled_token_ends_a_loop_and_the_next_goes_on()
    {
        using var simulator = new Simulator("--rate", "500");
        using var stream = simulator.Texts();
        ulong position = 0;
        for (var round = 0; round < 20; ++round)
        {
            using var cancelling = new CancellationTokenSource();
            try
            {
                await foreach (var record in stream.Records(cancelling.Token))
                {
                    Assert.Equal(++position, record.Position);
                    if (position % 3 == 0) _ = Task.Run(cancelling.Cancel);
                }
            }
            catch (OperationCanceledException)
            {
            }
        }
        Assert.True(position >= 20);
    }

    [Fact]
    public async Task Reading_while_the_collector_runs_all_the_time()
    {
        using var simulator = new Simulator();
        using var stream = simulator.Texts();
        using var stopping = new CancellationTokenSource();
        var collecting = Task.Factory.StartNew(() =>
        {
            while (!stopping.IsCancellationRequested) GC.Collect(2, GCCollectionMode.Forced, true, true);
        }, TaskCreationOptions.LongRunning);
        var batch = new Batch();
        for (var number = 0; number < 5000;)
        {
            stream.Read(batch);
            foreach (var record in batch)
                if (!record.IsNotice) Assert.Equal(++number, Simulator.NumberOf(record.Selected(0)));
        }
        stopping.Cancel();
        await collecting;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReadAndForget(Simulator simulator) => simulator.Texts().Read(new Batch());

    [Fact]
    public void A_forgotten_stream_is_closed_by_the_collector()
    {
        using var simulator = new Simulator();
        ReadAndForget(simulator);
        simulator.Ask("GET", "/state?min_open=1");
        do
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        } while (!Simulator.Read(simulator.Ask("GET", "/state?max_open=0&timeout_ms=20")).GetProperty("reached").GetBoolean());
    }

    [Fact]
    public void Statistics_are_json()
    {
        using var simulator = new Simulator();
        using var stream = simulator.Texts();
        stream.Read(new Batch());
        Assert.Equal("streamPostsSample", Simulator.Read(stream.Stats()).GetProperty("operation").GetString());
    }
}
