using Microsoft.AspNetCore.Connections.Features;
using Rig.Streams.Live;

namespace Rig.Node.Http;

/// <summary>Ends a viewer's connection when one send takes longer than <see cref="LiveOptions.SendLimit"/>. One send at a time.</summary>
internal sealed class SendLimit : IDisposable
{
    private readonly LiveViewer _viewer;
    private readonly CancellationTokenSource _end;
    private readonly Timer _timer;
    private readonly Span _span;

    /// <param name="end">Cancelled when a send takes too long.</param>
    public SendLimit(LiveViewer viewer, CancellationTokenSource end)
    {
        (_viewer, _end) = (viewer, end);
        _timer = new Timer(static limit => ((SendLimit)limit!).OnLate(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _span = new Span(_timer);
    }

    /// <summary>The viewer did not read.</summary>
    public bool IsExceeded { get; private set; }

    /// <summary>A send begins; it ends when the result is disposed of.</summary>
    public IDisposable Begin()
    {
        _timer.Change(_viewer.Options.SendLimit, Timeout.InfiniteTimeSpan);
        return _span;
    }

    public void Dispose() => _timer.Dispose();

    private void OnLate()
    {
        IsExceeded = true;
        _viewer.SentAway();
        _end.Cancel();
    }

    private sealed class Span(Timer timer) : IDisposable
    {
        public void Dispose() => timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}

/// <summary>
/// Keeps the kernel from taking seconds of pictures for a slow viewer: what is not sent yet stays in the GOP log, where it can still be skipped (tcp(7),
/// TCP_NOTSENT_LOWAT).
/// </summary>
internal static class ShortSendQueue
{
    private const int TcpLevel = 6;
    private const int NotSentLowWater = 25;

    /// <summary>A tenth of a second at 10 Mbit/s; what is on its way is not counted, so that a far viewer still gets full speed.</summary>
    private const int Bytes = 128 << 10;

    public static void Set(HttpContext http)
    {
        if (OperatingSystem.IsLinux() && http.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            socket.SetRawSocketOption(TcpLevel, NotSentLowWater, BitConverter.GetBytes(Bytes));
        }
    }
}
