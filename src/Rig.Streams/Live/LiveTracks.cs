using Rig.Media.Codecs;
using Rig.Media.Formats;
using Rig.Media.Mp4;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Log;

namespace Rig.Streams.Live;

/// <summary>
/// Decides which tracks of a camera a stream of fragmented MP4 has: the first picture track and the first sound track that players know. A change takes effect at
/// a key unit, where players can take it; what would not fit before is left out. One thread.
/// </summary>
/// <param name="withAudio">False: only pictures.</param>
internal sealed class LiveTracks(bool withAudio)
{
    /// <summary>A camera whose sound is gone for so long loses its audio track: players wait for what was announced.</summary>
    private static readonly MediaSpan AudioPatience = MediaSpan.FromSeconds(2);

    private FormatSet? _formats;

    /// <summary>What was announced last.</summary>
    private FormatSet? _announced;
    private UtcInstant _epoch = UtcInstant.Unknown;
    private UtcInstant _lastAudio = UtcInstant.Unknown;
    private LiveFormatReason? _due = LiveFormatReason.Start;
    private bool _audioGone;
    private bool _hasAudio;
    private int _generation;

    /// <summary>Writes the stream's fragments; null before the first format and when nothing can be played.</summary>
    public LiveMp4Writer? Writer { get; private set; }

    /// <summary>The track whose key units begin anything new; -1 before the first format.</summary>
    public int Leading { get; private set; } = -1;

    /// <summary>The camera has a new log with other time lines.</summary>
    public void Restart()
    {
        _due = _generation == 0 ? LiveFormatReason.Start : LiveFormatReason.Restart;
        (Writer, _formats, _announced, _lastAudio) = (null, null, null, UtcInstant.Unknown);
        (_audioGone, _hasAudio) = (false, false);
    }

    /// <summary>Takes note of a unit. Returns the format that begins with it, if one does.</summary>
    public LiveFormat? Look(in LogItem item)
    {
        AccessUnit unit = item.Unit;
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

        WatchAudio(in unit, _formats);
        if (_due is not { } reason || !unit.IsKey || unit.Track != _formats.MainTrack)
        {
            return null;
        }

        _due = null;
        return Announce(in unit, _formats, reason);
    }

    /// <summary>Whether a unit is part of the stream as it was announced.</summary>
    public bool Includes(in AccessUnit unit) =>
        Writer is { } writer
        && writer.Has(unit.Track)
        && (
            ReferenceEquals(_formats, _announced)
            || (_announced?[unit.Track] is { } told && _formats?[unit.Track] is { } now && told.IsSameStreamAs(now))
        );

    private LiveFormat Announce(in AccessUnit unit, FormatSet formats, LiveFormatReason reason)
    {
        TrackFormat?[] chosen = new TrackFormat?[formats.Count];
        List<LiveFormatTrack> tracks = [];
        List<TrackFormat> left = [];
        for (int track = 0; track < formats.Count; track++)
        {
            if (formats[track] is not { } format || (format.Kind == TrackKind.Audio && (!withAudio || _audioGone)))
            {
                continue;
            }

            if (!tracks.Exists(known => known.Format.Kind == format.Kind) && CodecStrings.Of(format) is { } codec)
            {
                chosen[track] = format;
                tracks.Add(new LiveFormatTrack(track + 1, codec, format));
            }
            else
            {
                left.Add(format);
            }
        }

        _announced = formats;
        _lastAudio = unit.Capture;
        _epoch = _epoch.IsKnown ? _epoch : unit.Capture;
        LiveFormatTrack? picture = tracks.Find(track => track.Format.Kind == TrackKind.Video);
        _hasAudio = picture is not null && tracks.Count > 1;
        Leading = (picture ?? tracks.FirstOrDefault())?.Id - 1 ?? -1;
        Writer = tracks.Count > 0 ? new LiveMp4Writer(chosen, _epoch, Writer) : null;
        string codecs = string.Join(',', tracks.Select(track => track.Codec));
        string mime = tracks.Count == 0 ? "" : $"{(picture is null ? "audio" : "video")}/mp4; codecs=\"{codecs}\"";
        return new LiveFormat(++_generation, reason, mime, tracks, left, Writer?.Init() ?? default);
    }

    private void WatchAudio(in AccessUnit unit, FormatSet formats)
    {
        if (!withAudio || !unit.Capture.IsKnown || formats[unit.Track] is not { } format)
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
        else if (_hasAudio && !_audioGone && _lastAudio.IsKnown && unit.Capture - _lastAudio > AudioPatience)
        {
            _audioGone = true;
            _due ??= LiveFormatReason.AudioLost;
        }
    }
}
