using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Rig.Node.Hosting;

/// <summary>
/// Tells systemd how the node is, by the datagrams of sd_notify(3): ready, still alive, stopping. Does nothing when no service manager asked for it.
/// The watchdog is fed only while the control plane answers; a node that hangs is started again and its session goes on.
/// </summary>
public sealed class ServiceManager(IHostApplicationLifetime lifetime, Func<CancellationToken, Task> probe, TimeProvider time)
    : BackgroundService
{
    private readonly string? _socket = Environment.GetEnvironmentVariable("NOTIFY_SOCKET");
    private readonly TimeSpan? _watchdog = Watchdog(Environment.GetEnvironmentVariable("WATCHDOG_USEC"));

    /// <summary>How often the watchdog is fed: three times in its period, so that one lost round is no death.</summary>
    internal static TimeSpan? Watchdog(string? microseconds) =>
        long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out long period) && period >= 1000
            ? TimeSpan.FromMicroseconds(period / 3)
            : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_socket is null)
        {
            return;
        }

        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration told = lifetime.ApplicationStarted.Register(started.SetResult);
        await using CancellationTokenRegistration stopping = lifetime.ApplicationStopping.Register(() => Send(_socket, "STOPPING=1"));
        await started.Task.WaitAsync(stoppingToken);
        Send(_socket, "READY=1");
        if (_watchdog is not { } interval)
        {
            // Stays for the farewell.
            await Task.Delay(Timeout.InfiniteTimeSpan, time, stoppingToken);
            return;
        }

        using PeriodicTimer timer = new(interval, time);
        do
        {
            if (await AnswersAsync(stoppingToken))
            {
                Send(_socket, "WATCHDOG=1");
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<bool> AnswersAsync(CancellationToken cancel)
    {
        try
        {
            await probe(cancel);
            return true;
        }
        catch (Akka.Actor.AskTimeoutException)
        {
            return false;
        }
    }

    /// <param name="address">A path, or a name in the abstract name space that begins with <c>@</c>.</param>
    /// <param name="state">As in sd_notify(3).</param>
    internal static void Send(string address, string state)
    {
        try
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(
                Encoding.UTF8.GetBytes(state),
                new UnixDomainSocketEndPoint(address.StartsWith('@') ? '\0' + address[1..] : address)
            );
        }
        catch (SocketException)
        {
            // The service manager is gone; the node records on.
        }
    }
}
