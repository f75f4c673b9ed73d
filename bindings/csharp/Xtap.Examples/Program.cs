// Runs the example that the first argument names.
using Xtap;
using Xtap.Examples;

using var stopping = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true; // the loops end, and what is to be taken back is
    stopping.Cancel();
};
try
{
    switch (args)
    {
        case ["firehose", var partition, .. var count] when count.Length < 2:
            Firehose.Run(partition, count.Length == 1 ? int.Parse(count[0]) : int.MaxValue, stopping.Token);
            return 0;
        case ["dm_events", var conversation]:
            await DmEvents.Run(conversation, stopping.Token);
            return 0;
        case ["activity", var user, var type, .. var count] when count.Length < 2:
            await Activity.Run(user, type, count.Length == 1 ? int.Parse(count[0]) : int.MaxValue, stopping.Token);
            return 0;
        default:
            Console.Error.WriteLine("usage: firehose PARTITION [COUNT] | dm_events CONVERSATION_ID | activity USER_ID EVENT_TYPE [COUNT]");
            return 2;
    }
}
catch (OperationCanceledException)
{
    return 0;
}
catch (XtapException problem)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}
