// Streams: the program's own loop over the library's read, and the same as an asynchronous sequence.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Xtap;

/// <summary>What a read came to.</summary>
public enum ReadResult
{
    /// <summary>The batch has at least one record.</summary>
    Records,

    /// <summary>The time passed first; nothing was consumed.</summary>
    TimedOut,

    /// <summary>Wake was called; nothing was consumed.</summary>
    Woken,

    /// <summary>The stream is over and everything it had was delivered.</summary>
    End,
}

/// <summary>A subscription to a streaming operation; it outlives its connections. It connects at the first read, and again
/// whenever it must. One thread at a time reads; Wake, Finish, Cancel, Stats and Dispose may come from any.</summary>
public sealed unsafe class EventStream : IDisposable
{
    private readonly StreamHandle handle;
    private readonly Client client; // not to be collected while this is in use: its log would end
    private readonly Lock starting = new();
    private int selected, wakes;
    private Pump? pump;

    internal EventStream(Client client, StreamHandle handle) => (this.client, this.handle) = (client, handle);

    /// <summary>Receives the notices that Events leaves out: connected, disconnected and why, a gap ... On the thread that goes
    /// through the events.</summary>
    public event Action<Event>? Notice;

    /// <summary>Chooses the values that every event brings beside its JSON, as JSON pointers ("/data/text"), replacing the former
    /// choice. Refused once the stream was read.</summary>
    public EventStream Select(params string[] pointers)
    {
        var details = NativeError.Init;
        var texts = new nint[pointers.Length];
        try
        {
            for (var index = 0; index < pointers.Length; ++index)
            {
                Call.RefuseNul(pointers[index], "a pointer");
                texts[index] = Marshal.StringToCoTaskMemUTF8(pointers[index]);
            }
            fixed (nint* list = texts)
                Call.Checked(NativeMethods.xtap_stream_select(handle, (byte**)list, (nuint)texts.Length, &details), details);
            selected = pointers.Length;
        }
        finally
        {
            foreach (var text in texts) Marshal.FreeCoTaskMem(text);
        }
        return this;
    }

    /// <summary>Fills the batch with whole records and waits until there is one, or the time is over. A cancelled token ends the
    /// wait with an OperationCanceledException, and nothing is lost: read again.</summary>
    public ReadResult Read(Batch batch, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        if (pump is not null) throw new InvalidOperationException("the stream is read by Events or Records: go on with these");
        Call.Rethrow(); // by the call before, which had records to give
        try
        {
            return ReadInto(batch, timeout == Timeout.InfiniteTimeSpan ? null : timeout, cancellation);
        }
        catch (XtapException)
        {
            Call.Rethrow();
            throw;
        }
    }

    /// <summary>What a receiver threw meanwhile is left for the caller.</summary>
    private ReadResult ReadInto(Batch batch, TimeSpan? timeout, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var registration = cancellation.UnsafeRegister(static stream => ((EventStream)stream!).WakeHandle(), this);
        var until = timeout is { } time ? Environment.TickCount64 + (long)Math.Ceiling(time.TotalMilliseconds) : long.MaxValue;
        var details = NativeError.Init;
        while (true)
        {
            var left = timeout is null ? NativeMethods.Forever : (uint)Math.Clamp(until - Environment.TickCount64, 0, int.MaxValue);
            var status = new Status(batch.Fill(handle, selected, left, &details));
            GC.KeepAlive(client);
            if (status == Status.BufferSmall) batch.Grow();
            else if (status == Status.Ok) return ReadResult.Records;
            else if (status == Status.End) return ReadResult.End;
            else if (status == Status.Timeout && Environment.TickCount64 >= until) return ReadResult.TimedOut;
            else if (status == Status.Interrupted)
            {
                // By Wake, by this token, or late by the token of an earlier read.
                if (Interlocked.Exchange(ref wakes, 0) > 0) return ReadResult.Woken;
                cancellation.ThrowIfCancellationRequested();
            }
            else if (status.Code >= 100) throw new XtapException(status.Code, details, null, null);
        }
    }

    /// <summary>Every event, each with memory that may be kept. Notices go to <see cref="Notice"/>. Leaving the loop loses nothing:
    /// the next one goes on after the last event; so does one that was ended by a cancelled token.</summary>
    public async IAsyncEnumerable<Event> Events([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var record in Records(cancellation).ConfigureAwait(false))
        {
            if (!record.IsNotice) yield return record;
            else Notice?.Invoke(record);
        }
    }

    /// <summary>As <see cref="Events"/>, with the notices among them, in order. A thread of the stream's own reads ahead of the
    /// loop, a few batches at most.</summary>
    public async IAsyncEnumerable<Event> Records([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        Pump reader;
        lock (starting) reader = pump ??= new Pump(this);
        while (await reader.Next(cancellation).ConfigureAwait(false) is { } record)
        {
            reader.Took();
            yield return record;
        }
    }

    internal ReadResult ReadForPump(Batch batch) => ReadInto(batch, null, CancellationToken.None);

    /// <summary>Makes the read in progress, or the next one, end without a record. Nothing is lost. Events and Records have their
    /// token for that, and go on.</summary>
    public void Wake()
    {
        Interlocked.Increment(ref wakes);
        WakeHandle();
    }

    private void WakeHandle()
    {
        if (!handle.IsClosed) NativeMethods.xtap_stream_wake(handle);
    }

    /// <summary>Ends the stream in good order: it disconnects, what is buffered is still delivered, then it is over.</summary>
    public void Finish()
    {
        if (!handle.IsClosed) NativeMethods.xtap_stream_finish(handle);
    }

    /// <summary>Ends the stream now: reads fail with Status.Cancelled.</summary>
    public void Cancel()
    {
        if (!handle.IsClosed) NativeMethods.xtap_stream_cancel(handle);
    }

    /// <summary>Makes a new stream go on where a checkpoint stands, before it is read: what came since is fetched, what was
    /// delivered before does not come again.</summary>
    public EventStream Resume(string checkpoint)
    {
        var details = NativeError.Init;
        var text = Encoding.UTF8.GetBytes(checkpoint);
        fixed (byte* bytes = text)
            Call.Checked(NativeMethods.xtap_stream_resume(handle, bytes, (nuint)text.Length, &details), details);
        return this;
    }

    /// <summary>The text from which <see cref="Resume"/> goes on, in another process too. It covers what was delivered: every event
    /// that a loop was given, or every batch that was read; or up to the position of a record.</summary>
    public string Checkpoint(ulong? upto = null)
    {
        var position = upto ?? pump?.Given ?? 0;
        if (upto is null && pump is not null && position == 0)
            throw new InvalidOperationException("no event was delivered yet");
        return Call.FilledText((buffer, capacity, size, error) =>
            NativeMethods.xtap_stream_checkpoint(handle, position, buffer, capacity, size, error));
    }

    /// <summary>What the stream counted, as a JSON object.</summary>
    public string Stats() => Call.FilledText((buffer, capacity, size, error) =>
        NativeMethods.xtap_stream_stats(handle, buffer, capacity, size, error));

    /// <summary>Ends the stream. A read of another thread fails with Status.Cancelled.</summary>
    public void Dispose()
    {
        if (handle.IsClosed) return;
        try
        {
            Cancel();
        }
        catch (ObjectDisposedException)
        {
            return; // another thread was faster
        }
        lock (starting) pump?.Stop();
        handle.Dispose();
    }
}
