using Rig.Streams.Log;

namespace Rig.Streams.Live;

/// <summary>A viewer's place in the <see cref="LiveHub"/>, by which it is counted. Leaves when disposed of.</summary>
public sealed class LiveViewer : IDisposable
{
    private readonly LiveHub _hub;
    private readonly OutputTally _tally;
    private LogReader? _reader;
    private int _disposed;

    internal LiveViewer(LiveHub hub, WatchedCamera watched, LiveOutput output, OutputTally tally) =>
        (_hub, Watched, Output, _tally) = (hub, watched, output, tally);

    public string Camera => Watched.Id;

    public LiveOutput Output { get; }

    public LiveOptions Options => _hub.Options;

    internal WatchedCamera Watched { get; }

    internal CameraLogs Logs => _hub.Logs;

    /// <summary>What is woken when the camera falls silent or speaks again.</summary>
    internal LogReader? Reader
    {
        get => Volatile.Read(ref _reader);
        set => Volatile.Write(ref _reader, value);
    }

    /// <summary>Bytes went to the viewer.</summary>
    public void Sent(long bytes) => _tally.Sent(bytes);

    /// <summary>The viewer did not get so many units.</summary>
    public void Missed(long units) => _tally.Miss(units);

    /// <summary>The viewer did not read for too long.</summary>
    public void SentAway() => _tally.SendAway();

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _tally.Leave();
            _hub.Leave(this);
        }
    }
}
