// The thread that reads a stream for an asynchronous loop. A wait of minutes must not hold a thread of the pool.
using System.Runtime.ExceptionServices;
using System.Threading.Channels;

namespace Xtap;

internal sealed class Pump
{
    private const int BatchesAhead = 4;

    /// <summary>One of the two: a batch, or what a receiver of log lines threw, which ends a loop and not the stream.</summary>
    private readonly record struct Item(Page? Page, ExceptionDispatchInfo? Thrown);

    private readonly Channel<Item> items = Channel.CreateBounded<Item>(new BoundedChannelOptions(BatchesAhead)
    {
        SingleReader = true,
        SingleWriter = true,
    });

    private readonly CancellationTokenSource stopping = new();
    private Page? current; // what loops that were left have not taken stays for the next
    private int taken;
    private ulong given;

    /// <summary>The position of the last record that a loop was given; 0 before the first.</summary>
    public ulong Given => Volatile.Read(ref given);

    public Pump(EventStream stream)
    {
        var thread = new Thread(() => Run(stream)) { IsBackground = true, Name = "xtap-read" };
        thread.Start();
    }

    private void Run(EventStream stream)
    {
        try
        {
            ReadAll(stream);
            items.Writer.Complete();
        }
        catch (Exception problem)
        {
            items.Writer.TryComplete(problem is OperationCanceledException or ObjectDisposedException
                ? new XtapException(Status.Cancelled, "the stream is closed") : problem);
        }
    }

    private void ReadAll(EventStream stream)
    {
        var batch = new Batch();
        for (var result = ReadResult.Records; result != ReadResult.End;)
        {
            try
            {
                result = stream.ReadForPump(batch);
                if (result == ReadResult.Records) Write(new Item(batch.Owned(), null));
            }
            finally
            {
                if (Call.TakeThrown() is { } thrown) Write(new Item(null, thrown));
            }
        }
    }

    private void Write(Item item)
    {
        if (!items.Writer.TryWrite(item)) items.Writer.WriteAsync(item, stopping.Token).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>The next record, which stays the next one until <see cref="Took"/>; null after the end.</summary>
    public async ValueTask<Event?> Next(CancellationToken cancellation)
    {
        while (current is null)
        {
            if (!await items.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false)) return null;
            if (!items.Reader.TryRead(out var item)) continue;
            item.Thrown?.Throw();
            (current, taken) = (item.Page, 0);
        }
        return new Event(current, taken);
    }

    public void Took()
    {
        Volatile.Write(ref given, current!.Records[taken].Position);
        if (++taken == current.Count) current = null;
    }

    public void Stop() => stopping.Cancel();
}
