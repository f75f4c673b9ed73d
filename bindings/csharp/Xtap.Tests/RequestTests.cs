// Requests, pages, failures, options and the receivers of a client.
using System.Diagnostics;
using Xunit;

namespace Xtap.Tests;

public sealed class RequestTests
{
    private static Response Send(Simulator simulator, string operation)
    {
        using var client = simulator.Client();
        using var request = client.Request(operation);
        return request.Send();
    }

    [Fact]
    public void A_body_goes_and_an_answer_comes()
    {
        using var simulator = new Simulator();
        using var request = simulator.Client().Request(Names.Operations.CreatePosts).SetBody("""{"text":"hello ✓"}""");
        var answer = request.Send();
        Assert.Equal(201, answer.StatusCode);
        Assert.Contains("hello ✓", answer.ToString());
        Assert.Contains("json", answer.Header("Content-Type"));
        Assert.Null(answer.Header("x-nothing"));
    }

    [Fact]
    public void Wrong_names_and_values_are_refused_before_anything_is_sent()
    {
        using var simulator = new Simulator();
        using var client = simulator.Client();
        foreach (var (wrong, status, said) in new (Action, Status, string)[]
        {
            (() => client.Request("streamPostsSampl"), Status.UnknownName, "streamPostsSample"),
            (() => client.Request("searchPostsRecent").Set("max_results", 1000), Status.Value, "max_results"),
            (() => client.Request("searchPostsRecent").Set("query", "a\0b"), Status.Value, "NUL"),
            (() => client.Request("searchPostsRecent", null, new StreamOptions { Index = "some" }), Status.Value, "index"),
            (() => new Client(new ClientOptions { TlsMin = "0.9" }), Status.Value, "tls_min"),
        })
        {
            var problem = Assert.Throws<XtapException>(wrong);
            Assert.Equal(status, problem.Status);
            Assert.Contains(said, problem.Message);
        }
    }

    [Fact]
    public void Times_and_lists_become_text()
    {
        using var simulator = new Simulator("--record");
        using var request = simulator.Client().Request("searchPostsRecent");
        request.Set("query", "no").Set("start_time", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.FromHours(2)));
        request.Set("tweet.fields", new[] { "id", "text" }).Set("max_results", 20).Send();
        var asked = simulator.Ask("GET", "/requests");
        foreach (var part in new[] { "start_time=2025-12-31T22", "max_results=20", "fields=id" }) Assert.Contains(part, asked);
    }

    [Fact]
    public async Task A_cancelled_token_ends_a_send()
    {
        using var simulator = new Simulator();
        simulator.Fault("""{"kind":"no_response","path":"/2/*"}""");
        using var request = simulator.Client().Request(Names.Operations.GetUsersMe);
        using var cancelling = new CancellationTokenSource();
        var sending = request.SendAsync(cancelling.Token);
        simulator.Ask("GET", "/requests?min=1");
        cancelling.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Equal(Status.Cancelled, Assert.Throws<XtapException>(() => request.Send()).Status);
    }

    [Fact]
    public async Task A_client_is_shared_and_everything_may_be_disposed_in_any_order()
    {
        using var simulator = new Simulator();
        var client = simulator.Client();
        var sends = Enumerable.Range(0, 8).Select(_ => client.Request(Names.Operations.GetUsersMe).SendAsync());
        foreach (var answer in await Task.WhenAll(sends)) Assert.Equal(200, answer.StatusCode);
        Assert.Equal(8, Simulator.Read(client.Stats()).GetProperty("requests").GetProperty("sent").GetInt32());
        var request = client.Request("streamPostsSample");
        var stream = request.Stream();
        client.Dispose();
        client.Dispose();
        request.Dispose();
        Assert.Equal(ReadResult.Records, stream.Read(new Batch()));
        stream.Dispose();
        stream.Dispose();
        Assert.Throws<ObjectDisposedException>(() => client.Request("streamPostsSample"));
        Assert.Throws<ObjectDisposedException>(() => stream.Stats());
    }

    [Fact]
    public void Lines_of_the_log_come_and_an_exception_of_the_receiver_is_the_callers()
    {
        using var simulator = new Simulator();
        var options = simulator.Options;
        options.LogLevel = "debug";
        using var client = new Client(options);
        var lines = new List<string>();
        client.OnLog((_, line) => lines.Add(line));
        using (var stream = client.Stream("streamPostsSample")) stream.Read(new Batch());
        Assert.NotEmpty(lines);
        var thrown = Assert.Throws<InvalidOperationException>(() =>
        {
            client.OnLog((_, _) => throw new InvalidOperationException("in the receiver"));
            using var stream = client.Stream("streamPostsSample");
            while (stream.Read(new Batch()) == ReadResult.Records) { }
        });
        Assert.Equal("in the receiver", thrown.Message);
        client.OnLog(null);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_receiver_of_log_lines_throws_does_not_take_the_response_away(bool elsewhere)
    {
        using var simulator = new Simulator();
        var options = simulator.Options;
        options.LogLevel = "debug";
        using var client = new Client(options);
        using var request = client.Request(Names.Operations.GetUsersMe);
        // A line that another thread has left: the next call of this one hands it to the receiver.
        var awaited = false;
        client.OnLog((_, _) => { if (awaited) throw new InvalidOperationException("in the receiver"); });
        simulator.Fault("""{"kind":"reset","after_events":10}""");
        using var stream = client.Stream("streamPostsSample");
        stream.Read(new Batch());
        simulator.Ask("GET", "/state?min_connections=2");
        awaited = true;
        async Task<Response> Send() => elsewhere ? await request.SendAsync() : request.Send();
        Assert.Equal(200, (await Send()).StatusCode);
        Assert.Equal("in the receiver", (await Assert.ThrowsAsync<InvalidOperationException>(Send)).Message);
    }

    [Fact]
    public void A_pair_of_tokens_that_cannot_be_stored_fails_the_request_with_its_cause()
    {
        using var simulator = new Simulator();
        foreach (var fails in new[] { false, true })
        {
            var given = Simulator.Read(simulator.Ask("POST", "/tokens/give", """{"client_id":"sim-public-client"}"""));
            var options = simulator.Options;
            options.BearerToken = null;
            options.Oauth2AccessToken = given.GetProperty("access_token").GetString();
            options.Oauth2RefreshToken = given.GetProperty("refresh_token").GetString();
            options.Oauth2ClientId = "sim-public-client";
            options.Oauth2ExpiresAt = 1;
            using var client = new Client(options);
            Tokens? stored = null;
            client.OnToken(tokens => stored = fails ? throw new IOException("disk full") : tokens);
            using var request = client.Request(Names.Operations.GetUsersMe);
            if (fails)
            {
                Assert.Equal("disk full", Assert.Throws<XtapException>(() => request.Send()).InnerException!.Message);
                continue;
            }
            Assert.Equal(200, request.Send().StatusCode);
            Assert.True(stored!.RefreshToken is not null && stored.ExpiresAt > DateTimeOffset.UtcNow);
        }
    }
}

