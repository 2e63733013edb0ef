using System.Runtime.CompilerServices;
using Rig.Media.Mp4;
using Rig.Media.Units;
using Rig.Streams.Log;

namespace Rig.Streams.Live;

/// <summary>
/// One camera for one viewer as fragmented MP4, a fragment each unit: from the newest key unit on, with everything that happens on the way. The viewer's own are its
/// place in the log and a head of some hundred bytes; the payload is the log's. One consumer.
/// </summary>
public sealed class LiveFeed : IDisposable
{
    private readonly LiveReader _reader;
    private readonly LiveTracks _tracks;
    private readonly LivePiece.Fragment _fragment = new();
    private bool _isAnnounced;

    /// <param name="withAudio">False: only pictures.</param>
    public LiveFeed(LiveViewer viewer, bool withAudio = true) => (_reader, _tracks) = (new LiveReader(viewer), new LiveTracks(withAudio));

    /// <summary>The next piece. Ends by cancellation only.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<LivePiece> NextAsync(CancellationToken cancellation)
    {
        if (_isAnnounced)
        {
            // The unit that the format was announced for is still the reader's.
            _isAnnounced = false;
            if (Fragment() is { } first)
            {
                return first;
            }
        }

        while (true)
        {
            switch (await _reader.NextAsync(cancellation))
            {
                case LiveEvent.Unit when _tracks.Look(_reader.Item) is { } format:
                    _isAnnounced = true;
                    return new LivePiece.Format(format);
                case LiveEvent.Unit when Fragment() is { } fragment:
                    return fragment;
                case LiveEvent.Gap:
                    return new LivePiece.Gap(_reader.Item.Gap!);
                case LiveEvent.Silent:
                    return new LivePiece.Away(Restarting: false);
                case LiveEvent.Restarting:
                    return new LivePiece.Away(Restarting: true);
                case LiveEvent.Back:
                    return new LivePiece.Back();
                case LiveEvent.Restarted:
                    _tracks.Restart();
                    return new LivePiece.Back();
                default:
                    break;
            }
        }
    }

    public void Dispose() => _reader.Dispose();

    /// <summary>The present unit as a fragment; null when the viewer does not get it.</summary>
    private LivePiece.Fragment? Fragment()
    {
        LogItem item = _reader.Item;
        AccessUnit unit = item.Unit;
        if (!_tracks.Includes(in unit) || _tracks.Writer is not { } writer)
        {
            return null;
        }

        _fragment.Head = writer.Fragment([unit]).Head;
        _fragment.Unit = unit;
        _fragment.MediaTime = writer.MediaTimeOf(in unit);
        _fragment.IsKey = unit.IsKey && unit.Track == item.Formats.MainTrack;
        return _fragment;
    }
}
