using Rig.Media.Formats;
using Rig.Media.Mp4;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Log;

namespace Rig.Streams.Live.Hls;

/// <summary>
/// Cuts a camera's units into parts and segments: a part ends before the picture that would make it longer than the part target, a segment at the first key picture after
/// the least length. One thread; the window is changed under the lock it is given.
/// </summary>
internal sealed class HlsCutter(HlsWindow window, HlsOptions options, Lock gate)
{
    /// <summary>A segment is cut without a key picture when it is this much longer than wanted: the longest distance of key pictures in the field.</summary>
    private static readonly MediaSpan LongestSegment = MediaSpan.FromSeconds(10);

    /// <summary>A picture that comes so much later than the one before it continues nothing: a part of that length would be promised to players for ever after.</summary>
    private static readonly MediaSpan LongestHole = MediaSpan.FromSeconds(2);

    /// <summary>A segment is cut when it takes this part of the camera's memory, so that the oldest can go.</summary>
    private const int SegmentsPerLimit = 4;

    private readonly LiveTracks _tracks = new(withAudio: true);
    private readonly List<AccessUnit> _pending = [];
    private LiveFormat? _format;

    /// <summary>Of the format that the pending units have; the tracks' own may already be the next one's.</summary>
    private LiveMp4Writer? _writer;
    private int _leading = -1;
    private Timescale _scale = Timescale.Mpeg;
    private long _pictureTicks = 1;
    private MediaTime _partStart = MediaTime.Unknown;
    private bool _isBroken;
    private long _pendingBytes;

    /// <summary>The newest format; null before the first one.</summary>
    public LiveFormat? Format => Volatile.Read(ref _format);

    /// <summary>What comes next does not continue what came before.</summary>
    public void Break()
    {
        ClosePart(null);
        lock (gate)
        {
            EndSegment();
        }

        _isBroken = true;
        _partStart = MediaTime.Unknown;
    }

    /// <summary>The camera has a new log with other time lines.</summary>
    public void Restart()
    {
        Break();
        _tracks.Restart();
    }

    /// <summary>Takes a unit; holds a reference of its own. True when the window has changed.</summary>
    public bool Take(in LogItem item)
    {
        long before = window.Version;
        if (_tracks.Look(in item) is { } format)
        {
            Break();
            Begin(format);
        }

        AccessUnit unit = item.Unit;
        if (_tracks.Includes(in unit))
        {
            if (unit.Track == _leading)
            {
                OnPicture(in unit);
            }

            if (_partStart.IsKnown)
            {
                unit.AddReference();
                _pending.Add(unit);
                _pendingBytes += unit.Length;
            }
        }

        return window.Version != before;
    }

    public void Dispose()
    {
        _pending.ForEach(unit => unit.Release());
        _pending.Clear();
    }

    private void Begin(LiveFormat format)
    {
        Volatile.Write(ref _format, format);
        (_writer, _leading) = (_tracks.Writer, _tracks.Leading);
        if (_leading < 0)
        {
            return;
        }

        TrackFormat leading = format.Tracks.First(track => track.Id == _leading + 1).Format;
        _scale = leading.Timescale;
        _pictureTicks = leading.NominalUnitTicks();
        lock (gate)
        {
            window.SetFormat(
                format.Generation,
                format.Init,
                leading.Video is { FrameRate: null } ? MediaSpan.Zero : _scale.ToSpan(_pictureTicks)
            );
        }
    }

    private void OnPicture(in AccessUnit unit)
    {
        MediaTime at = unit.DecodeTime;
        if (_partStart.IsKnown && IsHole(in unit))
        {
            Break();
        }

        bool begins = !_partStart.IsKnown;
        if (begins && !unit.IsKey)
        {
            return;
        }

        if (!begins)
        {
            MediaSpan part = _scale.ToSpan(at - _partStart);
            bool endsSegment = EndsSegment(part, unit.IsKey);
            if (!endsSegment && part + _scale.ToSpan(_pictureTicks - (_pictureTicks / 20)) <= window.PartTarget)
            {
                return;
            }

            ClosePart(at);
            begins = endsSegment;
        }

        _partStart = at;
        if (begins)
        {
            lock (gate)
            {
                EndSegment();
                window.Begin(unit.Capture, _format!.Generation, _isBroken);
            }

            _isBroken = false;
        }
    }

    private bool IsHole(in AccessUnit unit)
    {
        MediaSpan longest = new(Math.Max(LongestHole.Nanoseconds, 4 * window.PartTarget.Nanoseconds));
        return (unit.Flags & UnitFlags.Discontinuity) != 0 || _scale.ToSpan(unit.DecodeTime - _partStart) > longest;
    }

    private bool EndsSegment(MediaSpan part, bool isKey)
    {
        MediaSpan length = (window.Open?.Duration ?? MediaSpan.Zero) + part;
        long bytes = (window.Open?.Length ?? 0) + _pendingBytes;
        bool isLong = length + _scale.ToSpan(_pictureTicks / 2) >= options.Segment;
        return (isKey && isLong) || length >= options.Segment + LongestSegment || bytes > options.CameraBytes / SegmentsPerLimit;
    }

    private void EndSegment()
    {
        if (window.Open is { Parts.Count: > 0 })
        {
            window.End();
        }
    }

    /// <summary>Makes a part of the pending units.</summary>
    /// <param name="end">Decode time of the picture after them; null when it is not known.</param>
    private void ClosePart(MediaTime? end)
    {
        if (_pending.Count == 0 || _writer is not { } writer)
        {
            return;
        }

        AccessUnit[] units = [.. _pending];
        Mp4Fragment fragment = writer.Fragment(units, end);
        AccessUnit[] ordered = [.. fragment.Order.ToArray().Select(index => units[index])];
        AccessUnit last = units.Last(unit => unit.Track == _leading);
        MediaTime after = end ?? last.DecodeTime + _pictureTicks;
        bool isIndependent = Array.Exists(units, unit => unit.Track == _leading && unit.IsKey);
        HlsPart made = new(fragment.Head.ToArray(), ordered, _scale.ToSpan(after - _partStart), isIndependent);
        _pending.Clear();
        _pendingBytes = 0;
        lock (gate)
        {
            window.Add(made);
        }
    }
}
