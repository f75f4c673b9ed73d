// What tests run in a process of its own: URL: ends while another of its threads is reading. URL COUNT: waits with so many
// loops over idle streams, uses the pool of threads when a line comes, and ends the loops.
using Xtap;

using var client = new Client(new() { BaseUrl = args[0], BearerToken = "token", ConnectBudget = 0, LogLevel = "off" });
return args.Length == 1 ? EndWhileReading(client) : await UseThePool(client, int.Parse(args[1]));

static int EndWhileReading(Client client)
{
    var stream = client.Stream("streamPostsSample");
    stream.Read(new Batch());
    new Thread(() =>
    {
        for (var batch = new Batch(); ;) stream.Read(batch);
    }) { IsBackground = true }.Start();
    return 7;
}

static async Task<int> UseThePool(Client client, int count)
{
    var streams = Enumerable.Range(0, count).Select(_ => client.Stream("streamPostsSample")).ToList();
    var loops = streams.Select(Loop).ToList();
    Console.WriteLine("waiting");
    await Console.In.ReadLineAsync();
    var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => 1)));
    ThreadPool.GetMaxThreads(out var threads, out _);
    foreach (var stream in streams) stream.Cancel();
    var ended = (await Task.WhenAll(loops)).Sum();
    Console.WriteLine($"{threads} threads: {answers.Sum()} answers; {ended} loops ended");
    return 0;
}

static async Task<int> Loop(EventStream stream)
{
    try
    {
        await foreach (var _ in stream.Events()) { }
        return 0;
    }
    catch (XtapException problem) when (problem.Status == Status.Cancelled)
    {
        return 1;
    }
}
