// The thread that reads a stream for an asynchronous loop. A wait of minutes must not hold a thread of the pool.
using System.Threading.Channels;

namespace Xtap;

internal sealed class Pump
{
    private const int BatchesAhead = 4;

    private readonly Channel<Page> pages = Channel.CreateBounded<Page>(new BoundedChannelOptions(BatchesAhead)
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
        var batch = new Batch();
        try
        {
            while (stream.ReadForPump(batch) is var result && result != ReadResult.End)
            {
                if (result != ReadResult.Records) continue;
                var page = batch.Owned();
                if (!pages.Writer.TryWrite(page)) pages.Writer.WriteAsync(page, stopping.Token).AsTask().GetAwaiter().GetResult();
            }
            pages.Writer.Complete();
        }
        catch (Exception problem)
        {
            pages.Writer.TryComplete(problem is OperationCanceledException or ObjectDisposedException
                ? new XtapException(Status.Cancelled, "the stream is closed") : problem);
        }
    }

    /// <summary>The next record, which stays the next one until <see cref="Took"/>; null after the end.</summary>
    public async ValueTask<Event?> Next(CancellationToken cancellation)
    {
        while (current is null)
        {
            if (!await pages.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false)) return null;
            if (pages.Reader.TryRead(out current)) taken = 0;
        }
        return new Event(current, taken);
    }

    public void Took()
    {
        // A notice that overtakes the others has no position.
        if (current!.Records[taken].Position is not 0 and var position) Volatile.Write(ref given, position);
        if (++taken == current.Count) current = null;
    }

    public void Stop() => stopping.Cancel();
}
