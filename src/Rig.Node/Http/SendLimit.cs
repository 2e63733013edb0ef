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
