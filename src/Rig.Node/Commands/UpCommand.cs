using System.CommandLine;
using System.Net;
using System.Net.Sockets;

namespace Rig.Node.Commands;

/// <summary><c>up</c>: a whole demo rig on this machine, with cameras that need no hardware.</summary>
internal static class UpCommand
{
    /// <summary>A clip of real pictures that developers may have beside the checkout.</summary>
    private const string SharedClip = "../shared/media/ts/80s_with_ad.ts";

    public static Command Create()
    {
        Option<int?> port = new("--port") { Description = "TCP port; the first free one from 8080 when left out." };
        Option<string> data = new("--data") { Description = "Folder for recordings and state.", DefaultValueFactory = _ => "demo" };
        Option<string?> clip = new("--clip") { Description = "A TS, MP4 or Annex B file that a third camera plays in a loop." };
        Command command = new("up", "Runs a demo rig on this machine until Ctrl-C.") { port, data, clip };
        command.SetAction(
            (parsed, cancel) =>
                RunAsync(parsed.GetValue(port) ?? FreePort(8080), Path.GetFullPath(parsed.GetValue(data)!), parsed.GetValue(clip), cancel)
        );
        return command;
    }

    private static Task<int> RunAsync(int port, string data, string? clip, CancellationToken cancel)
    {
        string home = Environment.GetEnvironmentVariable("RIG_HOME") ?? Environment.CurrentDirectory;
        clip ??= File.Exists(Path.Combine(home, SharedClip)) ? Path.Combine(home, SharedClip) : null;
        Environment.SetEnvironmentVariable("RIG_PORT", $"{port}");
        Environment.SetEnvironmentVariable("RIG_DATA", data);
        if (clip is not null)
        {
            Environment.SetEnvironmentVariable("RIG_CLIP", $"file:{Path.GetFullPath(clip)}?loop");
        }

        return NodeCommand.RunAsync(
            Path.Combine(home, "hocon", "demo.conf"),
            address =>
                Console.WriteLine(
                    $"""

                    Try in another terminal:
                      ./rig status{At(address)}
                      ./rig start --session DEMO{At(address)}
                      ./rig mark "kick-off"{At(address)}
                      ./rig stop{At(address)}
                      ./rig verify {Path.Combine(data, "recordings", "DEMO")}/*.mp4
                    Open {address}/api/v1/status or {address}/openapi/v1.json. Recordings are in {Path.Combine(data, "recordings")}.
                    Ctrl-C ends it.
                    """
                ),
            cancel
        );
    }

    private static string At(string address) => address.EndsWith(":8080", StringComparison.Ordinal) ? "" : $" --node {address}";

    private static int FreePort(int first)
    {
        for (int port = first; port < first + 100; port++)
        {
            try
            {
                using TcpListener probe = new(IPAddress.Loopback, port);
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next one.
            }
        }

        return 0;
    }
}
