// Clients: credentials, limits, and what requests and streams are made from.
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Xtap;

/// <summary>How important a line of the log is.</summary>
public enum LogLevel
{
#pragma warning disable CS1591 // the names say it
    Error = 1, Warn = 2, Info = 3, Debug = 4,
#pragma warning restore CS1591
}

/// <summary>A new pair of OAuth 2.0 user tokens. Store it: a refresh token works once.</summary>
public sealed record Tokens(string AccessToken, string? RefreshToken, DateTimeOffset? ExpiresAt);

/// <summary>What requests and streams are made from. Any thread may use it.</summary>
public sealed unsafe class Client : IDisposable
{
    private readonly Receivers receivers = new();
    private ExceptionDispatchInfo? left; // by a thread that has ended

    internal ClientHandle Handle { get; }

    /// <summary>A client with these options. Nothing is sent and no thread starts.</summary>
    public Client(ClientOptions? options = null) : this(null, options) { }

    private Client(string? prefix, ClientOptions? options)
    {
        Library.Check();
        Call.Rethrow();
        var details = NativeError.Init;
        nint made;
        Call.CheckedGiving(NativeMethods.xtap_config_create(&made, &details), details);
        using var config = new ConfigHandle(made);
        if (prefix is not null) Call.Checked(NativeMethods.xtap_config_load_env(config, prefix, &details), details);
        options?.Apply((name, value) => Set(config, name, value));
        Call.CheckedGiving(NativeMethods.xtap_client_open(config.DangerousGetHandle(), &made, &details), details);
        GC.KeepAlive(config);
        var kept = GCHandle.Alloc(receivers);
        Handle = new ClientHandle(made) { Ended = kept.Free }; // nothing calls back after its end
        receivers.Self = GCHandle.ToIntPtr(kept);
    }

    /// <summary>A client with the options for which the environment has a variable (XTAP_BEARER_TOKEN ...), and then these.</summary>
    public static Client FromEnvironment(ClientOptions? options = null, string prefix = "XTAP") => new(prefix, options);

    private static void Set(ConfigHandle config, string name, string value)
    {
        Call.RefuseNul(value, name);
        var details = NativeError.Init;
        Call.Checked(NativeMethods.xtap_config_set(config, name, value, &details), details);
    }

    /// <summary>A request for an operation, such as "getUsersMe", with these parameters.</summary>
    public Request Request(string operation, IEnumerable<KeyValuePair<string, object?>>? parameters = null, StreamOptions? options = null)
    {
        var request = new Request(this, operation);
        foreach (var (name, value) in parameters ?? []) request.Set(name, value);
        options?.Apply((name, value) => request.SetOption(name, value));
        return request;
    }

    /// <summary>Makes a request and opens its stream; see <see cref="Request.Stream"/>.</summary>
    public EventStream Stream(string operation, IEnumerable<KeyValuePair<string, object?>>? parameters = null, StreamOptions? options = null)
    {
        using var request = Request(operation, parameters, options);
        return request.Stream();
    }

    /// <summary>Receives the lines of the library's log, one at a time, on whatever thread is inside a call. It must not call
    /// this assembly. What it throws is thrown by that call.</summary>
    public void OnLog(Action<LogLevel, string>? receiver)
    {
        receivers.Log = receiver;
        Call.Checked(NativeMethods.xtap_client_on_log(Handle, receiver is null ? null : &ReceiveLine, (void*)receivers.Self), NativeError.Init);
    }

    /// <summary>Receives every new pair of OAuth 2.0 tokens before its first use. It must not call this assembly. If it throws,
    /// the pair is not used and the request that needed it fails with that cause.</summary>
    public void OnToken(Action<Tokens>? receiver)
    {
        receivers.Tokens = receiver;
        Call.Checked(NativeMethods.xtap_client_on_token(Handle, receiver is null ? null : &ReceiveTokens, (void*)receivers.Self), NativeError.Init);
    }

    /// <summary>Keeps what a receiver threw on a thread that makes no further call; the client's next one throws it.</summary>
    internal void Leave(ExceptionDispatchInfo? thrown)
    {
        if (thrown is not null) Interlocked.CompareExchange(ref left, thrown, null);
    }

    /// <summary>Throws what a receiver threw in a call that had something to give.</summary>
    internal void Rethrow()
    {
        Call.Rethrow();
        Interlocked.Exchange(ref left, null)?.Throw();
    }

    /// <summary>What the client counted, as a JSON object.</summary>
    public string Stats() => Call.FilledText((buffer, capacity, size, error) =>
        NativeMethods.xtap_client_stats(Handle, buffer, capacity, size, error));

    /// <summary>Ends the client. Requests and streams made from it live on.</summary>
    public void Dispose() => Handle.Dispose();

    private sealed class Receivers
    {
        public nint Self;
        public volatile Action<LogLevel, string>? Log;
        public volatile Action<Tokens>? Tokens;
    }

    private static Receivers ReceiversOf(void* data) => (Receivers)GCHandle.FromIntPtr((nint)data).Target!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ReceiveLine(int level, NativeText line, void* data)
    {
        try
        {
            ReceiversOf(data).Log?.Invoke((LogLevel)level, Encoding.UTF8.GetString(Call.Borrowed(line)));
        }
        catch (Exception problem) // nothing may leave a callback
        {
            Call.Thrown ??= ExceptionDispatchInfo.Capture(problem);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ReceiveTokens(NativeText access, NativeText refresh, long expiresAtMs, void* data)
    {
        try
        {
            ReceiversOf(data).Tokens?.Invoke(new Tokens(Encoding.UTF8.GetString(Call.Borrowed(access)),
                refresh.Data is null ? null : Encoding.UTF8.GetString(Call.Borrowed(refresh)),
                expiresAtMs == NativeMethods.TimeUnknown ? null : DateTimeOffset.FromUnixTimeMilliseconds(expiresAtMs)));
            return 0; // go on
        }
        catch (Exception problem)
        {
            Call.Refusal = problem;
            return 2; // fail: the pair is not used
        }
    }
}
