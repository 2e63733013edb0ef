using System.Runtime.CompilerServices;
using Rig.Media.Codecs;
using Rig.Media.Formats;
using Rig.Media.Mp4;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Log;

namespace Rig.Streams.Live;

/// <summary>
/// One camera for one viewer as fragmented MP4, a fragment each unit: from the newest key unit on, with everything that happens on the way. The viewer's own are its
/// place in the log and a head of some hundred bytes; the payload is the log's. One consumer.
/// </summary>
public sealed class LiveFeed : IDisposable
{
    /// <summary>A camera whose sound is gone for so long loses its audio track: players wait for what was announced.</summary>
    private static readonly MediaSpan AudioPatience = MediaSpan.FromSeconds(2);

    private readonly LiveReader _reader;
    private readonly bool _withAudio;
    private readonly LivePiece.Fragment _fragment = new();
    private FormatSet? _formats;

    /// <summary>What the viewer was told last.</summary>
    private FormatSet? _announced;
    private LiveMp4Writer? _writer;
    private UtcInstant _epoch = UtcInstant.Unknown;
    private UtcInstant _lastAudio = UtcInstant.Unknown;
    private LiveFormatReason? _due = LiveFormatReason.Start;
    private bool _audioGone;
    private bool _repeat;
    private int _generation;

    /// <param name="withAudio">False: only pictures.</param>
    public LiveFeed(LiveViewer viewer, bool withAudio = true) => (_reader, _withAudio) = (new LiveReader(viewer), withAudio);

    /// <summary>The next piece. Ends by cancellation only.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<LivePiece> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (_repeat)
            {
                _repeat = false;
                if (OnUnit() is { } held)
                {
                    return held;
                }
            }

            switch (await _reader.NextAsync(cancellation))
            {
                case LiveEvent.Unit when OnUnit() is { } piece:
                    return piece;
                case LiveEvent.Gap:
                    return new LivePiece.Gap(_reader.Item.Gap!);
                case LiveEvent.Silent:
                    return new LivePiece.Away(Restarting: false);
                case LiveEvent.Restarting:
                    return new LivePiece.Away(Restarting: true);
                case LiveEvent.Back:
                    return new LivePiece.Back();
                case LiveEvent.Restarted:
                    Restart();
                    return new LivePiece.Back();
                default:
                    break;
            }
        }
    }

    public void Dispose() => _reader.Dispose();

    private void Restart()
    {
        _due = _generation == 0 ? LiveFormatReason.Start : LiveFormatReason.Restart;
        (_writer, _formats, _announced, _lastAudio, _audioGone) = (null, null, null, UtcInstant.Unknown, false);
    }

    /// <summary>The fragment of the present unit, or the format that must come before it; null when the viewer does not get it.</summary>
    private LivePiece? OnUnit()
    {
        LogItem item = _reader.Item;
        AccessUnit unit = item.Unit;
        bool isKey = unit.IsKey && unit.Track == item.Formats.MainTrack;
        if (!ReferenceEquals(item.Formats, _formats))
        {
            _formats = item.Formats;
            if (_announced is null || !_formats.IsSameStreamsAs(_announced))
            {
                _due ??= LiveFormatReason.Change;
            }
            else
            {
                _announced = _formats;
            }
        }

        WatchAudio(in unit, item);
        if (_due is { } reason && isKey)
        {
            _due = null;
            _repeat = true;
            return Announce(item, reason);
        }

        return _writer is { } writer && writer.Has(unit.Track) && IsAsAnnounced(unit.Track) ? Fragment(writer, in unit, isKey) : null;
    }

    private LivePiece.Fragment Fragment(LiveMp4Writer writer, in AccessUnit unit, bool isKey)
    {
        _fragment.Head = writer.Fragment([unit]).Head;
        _fragment.Unit = unit;
        _fragment.MediaTime = writer.MediaTimeOf(in unit);
        _fragment.IsKey = isKey;
        return _fragment;
    }

    private LivePiece Announce(in LogItem item, LiveFormatReason reason)
    {
        FormatSet formats = item.Formats;
        _announced = formats;
        TrackFormat?[] chosen = new TrackFormat?[formats.Count];
        List<LiveFormatTrack> tracks = [];
        List<TrackFormat> left = [];
        for (int track = 0; track < formats.Count; track++)
        {
            if (formats[track] is not { } format || (format.Kind == TrackKind.Audio && (!_withAudio || _audioGone)))
            {
                continue;
            }

            bool isSecond = tracks.Exists(known => known.Format.Kind == format.Kind);
            if (!isSecond && CodecStrings.Of(format) is { } codec)
            {
                chosen[track] = format;
                tracks.Add(new LiveFormatTrack(track + 1, codec, format));
            }
            else
            {
                left.Add(format);
            }
        }

        bool playable = tracks.Count > 0;
        if (playable && !_epoch.IsKnown)
        {
            _epoch = item.Unit.Capture;
        }

        _writer = playable ? new LiveMp4Writer(chosen, _epoch, _writer) : null;
        _lastAudio = item.Unit.Capture;
        string mime = playable
            ? $"{(tracks.Exists(known => known.Format.Kind == TrackKind.Video) ? "video" : "audio")}/mp4; codecs=\"{string.Join(',', tracks.Select(track => track.Codec))}\""
            : "";
        return new LivePiece.Format(new LiveFormat(++_generation, reason, mime, tracks, left, _writer?.Init() ?? default));
    }

    /// <summary>Whether a track still is what the viewer was told; what is not waits for the next key unit.</summary>
    private bool IsAsAnnounced(int track) =>
        ReferenceEquals(_formats, _announced)
        || (_announced?[track] is { } told && _formats?[track] is { } now && told.IsSameStreamAs(now));

    private void WatchAudio(in AccessUnit unit, in LogItem item)
    {
        if (!_withAudio || !unit.Capture.IsKnown || item.Formats[unit.Track] is not { } format)
        {
            return;
        }

        if (format.Kind == TrackKind.Audio)
        {
            _lastAudio = unit.Capture;
            if (_audioGone)
            {
                _audioGone = false;
                _due ??= LiveFormatReason.AudioBack;
            }
        }
        else if (!_audioGone && HasAudio() && _lastAudio.IsKnown && unit.Capture - _lastAudio > AudioPatience)
        {
            _audioGone = true;
            _due ??= LiveFormatReason.AudioLost;
        }
    }

    private bool HasAudio()
    {
        for (int track = 0; track < (_announced?.Count ?? 0); track++)
        {
            if (_announced![track]?.Kind == TrackKind.Audio && _writer?.Has(track) == true)
            {
                return _formats?.HasVideo == true;
            }
        }

        return false;
    }
}
