using System.Runtime.CompilerServices;
using Rig.Media.Time;
using Rig.Streams.Log;

namespace Rig.Streams.Live;

/// <summary>What happens in a camera's stream as a live reader sees it.</summary>
public enum LiveEvent
{
    /// <summary>A unit; see <see cref="LiveReader.Item"/>.</summary>
    Unit,

    /// <summary>Units were lost to this reader; the next one is a key unit. See <see cref="LiveReader.Item"/>.</summary>
    Gap,

    /// <summary>No units come.</summary>
    Silent,

    /// <summary>Units come again after <see cref="Silent"/>.</summary>
    Back,

    /// <summary>The camera is being made anew: its log has ended, the next one is waited for.</summary>
    Restarting,

    /// <summary>The camera has a new log; its units have other time lines.</summary>
    Restarted,
}

/// <summary>
/// Reads one camera for one viewer from the newest key unit on, over silences and through the camera's new lives. One consumer.
/// </summary>
public sealed class LiveReader : IDisposable
{
    /// <summary>Units taken at a time; each keeps memory while a slow viewer holds it.</summary>
    private const int AtATime = 4;

    private readonly LiveViewer _viewer;
    private readonly LogReaderOptions _options;
    private readonly MediaSpan _back;
    private readonly LogItem[] _items = new LogItem[AtATime];
    private LogReader? _reader;
    private long _missed;
    private int _next;
    private int _count;
    private bool _isAway;
    private bool _isRestarting;
    private bool _holdsItem;

    public LiveReader(LiveViewer viewer)
        : this(viewer, MediaSpan.Zero) { }

    /// <param name="back">How far back it begins, as far as the log reaches; it may be behind by so much more.</param>
    public LiveReader(LiveViewer viewer, MediaSpan back)
    {
        ArgumentNullException.ThrowIfNull(viewer);
        (_viewer, _back) = (viewer, back);
        _options = new LogReaderOptions { LagLimit = viewer.Options.Lag + back + back, Strategy = viewer.Options.Strategy };
    }

    /// <summary>Of <see cref="LiveEvent.Unit"/> and <see cref="LiveEvent.Gap"/>; valid, and its unit alive, until the next call.</summary>
    public LogItem Item { get; private set; }

    /// <summary>The next event. Ends by cancellation only.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<LiveEvent> NextAsync(CancellationToken cancellation)
    {
        LetGo();
        while (true)
        {
            if (_next < _count)
            {
                return Take();
            }

            if (_reader is null)
            {
                if (await OpenAsync(cancellation) is { } opened)
                {
                    return opened;
                }

                continue;
            }

            (_next, _count) = (0, _reader.TryRead(_items));
            CountMissed(_reader);
            if (_isAway && _count > 0)
            {
                _isAway = false;
                return LiveEvent.Back;
            }

            if (_count == 0 && !_isAway && _viewer.Watched.IsSilent)
            {
                _isAway = true;
                return LiveEvent.Silent;
            }

            if (_count == 0 && !await _reader.WaitToReadAsync(cancellation))
            {
                Close();
            }
        }
    }

    public void Dispose()
    {
        LetGo();
        while (_next < _count)
        {
            _items[_next++].Release();
        }

        Close();
    }

    private LiveEvent Take()
    {
        Item = _items[_next++];
        _holdsItem = Item.Gap is null;
        return _holdsItem ? LiveEvent.Unit : LiveEvent.Gap;
    }

    private void CountMissed(LogReader reader)
    {
        if (reader.MissedUnits != _missed)
        {
            _viewer.Missed(reader.MissedUnits - _missed);
            _missed = reader.MissedUnits;
        }
    }

    private void LetGo()
    {
        if (_holdsItem)
        {
            _holdsItem = false;
            Item.Release();
        }
    }

    /// <summary>Opens a reader on the camera's log, if there is one; says what is to be told of it.</summary>
    private async ValueTask<LiveEvent?> OpenAsync(CancellationToken cancellation)
    {
        GopLog? log = _viewer.Logs.Find(_viewer.Camera);
        if (log is null && !_isRestarting)
        {
            _isRestarting = true;
            return LiveEvent.Restarting;
        }

        log ??= await _viewer.Logs.WaitAsync(_viewer.Camera, cancellation);
        LogPosition start =
            _back > MediaSpan.Zero && log.NewestCapture.IsKnown ? LogPosition.AtCapture(log.NewestCapture - _back) : LogPosition.NewestKey;
        _reader = log.OpenReader(start, _options);
        _viewer.Reader = _reader;
        bool again = _isRestarting;
        _isRestarting = false;
        return again ? LiveEvent.Restarted : null;
    }

    private void Close()
    {
        _viewer.Reader = null;
        _reader?.Dispose();
        (_reader, _missed) = (null, 0);
        _isAway = false;
    }
}