public sealed class LibraryTests
{
    [Fact]
    public void The_table_of_operations_describes_itself()
    {
        Assert.Contains(Names.Operations.StreamPostsFirehoseJa, Library.Operations);
        Assert.Equal("/2/tweets/firehose/stream/lang/ja",
            Simulator.Read(Library.Describe(Names.Operations.StreamPostsFirehoseJa)).GetProperty("path").GetString());
        Assert.Equal(Status.UnknownName, Assert.Throws<XtapException>(() => Library.Describe("nothing")).Status);
    }

    [Fact]
    public void The_assembly_and_the_library_are_of_one_version() =>
        Assert.Equal(Library.Version, typeof(Client).Assembly.GetName().Version!.ToString(3));

    [Fact]
    public void Structs_lie_in_memory_as_in_C()
    {
        foreach (var (type, size, fields) in NativeMethods.Layout)
        {
            Assert.Equal(size, System.Runtime.InteropServices.Marshal.SizeOf(type));
            foreach (var (field, offset) in fields)
                Assert.Equal(offset, (int)System.Runtime.InteropServices.Marshal.OffsetOf(type, field));
        }
    }

    [Fact]
    public void Every_function_is_in_the_library()
    {
        var library = System.Runtime.InteropServices.NativeLibrary.Load(
            Environment.GetEnvironmentVariable("XTAP_LIBRARY") is { Length: > 0 } path ? path : Library.FileName);
        foreach (var name in NativeMethods.Functions)
            Assert.True(System.Runtime.InteropServices.NativeLibrary.TryGetExport(library, name, out _), name);
    }

    public static TheoryData<string, string[], int, string> Examples => new()
    {
        { "firehose", ["1", "20"], 20, "" },
        { "dm_events", ["123123123-2244994945"], 1000, "" },
        { "activity", ["2244994945", "post.create", "3"], 5, "" },
        { "firehose", ["1000"], 0, "partition" },
    };

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Examples_do_what_they_say(string name, string[] arguments, int lines, string complaint)
    {
        using var simulator = new Simulator();
        var start = Programs.Example([name, .. arguments]);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment["XTAP_BASE_URL"] = simulator.Url;
        start.Environment["XTAP_BEARER_TOKEN"] = "token";
        start.Environment["XTAP_OAUTH2_ACCESS_TOKEN"] = "user";
        using var program = Process.Start(start)!;
        var said = program.StandardError.ReadToEndAsync();
        var output = await program.StandardOutput.ReadToEndAsync();
        await program.WaitForExitAsync();
        Assert.Equal(complaint == "" ? 0 : 1, program.ExitCode);
        Assert.Contains(complaint, await said);
        Assert.Equal(lines, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }
}

internal static class Programs
{
    /// <summary>An example: as it was built, or the native program of all of them that XTAP_EXAMPLES names.</summary>
    public static ProcessStartInfo Example(string[] arguments) =>
        Environment.GetEnvironmentVariable("XTAP_EXAMPLES") is { Length: > 0 } native
            ? new(native, arguments)
            : new("dotnet", [Path.Combine(AppContext.BaseDirectory, "Xtap.Examples.dll"), .. arguments]);
}

public sealed class LoadingTests
{
    /// <summary>What an example says with this library.</summary>
    private static async Task<string> SaidWith(string library)
    {
        var start = Programs.Example(["firehose", "1"]);
        start.RedirectStandardError = true;
        start.Environment["XTAP_LIBRARY"] = library;
        using var program = Process.Start(start)!;
        var said = await program.StandardError.ReadToEndAsync();
        await program.WaitForExitAsync();
        Assert.NotEqual(0, program.ExitCode);
        return said;
    }

    [Fact]
    public async Task A_library_that_is_not_there_is_named_with_what_to_do() =>
        Assert.Contains("/nowhere/libxtap.so.1 could not be loaded. Install libxtap", await SaidWith("/nowhere/libxtap.so.1"));

    [Fact]
    public async Task A_library_of_another_major_version_is_refused()
    {
        var folder = Directory.CreateTempSubdirectory("xtap-other-").FullName;
        using (var builder = Process.Start(Simulator.Beside("../../tests/other_library.sh"), [folder])!)
        {
            await builder.WaitForExitAsync();
            Assert.Equal(0, builder.ExitCode);
        }
        Assert.Contains("libxtap has version 99.7 of the interface, and this assembly knows version", await SaidWith(folder + "/libxtap.so.1"));
        Directory.Delete(folder, true);
    }
}
