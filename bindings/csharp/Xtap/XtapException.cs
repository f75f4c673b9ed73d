// Failures with all the facts that the library gives.
namespace Xtap;

/// <summary>A call failed.</summary>
public sealed class XtapException : Exception
{
    internal XtapException(Status status, string message, Exception? cause = null)
        : base(message.Length == 0 ? status.ToString() : $"{message} ({status})", cause) => Status = status;

    internal unsafe XtapException(int status, in NativeError details, Response? response, Exception? cause)
        : this(new Status(status), details.Status == status ? MessageOf(details) : "", cause)
    {
        Response = response;
        if (details.Status != status) return; // a function without details leaves those of an earlier call as they were
        fixed (NativeError* error = &details)
        {
            HttpStatus = error->HttpStatus;
            IsRetriable = error->Retriable != 0;
            RetryAfter = error->RetryAfterMs == 0 ? null : TimeSpan.FromMilliseconds(error->RetryAfterMs);
            ProblemType = Call.TextUpToNul(error->ProblemType, 128);
            ProblemTitle = Call.TextUpToNul(error->ProblemTitle, 128);
            RequestId = Call.TextUpToNul(error->RequestId, 64);
        }
    }

    private static unsafe string MessageOf(in NativeError details)
    {
        fixed (NativeError* error = &details) return Call.TextUpToNul(error->Message, 1024);
    }

    /// <summary>What kind of failure it is. Later versions may know more than this assembly names.</summary>
    public Status Status { get; }

    /// <summary>The server's, 0 when there was no answer.</summary>
    public int HttpStatus { get; }

    /// <summary>Whether the same call may succeed later.</summary>
    public bool IsRetriable { get; }

    /// <summary>How long to wait first, when that is known.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>"type" of the server's problem, or empty.</summary>
    public string ProblemType { get; } = "";

    /// <summary>"title" of the server's problem, or empty.</summary>
    public string ProblemTitle { get; } = "";

    /// <summary>The server's name for the exchange, or empty.</summary>
    public string RequestId { get; } = "";

    /// <summary>The answer that came with the failure of a request.</summary>
    public Response? Response { get; }
}
