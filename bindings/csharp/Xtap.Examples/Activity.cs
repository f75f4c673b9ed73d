// What happens on one account: subscribes to a type of events, prints them as they come, and ends its subscription. Needs
// XTAP_BEARER_TOKEN. Events that only the user may see take the user's own token: set XTAP_OAUTH2_ACCESS_TOKEN beside it, and
// XTAP_CREDENTIAL=oauth2 to have it used.
using System.Text.Json;
using Xtap.Names;

namespace Xtap.Examples;

internal static class Activity
{
    public static async Task Run(string user, string type, int left, CancellationToken cancellation)
    {
        using var client = Client.FromEnvironment();
        // Opening sends nothing yet: if the stream cannot be opened, there is nothing to take back.
        using var stream = client.Stream(Operations.ActivityStream).Select("/data/event_type", "/data/payload");
        using var subscribing = client.Request(Operations.CreateActivitySubscription);
        subscribing.SetBody($$"""{"event_type":{{Quoted(type)}},"filter":{"user_id":{{Quoted(user)}} } }""");
        var own = SubscriptionId(await subscribing.SendAsync(cancellation));
        Console.WriteLine($"subscription {own}");
        try
        {
            await foreach (var record in stream.Events(cancellation))
            {
                Console.WriteLine($"{record.Selected(0).ToString()} {record.Selected(1).ToString()}");
                if (--left == 0) break;
            }
        }
        finally
        {
            // Whatever went wrong: a subscription that is left behind counts against the account's limit.
            using var request = client.Request(Operations.DeleteActivitySubscription).Set(Parameters.SubscriptionId, own);
            request.Send(CancellationToken.None);
            Console.WriteLine($"deleted {own}");
        }
    }

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";

    /// <summary>X describes {"subscription":{...}} and was seen to answer a list, or the subscription itself.</summary>
    private static string SubscriptionId(Response answer)
    {
        using var json = answer.Json();
        var data = json.RootElement.GetProperty("data");
        if (data.ValueKind == JsonValueKind.Object && data.TryGetProperty("subscription", out var inner)) data = inner;
        if (data.ValueKind == JsonValueKind.Array) data = data[0];
        return data.GetProperty("subscription_id").GetString()!;
    }
}
