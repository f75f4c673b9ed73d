// What every call needs: texts in, texts out, failures as exceptions, and exceptions out of callbacks.
using System.Runtime.ExceptionServices;
using System.Text;

namespace Xtap;

internal static unsafe class Call
{
    internal delegate int Filling(byte* buffer, nuint capacity, nuint* size, NativeError* error);

    /// <summary>What a receiver of log lines threw: it must not leave the callback, and is thrown by the call it ran in.</summary>
    [ThreadStatic]
    internal static ExceptionDispatchInfo? Thrown;

    /// <summary>What a receiver of tokens threw: the cause of the request's failure.</summary>
    [ThreadStatic]
    internal static Exception? Refusal;

    /// <summary>What a receiver threw in a call of this thread, once.</summary>
    internal static ExceptionDispatchInfo? TakeThrown()
    {
        var thrown = Thrown;
        Thrown = null;
        return thrown;
    }

    /// <summary>Throws what a receiver threw in a call of this thread that had something to give.</summary>
    internal static void Rethrow() => TakeThrown()?.Throw();

    internal static int Checked(int status, in NativeError details, Response? response = null, Exception? cause = null)
    {
        Rethrow();
        return status < 100 ? status : throw new XtapException(status, details, response, cause);
    }

    /// <summary>As <see cref="Checked"/>, but a call that has something to give gives it first: what a receiver threw is thrown by
    /// the next one.</summary>
    internal static int CheckedGiving(int status, in NativeError details, Response? response = null, Exception? cause = null) =>
        status < 100 ? status : Checked(status, details, response, cause);

    /// <summary>The text that a call gives, however long it has become meanwhile.</summary>
    internal static string FilledText(Filling call)
    {
        for (var buffer = new byte[1024]; ;)
        {
            nuint size;
            var details = NativeError.Init;
            int status;
            fixed (byte* bytes = buffer) status = call(bytes, (nuint)buffer.Length, &size, &details);
            if (status != Status.BufferSmall.Code)
            {
                Checked(status, details);
                return Encoding.UTF8.GetString(buffer, 0, (int)size);
            }
            buffer = new byte[2 * (int)size + 1];
        }
    }

    internal static string TextUpToNul(byte* text, int capacity)
    {
        var bytes = new ReadOnlySpan<byte>(text, capacity);
        var end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    internal static ReadOnlySpan<byte> Borrowed(NativeText text) => new(text.Data, checked((int)text.Size));

    /// <summary>A NUL would silently end the text.</summary>
    internal static void RefuseNul(string? text, string what)
    {
        if (text is not null && text.Contains('\0')) throw new XtapException(Status.Value, $"{what} holds a NUL character");
    }
}
