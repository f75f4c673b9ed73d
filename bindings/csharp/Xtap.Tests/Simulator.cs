// Runs xtap-sim (from PATH, or $XTAP_SIM) for the tests, and talks to its control endpoint.
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Xtap.Tests;

public sealed class Simulator : IDisposable
{
    private static readonly HttpClient Http = new(new HttpClientHandler { UseProxy = false });
    private readonly Process process;
    private readonly string control;

    public string Url { get; }

    /// <summary>Its events are the same every time.</summary>
    public Simulator(params string[] arguments)
        : this(arguments, ["--until-eof", "--seed", "5", "--base-time", "2026-01-01T00:00:00Z"]) { }

    public static Simulator With(string[] arguments) => new(arguments, []);

    private Simulator(string[] arguments, string[] first)
    {
        process = Process.Start(new ProcessStartInfo(Environment.GetEnvironmentVariable("XTAP_SIM") ?? "xtap-sim", [.. first, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var words = process.StandardOutput.ReadLine()!.Split(' ');
        Url = words.First(word => word.StartsWith("URL=", StringComparison.Ordinal))[4..];
        control = words.First(word => word.StartsWith("CONTROL=", StringComparison.Ordinal))[8..];
    }

    /// <summary>A file of the sources, by its path from the caller's folder.</summary>
    public static string Beside(string path, [System.Runtime.CompilerServices.CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, path);

    public string Ask(string method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), control + path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = Http.Send(request);
        using var reader = new StreamReader(answer.Content.ReadAsStream());
        var text = reader.ReadToEnd();
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }

    public void Fault(string fault) => Ask("POST", "/faults", fault);

    public ClientOptions Options => new()
    {
        BaseUrl = Url,
        BearerToken = "token",
        Oauth2AccessToken = "user",
        BackoffNetworkStepMs = 1,
        BackoffHttpStartMs = 1,
    };

    public Client Client() => new(Options);

    public const string Text = "/data/text";

    public EventStream Texts(StreamOptions? options = null) => Client().Stream("streamPostsSample", null, options).Select(Text);

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    /// <summary>What the simulator ends every text with.</summary>
    public static int NumberOf(Value text) => int.Parse(text.ToString().Split(' ')[^1]);

    public static JsonElement Read(string json) => JsonDocument.Parse(json).RootElement;
}
