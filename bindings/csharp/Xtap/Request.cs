// Requests, and the answers to those that do not stream.
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Xtap;

/// <summary>An operation with its parameters, checked as they are set. One thread at a time; only Cancel may come from any.</summary>
public sealed unsafe class Request : IDisposable
{
    private readonly RequestHandle handle;
    private readonly Client client; // not to be collected while this is in use: its log would end

    internal Request(Client client, string operation)
    {
        Call.RefuseNul(operation, "the operation's name");
        this.client = client;
        client.Rethrow();
        var details = NativeError.Init;
        nint made;
        Call.CheckedGiving(NativeMethods.xtap_request_create(client.Handle, operation, &made, &details), details);
        handle = new RequestHandle(made);
    }

    /// <summary>Sets a parameter: text, a number, a flag, a time, or a list of texts. null takes it away.</summary>
    public Request Set(string parameter, object? value)
    {
        var text = Text(value);
        Call.RefuseNul(parameter, "the parameter's name");
        Call.RefuseNul(text, parameter);
        var details = NativeError.Init;
        Call.Checked(NativeMethods.xtap_request_set(handle, parameter, text, &details), details);
        return this;
    }

    private static string? Text(object? value) => value switch
    {
        null => null,
        string text => text,
        bool flag => flag ? "true" : "false",
        DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        DateTime time => Text(new DateTimeOffset(time)),
        IEnumerable<string> list => string.Join(',', list),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    /// <summary>Sets an option by name, for this request or its streams alone; null goes back to the client's value.</summary>
    public Request SetOption(string name, string? value)
    {
        Call.RefuseNul(name, "the option's name");
        Call.RefuseNul(value, name);
        var details = NativeError.Init;
        Call.Checked(NativeMethods.xtap_request_option(handle, name, value, &details), details);
        return this;
    }

    /// <summary>Sets the JSON body.</summary>
    public Request SetBody(ReadOnlySpan<byte> json)
    {
        var details = NativeError.Init;
        fixed (byte* bytes = json) Call.Checked(NativeMethods.xtap_request_body(handle, bytes, (nuint)json.Length, &details), details);
        return this;
    }

    /// <summary>Sets the JSON body.</summary>
    public Request SetBody(string json) => SetBody(Encoding.UTF8.GetBytes(json));

    /// <summary>Sets the JSON body to a value.</summary>
    public Request SetBody<T>(T value, JsonTypeInfo<T> type) => SetBody(JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>Adds a part of a multipart body, for the operations that upload.</summary>
    public Request Attach(string part, string? fileName, ReadOnlySpan<byte> data)
    {
        Call.RefuseNul(part, "the part's name");
        Call.RefuseNul(fileName, "the file's name");
        var details = NativeError.Init;
        byte nothing; // no data at all would take the part away
        fixed (byte* bytes = data)
            Call.Checked(NativeMethods.xtap_request_attach(handle, part, fileName, bytes is null ? &nothing : bytes, (nuint)data.Length, &details), details);
        return this;
    }

    /// <summary>Sends the request and waits for the whole answer. With an HTTP status of 300 or more the exception has the
    /// response. A cancelled token cancels the request, for good.</summary>
    public Response Send(CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        client.Rethrow();
        using var registration = cancellation.UnsafeRegister(static request => ((Request)request!).Cancel(), this);
        var details = NativeError.Init;
        nint got = 0;
        Call.Refusal = null;
        var status = NativeMethods.xtap_request_send(handle, &got, &details);
        GC.KeepAlive(client);
        var response = got == 0 ? null : new Response(new ResponseHandle(got));
        if (status == Status.Cancelled.Code) cancellation.ThrowIfCancellationRequested();
        Call.CheckedGiving(status, details, response, Call.Refusal);
        return response!;
    }

    /// <summary>As <see cref="Send"/>, on another thread.</summary>
    public Task<Response> SendAsync(CancellationToken cancellation = default) =>
        Task.Factory.StartNew(() => SendElsewhere(cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    // What a receiver of log lines threw would be lost with this thread.
    private Response SendElsewhere(CancellationToken cancellation)
    {
        try
        {
            return Send(cancellation);
        }
        finally
        {
            client.Leave(Call.TakeThrown());
        }
    }

    /// <summary>Ends the send in progress; it and every later one fail. Any thread.</summary>
    public void Cancel()
    {
        if (!handle.IsClosed) NativeMethods.xtap_request_cancel(handle);
    }

    /// <summary>Turns the request into the one for the page after the response; false after the last page.</summary>
    public bool NextPage(Response response)
    {
        client.Rethrow();
        var details = NativeError.Init;
        return Call.CheckedGiving(NativeMethods.xtap_request_next_page(handle, response.Handle, &details), details) == Status.Ok.Code;
    }

    /// <summary>Every page, from the one that the request asks for now to the last.</summary>
    public async IAsyncEnumerable<Response> PagesAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        for (var more = true; more;)
        {
            var page = await SendAsync(cancellation).ConfigureAwait(false);
            yield return page;
            more = NextPage(page);
        }
    }

    /// <summary>Opens a stream from a copy of the request. Nothing is sent before the first read.</summary>
    public EventStream Stream()
    {
        client.Rethrow();
        var details = NativeError.Init;
        nint made;
        Call.CheckedGiving(NativeMethods.xtap_stream_open(handle, &made, &details), details);
        return new EventStream(client, new StreamHandle(made));
    }

    /// <summary>Ends the request. Streams opened from it live on.</summary>
    public void Dispose() => handle.Dispose();
}

/// <summary>The answer to a request. It never changes; any thread may read it.</summary>
public sealed class Response
{
    internal ResponseHandle Handle { get; }

    internal Response(ResponseHandle handle)
    {
        Handle = handle;
        StatusCode = NativeMethods.xtap_response_http_status(handle);
        Body = Call.Borrowed(NativeMethods.xtap_response_body(handle)).ToArray();
    }

    /// <summary>The HTTP status.</summary>
    public int StatusCode { get; }

    /// <summary>The body as it came: JSON for nearly every operation.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The body as text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Body.Span);

    /// <summary>The body, read as JSON.</summary>
    public JsonDocument Json() => JsonDocument.Parse(Body);

    /// <summary>The body as a value.</summary>
    public T? Deserialize<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(Body.Span, type);

    /// <summary>A header, by its name in any case; null when there is none.</summary>
    public unsafe string? Header(string name)
    {
        Call.RefuseNul(name, "the header's name");
        var value = NativeMethods.xtap_response_header(Handle, name);
        var text = value.Data is null ? null : Encoding.Latin1.GetString(Call.Borrowed(value));
        GC.KeepAlive(this); // the header is its memory
        return text;
    }
}
