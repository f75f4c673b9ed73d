// The scenarios of tests/scenarios, which every language runs: what is done here, what must come of it there.
using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace Xtap.Tests;

/// <summary>A simulator as an entry wants it, and what is made from the entry against it.</summary>
internal sealed class World : IDisposable
{
    private readonly List<IDisposable> made = [];

    public static readonly JsonNode List =
        JsonNode.Parse(File.ReadAllText(Simulator.Beside("../../../tests/scenarios/scenarios.json")))!;

    public JsonNode Entry { get; }

    public string Level { get; }

    public Simulator Simulator { get; }

    public World(JsonNode entry, string level)
    {
        (Entry, Level) = (entry, level);
        var started = entry["started"] is { } since
            ? DateTime.UtcNow.AddSeconds(-since["seconds_ago"]!.GetValue<int>()).ToString("yyyy-MM-ddTHH:mm:ssZ") : "2026-01-01T00:00:00Z";
        Simulator = Keep(Simulator.With([.. Texts(List["defaults"]!["simulator"]), "--base-time", started, .. Texts(entry["simulator"])]));
        foreach (var fault in entry["faults"]?.AsArray() ?? []) Simulator.Fault(fault!.ToJsonString());
    }

    public static string[] Texts(JsonNode? list) => list is null ? [] : [.. list.AsArray().Select(one => one!.GetValue<string>())];

    public static IEnumerable<KeyValuePair<string, string?>> Pairs(JsonNode? members) =>
        (members?.AsObject() ?? []).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.GetValue<string>()));

    public T Keep<T>(T one) where T : IDisposable
    {
        made.Add(one);
        return one;
    }

    public Client Client()
    {
        var options = new ClientOptions { BaseUrl = Simulator.Url };
        foreach (var (name, value) in Pairs(List["defaults"]!["client"]).Concat(Pairs(Entry["client"])))
            if (value is null) options.ByName.Remove(name);
            else options.ByName[name] = value;
        return Keep(new Client(options));
    }

    public Request Request(Client client)
    {
        foreach (var before in Entry["before"]?.AsArray() ?? [])
        {
            using var first = client.Request(before!["operation"]!.GetValue<string>());
            first.SetBody(before["body"]!.ToJsonString()).Send();
        }
        var request = Keep(client.Request((Entry["operation"] ?? List["defaults"]!["operation"])!.GetValue<string>()));
        foreach (var (name, value) in Pairs(Entry["parameters"])) request.Set(name, value);
        foreach (var (name, value) in Pairs(Entry["options"])) request.SetOption(name, value);
        return request;
    }

    public EventStream Stream(Client? client = null)
    {
        var stream = Keep(Request(client ?? Client()).Stream());
        return Entry["select"] is null ? stream : stream.Select(Texts(Entry["select"]));
    }

    public delegate bool See(Record record);

    /// <summary>Gives records, read as the level says, until <paramref name="see"/> has enough; false at the end.</summary>
    public async Task<bool> Consume(EventStream stream, See see)
    {
        if (Level == "events")
        {
            await foreach (var record in stream.Records())
                if (see(record.Record)) return true;
            return false;
        }
        for (var batch = new Batch(4096, 16); stream.Read(batch) != ReadResult.End;)
            foreach (var record in batch)
                if (see(record)) return true;
        return false;
    }

    public JsonArray Found(string text) => [.. Texts(Entry["look_for"]).Where(text.Contains)];

    public static int NumberOf(string text) => int.Parse(text[(text.LastIndexOf(' ') + 1)..]);

    public void Dispose()
    {
        for (var index = made.Count; index-- > 0;) made[index].Dispose();
    }
}

public sealed class ScenarioTests
{
    private static readonly Dictionary<string, Func<World, Task<JsonObject>>> Scenarios = new()
    {
        ["deliver"] = Deliver, ["fail"] = Fail, ["page"] = Page, ["interrupt"] = Interrupt, ["raise"] = Raise,
        ["resume"] = Resume, ["close"] = Close, ["exit"] = Exit,
    };

    private static JsonArray Array<T>(IEnumerable<T> items) => [.. items.Select(item => JsonValue.Create(item))];

    private static bool Consecutive(IEnumerable<int> numbers, int first, int step) => numbers.Select((number, index) => number == first + index * step).All(fits => fits);

    private sealed class Delivery(World world)
    {
        private readonly JsonNode? tell = world.Entry["tell"];
        private readonly string? awaited = world.Entry["until"]!["notice"]?.GetValue<string>();
        public readonly List<int> Numbers = [], Positions = [], Kinds = [];
        public readonly JsonArray Columns = [], Told = [];
        public int Events, Largest, Noticed;

