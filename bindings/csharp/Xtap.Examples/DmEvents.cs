// Every event of one conversation of direct messages, each once, newest first. Needs a user's token:
// XTAP_OAUTH2_ACCESS_TOKEN, or the four of OAuth 1.0a.
using System.Text.Json;
using Xtap.Names;

namespace Xtap.Examples;

internal static class DmEvents
{
    public static async Task Run(string conversation, CancellationToken cancellation)
    {
        using var client = Client.FromEnvironment();
        // X allows few of these in 15 minutes: a long conversation takes patience.
        using var request = client.Request(Operations.GetDirectMessagesEventsByConversationId, new Dictionary<string, object?>
        {
            [Parameters.Id] = conversation,
            [Parameters.MaxResults] = 100,
            [Parameters.DmEventFields] = new[] { "created_at", "sender_id", "text", "event_type" },
        }, new StreamOptions { WaitOnRateLimit = true });
        await foreach (var page in request.PagesAsync(cancellation))
        {
            using var json = page.Json();
            if (json.RootElement.TryGetProperty("data", out var events))
                foreach (var one in events.EnumerateArray()) Print(one);
        }
    }

    private static void Print(JsonElement one)
    {
        string Field(string name) => one.TryGetProperty(name, out var value) ? value.GetString()! : "";
        // Joining and leaving have no text, only a type.
        var text = (Field("text") is { Length: > 0 } said ? said : Field("event_type")).ReplaceLineEndings(" ");
        Console.WriteLine($"{Field("id")}\t{Field("created_at")}\t{Field("sender_id")}\t{text}");
    }
}
