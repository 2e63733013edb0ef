using System.Collections;
using System.Runtime.InteropServices;
using System.Text;

namespace Rig.Streams.Processes;

/// <summary>posix_spawn(3): in a process group of its own, with no signal blocked or ignored, and with no descriptor beyond the three standard ones.</summary>
internal static class Spawn
{
    /// <returns>The process id, or an error number of the kernel, negative.</returns>
    public static int Start(string[] arguments, int input, int output, int error)
    {
        byte[] actions = new byte[Libc.OpaqueSize];
        byte[] attributes = new byte[Libc.OpaqueSize];
        _ = Libc.posix_spawn_file_actions_init(actions);
        _ = Libc.posix_spawnattr_init(attributes);
        nint[] argumentTexts = ToNative(arguments);
        nint[] environment = ToNative(ReadEnvironment());
        try
        {
            SetDescriptors(actions, input, output, error);
            SetAttributes(attributes);
            int refused = Libc.posix_spawn(out int pid, ToBytes(arguments[0]), actions, attributes, argumentTexts, environment);
            return refused == 0 ? pid : -refused;
        }
        finally
        {
            Free(argumentTexts);
            Free(environment);
            _ = Libc.posix_spawnattr_destroy(attributes);
            _ = Libc.posix_spawn_file_actions_destroy(actions);
        }
    }

    private static void SetDescriptors(byte[] actions, int input, int output, int error)
    {
        const int readOnly = 0;
        _ =
            input < 0
                ? Libc.posix_spawn_file_actions_addopen(actions, 0, ToBytes("/dev/null"), readOnly, 0)
                : Libc.posix_spawn_file_actions_adddup2(actions, input, 0);
        _ = Libc.posix_spawn_file_actions_adddup2(actions, output, 1);
        _ = Libc.posix_spawn_file_actions_adddup2(actions, error, 2);
    }

    /// <summary>.NET ignores SIGPIPE; a child that inherited that would not end when nobody reads it any more.</summary>
    private static void SetAttributes(byte[] attributes)
    {
        byte[] signals = new byte[Libc.OpaqueSize];
        _ = Libc.sigfillset(signals);
        _ = Libc.posix_spawnattr_setsigdefault(attributes, signals);
        _ = Libc.sigemptyset(signals);
        _ = Libc.posix_spawnattr_setsigmask(attributes, signals);
        _ = Libc.posix_spawnattr_setpgroup(attributes, 0);
        _ = Libc.posix_spawnattr_setflags(attributes, Libc.SpawnSetProcessGroup | Libc.SpawnSetDefaultSignals | Libc.SpawnSetSignalMask);
    }

    private static IEnumerable<string> ReadEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => $"{entry.Key}={entry.Value}");

    /// <summary>An array of C strings that ends with a null pointer.</summary>
    private static nint[] ToNative(IEnumerable<string> texts) => [.. texts.Select(Marshal.StringToCoTaskMemUTF8), 0];

    private static void Free(nint[] texts)
    {
        foreach (nint text in texts)
        {
            Marshal.FreeCoTaskMem(text);
        }
    }

    private static byte[] ToBytes(string text) => Encoding.UTF8.GetBytes(text + '\0');
}