        public void Notice(in Record record)
        {
            var facts = JsonNode.Parse(record.ToString())!;
            var name = facts["notice"]!.GetValue<string>();
            if (name == awaited) ++Noticed;
            if (tell?[name]?.GetValue<string>() is { } key) Told.Add(facts[key] is { } fact ? $"{name} {fact}" : name);
        }

        public void Event(in Record record)
        {
            ++Events;
            Largest = Math.Max(Largest, record.Json.Length);
            if (!Kinds.Contains((int)record.Kind.Code)) Kinds.Add((int)record.Kind.Code);
            var selected = World.Texts(world.Entry["select"]).Length;
            if (selected == 0) return;
            Numbers.Add(World.NumberOf(record.Selected(0).ToString()));
            for (var index = Columns.Count; index < selected; ++index)
                Columns.Add(new JsonArray((int)record.Selected(index).Kind.Code, record.Selected(index).ToString()));
        }
    }

    private static async Task<JsonObject> Deliver(World world)
    {
        var (stream, seen, finishing) = (world.Stream(), new Delivery(world), (Task?)null);
        var until = world.Entry["until"]!;
        var (events, times) = (until["events"]?.GetValue<int>() ?? 0, until["times"]?.GetValue<int>() ?? 0);
        var finishAt = world.Entry["finish_at"]?.GetValue<int>() ?? 0;
        var enough = await world.Consume(stream, record =>
        {
            seen.Positions.Add((int)record.Position);
            if (record.IsNotice) seen.Notice(record);
            else seen.Event(record);
            if (finishAt != 0 && seen.Events == finishAt) finishing ??= Task.Run(stream.Finish);
            return (events != 0 && seen.Events == events) || (times != 0 && seen.Noticed == times);
        });
        if (finishing is not null) await finishing;
        var line = JsonNode.Parse(world.Simulator.Ask("GET", "/state"))!["list"]!.AsArray()[^1]!["request_line"]!.GetValue<string>();
        return new JsonObject
        {
            ["status"] = enough ? "XTAP_OK" : "XTAP_END", ["events"] = seen.Events, ["numbers"] = Array(seen.Numbers),
            ["in_order"] = Consecutive(seen.Numbers, 1, 1), ["positions_in_order"] = Consecutive(seen.Positions, 1, 1),
            ["kinds"] = Array(seen.Kinds), ["columns"] = seen.Columns, ["largest"] = seen.Largest, ["told"] = seen.Told,
            ["asked"] = world.Found(line),
        };
    }

    private static Task<JsonObject> Fail(World world)
    {
        EventStream? stream = null;
        void Attempt()
        {
            if (world.Entry["do"]!.GetValue<string>() == "send")
            {
                world.Request(world.Client()).Send();
                return;
            }
            var opened = world.Stream();
            if (world.Entry["resume"] is { } text) opened.Resume(text.GetValue<string>());
            stream = opened;
            for (var batch = new Batch(); ;) stream.Read(batch);
        }

        var problem = Assert.Throws<XtapException>(Attempt);
        var again = stream is null ? null : Assert.Throws<XtapException>(() => stream.Read(new Batch())).Status.ToString();
        return Task.FromResult(new JsonObject
        {
            ["status"] = problem.Status.ToString(), ["http_status"] = problem.HttpStatus, ["retriable"] = problem.IsRetriable,
            ["waits"] = problem.RetryAfter is not null, ["problem"] = problem.ProblemTitle.Length > 0,
            ["request_id"] = problem.RequestId.Length > 0, ["response"] = problem.Response?.StatusCode ?? 0,
            ["said"] = world.Found(problem.Message), ["again"] = again,
            ["requests"] = JsonNode.Parse(world.Simulator.Ask("GET", "/requests"))!["requests"]!.DeepClone(),
        });
    }

    private static async Task<JsonObject> Page(World world)
    {
        var (pages, numbers) = (0, new List<int>());
        await foreach (var page in world.Request(world.Client()).PagesAsync())
        {
            ++pages;
            foreach (var item in JsonNode.Parse(page.ToString())!["data"]!.AsArray()) numbers.Add(World.NumberOf(item!["text"]!.GetValue<string>()));
        }
        return new JsonObject
        {
            ["pages"] = pages, ["items"] = numbers.Count, ["first"] = numbers[0], ["last"] = numbers[^1],
            ["in_order"] = Consecutive(numbers, numbers[0], -1),
        };
    }

