using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Rig.MultiNode.Tests.Network;

/// <summary>A host of the lab: a network namespace in which programs run and from which this process can connect.</summary>
public sealed class LabHost : IAsyncDisposable
{
    private LabHost(string name, int number, string address, int descriptor) =>
        (Name, Number, Address, Descriptor) = (name, number, address, descriptor);

    /// <summary>Of the namespace.</summary>
    public string Name { get; }

    /// <summary>From 1; the last octet of its address.</summary>
    public int Number { get; }
    public string Address { get; }
    internal int Descriptor { get; }

    /// <summary>How a program is run on this host; its process id is the program's own.</summary>
    public ProcessStartInfo Start(string program, params IEnumerable<string> arguments) =>
        new("ip", ["netns", "exec", Name, program, .. arguments]) { UseShellExecute = false };

    /// <summary>A client whose connections begin on this host.</summary>
    public HttpClient Client(TimeSpan timeout) =>
        new(new SocketsHttpHandler { ConnectCallback = ConnectAsync, PooledConnectionLifetime = TimeSpan.FromSeconds(2) })
        {
            Timeout = timeout,
        };

    public async ValueTask DisposeAsync()
    {
        LinuxCalls.Close(Descriptor);
        await RunAsync("netns", "del", Name);
    }

    internal static async Task<LabHost> CreateAsync(string network, int number)
    {
        string name = $"{network}h{number}";
        string address = $"10.77.0.{number}";
        await RunAsync("netns", "add", name);
        int descriptor = LinuxCalls.OpenTun(name);
        await RunAsync("link", "set", name, "netns", name);
        await RunAsync("-n", name, "link", "set", "lo", "up");
        await RunAsync("-n", name, "addr", "add", $"{address}/24", "dev", name);
        await RunAsync("-n", name, "link", "set", name, "up");
        return new LabHost(name, number, address, descriptor);
    }

    private static async Task RunAsync(params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo("ip", arguments) { UseShellExecute = false, RedirectStandardError = true }
        )!;
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {errors}");
        }
    }

    /// <summary>A socket belongs to the namespace of the thread that makes it, for good; so one thread goes there, makes it, and ends.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        TaskCompletionSource<Socket> made = new(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => MakeSocket(made)) { IsBackground = true }.Start();
        Socket socket = await made.Task;
        try
        {
            await socket.ConnectAsync(IPAddress.Parse(context.DnsEndPoint.Host), context.DnsEndPoint.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void MakeSocket(TaskCompletionSource<Socket> made)
    {
        try
        {
            int space = LinuxCalls.OpenFile($"/var/run/netns/{Name}");
            LinuxCalls.EnterNetwork(space);
            LinuxCalls.Close(space);
            made.SetResult(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or SocketException)
        {
            made.SetException(error);
        }
    }
}
