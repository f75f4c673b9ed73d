// Finds libxtap and says why it could not be loaded; what is asked of the library as a whole.
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace Xtap;

/// <summary>The native library: its version and its table of operations.</summary>
public static unsafe class Library
{
    /// <summary>The name it is searched by.</summary>
    public const string FileName = "libxtap.so.1";

    /// <summary>The version of the library, MAJOR.MINOR.PATCH.</summary>
    public static string Version => Text(NativeMethods.xtap_version())!;

    /// <summary>The names of all operations that the library knows.</summary>
    public static IReadOnlyList<string> Operations
    {
        get
        {
            var all = new string[(int)NativeMethods.xtap_operation_count()];
            for (var index = 0; index < all.Length; ++index) all[index] = Text(NativeMethods.xtap_operation_id((nuint)index))!;
            return all;
        }
    }

    /// <summary>What the library knows of an operation, as a JSON object: its method, path, credentials and parameters.</summary>
    public static string Describe(string operation)
    {
        Call.RefuseNul(operation, "the operation's name");
        return Call.FilledText((byte* buffer, nuint capacity, nuint* size, NativeError* error) =>
            NativeMethods.xtap_operation_describe(operation, buffer, capacity, size, error));
    }

    /// <summary>Refuses a library whose interface is another than the one this assembly was written for.</summary>
    internal static void Check()
    {
        var found = NativeMethods.xtap_abi_version();
        if (found >> 16 != NativeMethods.AbiMajor)
            throw new XtapException(Status.Unsupported,
                $"libxtap has version {found >> 16}.{found & 0xffff} of the interface, and this assembly knows version " +
                $"{NativeMethods.AbiMajor}: use the package that came with it");
    }

#pragma warning disable CA2255 // The resolver must be there before the first call, wherever that is.
    [ModuleInitializer]
    internal static void FindByItsVersionedName() => NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, Resolve);
#pragma warning restore CA2255

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != NativeMethods.Library) return 0;
        var wanted = Environment.GetEnvironmentVariable("XTAP_LIBRARY");
        try
        {
            return string.IsNullOrEmpty(wanted)
                ? NativeLibrary.Load(FileName, assembly, searchPath)
                : NativeLibrary.Load(wanted);
        }
        catch (Exception problem) when (problem is DllNotFoundException or BadImageFormatException)
        {
            throw new DllNotFoundException(
                $"{(string.IsNullOrEmpty(wanted) ? FileName : wanted)} could not be loaded. Install libxtap so that the dynamic " +
                "linker finds it (ldconfig, LD_LIBRARY_PATH), put it beside the program, or put the path of the file into " +
                $"XTAP_LIBRARY. What the system said: {problem.Message}", problem);
        }
    }

    private static string? Text(byte* text) => Marshal.PtrToStringUTF8((nint)text);
}
