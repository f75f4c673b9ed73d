// The Japanese firehose, one partition of it: id, time and text of every post, a line each, until Ctrl-C. Needs
// XTAP_BEARER_TOKEN. What the library says about the stream goes to stderr: it explains a hole in the data.
using Xtap.Names;

namespace Xtap.Examples;

internal static class Firehose
{
    public static void Run(string partition, int left, CancellationToken cancellation)
    {
        using var client = Client.FromEnvironment();
        var parameters = new Dictionary<string, object?>
        {
            [Parameters.Partition] = partition,
            [Parameters.TweetFields] = Values.TweetFields.CreatedAt,
        };
        // The selected values are all that is printed.
        using var stream = client.Stream(Operations.StreamPostsFirehoseJa, parameters, new StreamOptions { DeliverJson = false });
        stream.Select("/data/id", "/data/created_at", "/data/text");
        var batch = new Batch();
        while (stream.Read(batch, null, cancellation) == ReadResult.Records)
        {
            foreach (var record in batch)
            {
                if (record.IsNotice)
                {
                    Console.Error.WriteLine(record.ToString());
                    continue;
                }
                var text = record.Selected(2).ToString().ReplaceLineEndings(" ");
                Console.WriteLine($"{record.Selected(0).ToString()}\t{record.Selected(1).ToString()}\t{text}");
                if (--left == 0) return;
            }
        }
    }
}
