using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Rig.Cluster.Tests.Etcd;

/// <summary>One etcd member as a process: its own folder, free ports, ended by its id.</summary>
public sealed class EtcdServer : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<int, bool> GivenPorts = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rig-etcd-");
    private readonly List<string> _log = [];
    private Process? _process;

    public EtcdServer(string name, bool tls = false)
    {
        Name = name;
        string scheme = tls ? "https" : "http";
        Client = new Uri($"{scheme}://127.0.0.1:{FreePort()}");
        Peer = new Uri($"http://127.0.0.1:{FreePort()}");
    }

    public string Name { get; }
    public Uri Client { get; }
    public Uri Peer { get; }
    public string Folder => _folder.FullName;

    /// <param name="cluster"><c>name=peer,...</c> of all members.</param>
    public void Start(string cluster, params string[] more)
    {
        ProcessStartInfo start = new("etcd")
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        string[] arguments =
        [
            "--name",
            Name,
            "--data-dir",
            Path.Combine(Folder, "data"),
            "--listen-client-urls",
            Text(Client),
            "--advertise-client-urls",
            Text(Client),
            "--listen-peer-urls",
            Text(Peer),
            "--initial-advertise-peer-urls",
            Text(Peer),
            "--initial-cluster",
            cluster,
            "--unsafe-no-fsync",
            .. more,
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        _process = Process.Start(start) ?? throw new InvalidOperationException("etcd does not start");
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Task FreezeAsync() => SignalAsync("STOP");

    public Task ThawAsync() => SignalAsync("CONT");

    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>The newest lines it wrote, for a test that fails.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return string.Join('\n', _log.TakeLast(30));
            }
        }
    }

    public static string Text(Uri address) => address.GetLeftPart(UriPartial.Authority);

    /// <summary>The system may name a port twice that nobody has bound yet; here it is given out once.</summary>
    private static int FreePort()
    {
        while (true)
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            int port = ((IPEndPoint)socket.LocalEndPoint!).Port;
            if (GivenPorts.TryAdd(port, true))
            {
                return port;
            }
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
        {
            _log.Add(line.Data ?? "");
        }
    }

    private async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{_process!.Id}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }
}
