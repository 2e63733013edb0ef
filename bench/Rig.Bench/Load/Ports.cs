using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Rig.Bench.Load;

/// <summary>TCP ports that the system gives out.</summary>
internal static class Ports
{
    /// <summary>Different ports that nobody listens on at this moment.</summary>
    public static IReadOnlyList<int> Free(int count)
    {
        List<TcpListener> held = [];
        try
        {
            for (int i = 0; i < count; i++)
            {
                TcpListener listener = new(IPAddress.Loopback, 0);
                held.Add(listener);
                listener.Start();
            }

            return [.. held.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            held.ForEach(listener => listener.Dispose());
        }
    }

    /// <summary>Waits until somebody listens on each.</summary>
    /// <exception cref="TimeoutException">Nobody did for 30 s.</exception>
    public static async Task WaitForListenersAsync(IReadOnlyCollection<int> ports, CancellationToken cancel)
    {
        const int Attempts = 600;
        const int AttemptMilliseconds = 50;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            HashSet<int> listening = [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(end => end.Port)];
            if (ports.All(listening.Contains))
            {
                return;
            }

            await Task.Delay(AttemptMilliseconds, cancel);
        }

        throw new TimeoutException("The receiver does not listen.");
    }
}