    private static async Task<JsonObject> Interrupt(World world)
    {
        var (stream, batch) = (world.Stream(), new Batch());
        string Read(TimeSpan? timeout)
        {
            try
            {
                return (stream.Read(batch, timeout) switch
                {
                    ReadResult.Records => Status.Ok, ReadResult.TimedOut => Status.Timeout, ReadResult.Woken => Status.Interrupted, _ => Status.End,
                }).ToString();
            }
            catch (XtapException problem)
            {
                return problem.Status.ToString();
            }
            catch (ObjectDisposedException)
            {
                return "disposed";
            }
        }

        if (world.Entry["lingers"] is null) stream.Read(batch); // connecting
        var other = Task.Run(() =>
        {
            world.Simulator.Ask("GET", "/state?min_connections=1");
            Action act = world.Entry["act"]!.GetValue<string>() switch { "cancel" => stream.Cancel, "wake" => stream.Wake, "finish" => stream.Finish, _ => stream.Dispose };
            act();
        });
        var read = Read(null);
        await other;
        return new JsonObject { ["read"] = read, ["then"] = Read(TimeSpan.Zero) };
    }

    private static async Task<JsonObject> Raise(World world)
    {
        var (stream, at) = (world.Stream(), world.Entry["at"]!.GetValue<int>());
        async Task<int> Loop(bool raises)
        {
            await foreach (var one in stream.Events())
            {
                var number = Simulator.NumberOf(one.Selected(0));
                if (!raises) return number;
                if (number == at) throw new InvalidOperationException("by the loop");
            }
            return 0;
        }

        var raised = await Assert.ThrowsAsync<InvalidOperationException>(() => Loop(true));
        return new JsonObject { ["raised"] = raised.Message == "by the loop", ["next"] = await Loop(false) };
    }

    private static async Task<JsonObject> Resume(World world)
    {
        var (client, checkpoint, seen, twice) = (world.Client(), "", new SortedSet<int>(), 0);
        var (rounds, wanted) = (world.Entry["rounds"]!.GetValue<int>(), world.Entry["events"]!.GetValue<int>());
        int Missing() => seen.Max - seen.Min + 1 - seen.Count;
        for (var round = 1; round <= rounds; ++round)
        {
            using var stream = world.Stream(client);
            if (checkpoint.Length > 0) stream.Resume(checkpoint);
            var (taken, upto) = (0, 0UL);
            await world.Consume(stream, record =>
            {
                if (record.IsNotice) return false;
                if (!seen.Add(Simulator.NumberOf(record.Selected(0)))) ++twice;
                upto = record.Position;
                // What is fetched comes beside what is live: the last one is read until nothing is missing.
                return ++taken >= wanted && (round < rounds || Missing() == 0);
            });
            checkpoint = world.Level == "batches" ? stream.Checkpoint(upto) : stream.Checkpoint();
        }
        return new JsonObject { ["twice"] = twice, ["missing"] = Missing() };
    }

    private static Task<JsonObject> Close(World world)
    {
        var client = world.Client();
        var request = world.Request(client);
        var stream = world.Keep(request.Stream());
        var ends = new Dictionary<string, IDisposable> { ["client"] = client, ["request"] = request, ["stream"] = stream };
        var uses = new Dictionary<string, Action>
        {
            ["client"] = () => client.Stats(), ["request"] = () => request.Stream().Dispose(), ["stream"] = () => stream.Read(new Batch()),
        };
        bool Works(string name)
        {
            try
            {
                uses[name]();
                return true;
            }
            catch (ObjectDisposedException)
            {
                return false;
            }
        }

        var alive = new JsonArray();
        foreach (var name in World.Texts(world.Entry["order"]))
        {
            ends[name].Dispose();
            alive.Add(Array(uses.Keys.Where(Works)));
        }
        return Task.FromResult(new JsonObject { ["alive"] = alive });
    }

    private static async Task<JsonObject> Exit(World world)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Xtap.Child.dll"), world.Simulator.Url]);
        using var program = Process.Start(start)!;
        await program.WaitForExitAsync();
        return new JsonObject { ["exit_status"] = program.ExitCode };
    }

    [Fact]
    public void Every_scenario_is_in_the_list_and_every_entry_has_its_scenario() =>
        Assert.Equal(Scenarios.Keys.Order(), World.List["scenarios"]!.AsArray().Select(entry => entry!["scenario"]!.GetValue<string>()).Distinct().Order());

    public static TheoryData<string, string> Entries()
    {
        var all = new TheoryData<string, string>();
        foreach (var entry in World.List["scenarios"]!.AsArray())
            foreach (var level in entry!["levels"] is { } levels ? World.Texts(levels) : [""]) all.Add(entry["name"]!.GetValue<string>(), level);
        return all;
    }

    [Theory]
    [MemberData(nameof(Entries))]
    public async Task Every_entry_comes_to_what_it_expects(string name, string level)
    {
        var entry = World.List["scenarios"]!.AsArray().Single(one => one!["name"]!.GetValue<string>() == name)!;
        using var world = new World(entry, level);
        var observed = await Scenarios[entry["scenario"]!.GetValue<string>()](world);
        foreach (var (key, expected) in entry["expect"]!.AsObject())
            Assert.True(JsonNode.DeepEquals(observed[key], expected), $"{key} of {observed.ToJsonString()}");
    }
}
