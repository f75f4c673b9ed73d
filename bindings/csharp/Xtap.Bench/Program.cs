// Usage: Xtap.Bench raw|three|plain URL EVENTS. Prints what the last two thirds of the events took.
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Xtap;

var figures = new Figures(long.Parse(args[2], CultureInfo.InvariantCulture));
if (args[0] == "plain") await Plain(args[1], figures);
else Tap(args[0] == "three", args[1], figures);
figures.Print();
return 0;

static void Tap(bool three, string url, Figures figures)
{
    using var client = new Client(new ClientOptions
    {
        BaseUrl = url, BearerToken = "bench", MaxReconnects = 0, ReadAheadBytes = 0, Continuity = "off", Index = three ? "full" : "off",
    });
    using var stream = client.Stream("streamPostsSample");
    if (three) stream.Select("/data/id", "/data/created_at", "/data/text");
    var batch = new Batch(256 * 1024, 4096);
    do
    {
        if (stream.Read(batch) != ReadResult.Records) throw new InvalidOperationException("the stream ended early");
    }
    while (three ? Three(batch, figures) : Raw(batch, figures));
}

// Looks at the bytes of every event.
static bool Raw(Batch batch, Figures figures)
{
    var (events, bytes) = (0L, 0L);
    foreach (var record in batch)
    {
        if (record.IsNotice) continue;
        ++events;
        bytes += record.Json.Length;
    }
    return figures.Add(events, bytes);
}

// Makes strings of the fields.
static bool Three(Batch batch, Figures figures)
{
    var (events, characters) = (0L, 0L);
    foreach (var record in batch)
    {
        if (record.IsNotice) continue;
        ++events;
        figures.Kept = new Post(record.Selected(0).ToString(), record.Selected(1).ToString(), record.Selected(2).ToString());
        characters += figures.Kept.Id.Length + figures.Kept.CreatedAt.Length + figures.Kept.Text.Length;
    }
    return figures.Add(events, characters);
}

// What one writes without the library.
static async Task Plain(string url, Figures figures)
{
    using var http = new HttpClient();
    using var reader = new StreamReader(await http.GetStreamAsync(url + "/2/tweets/sample/stream"));
    while (await reader.ReadLineAsync() is { } line)
    {
        var post = JsonSerializer.Deserialize<Envelope>(line)!.Data;
        if (!figures.Add(1, post.Id.Length + post.CreatedAt.Length + post.Text.Length)) return;
    }
}

internal sealed record Envelope([property: JsonPropertyName("data")] Post Data);

internal readonly record struct Post(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("created_at")] string CreatedAt,
    [property: JsonPropertyName("text")] string Text);

/// <summary>Counted as events come, and timed from a third of them on.</summary>
internal sealed class Figures(long wanted)
{
    private long events, before, bytes, start;
    private TimeSpan processor;

    public Post Kept; // so that the strings are made

    public bool Add(long more, long size)
    {
        events += more;
        bytes += size;
        if (before == 0 && events >= wanted / 3) (before, start, processor) = (events, Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        return events < wanted;
    }

    public void Print() => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"events={events} measured={events - before} seconds={Stopwatch.GetElapsedTime(start).TotalSeconds:F6} processor={(Environment.CpuUsage.TotalTime - processor).TotalSeconds:F6} bytes={bytes}"));
}
