using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Timelines;

/// <summary>
/// Turns the clocks of the wire into one continuous time line per camera: a sink that passes everything on to another one.
/// Video and data get 90 kHz ticks, audio its sample rate and counted samples; decode times rise strictly, presentation times are
/// never before them, clocks of 33 and 32 bits are unwrapped, and all tracks share one origin. MPEG-TS without jumps keeps its own
/// values. Every unit gets a capture instant. Takes the time from the units' arrivals, has no clock of its own. One thread.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>A jump of more than 10 s, or backwards beyond the reorder depth, is a discontinuity: the unit is flagged, the line goes on by
/// the spacing of arrivals, and the other tracks of the same clock follow to the same place.</item>
/// <item>Tracks with a clock each (RTP) are laid beside the first video track by their capture instants.</item>
/// <item>Units without any time follow the last one by its duration.</item>
/// </list>
/// </remarks>
public sealed class Timeline(IAccessUnitSink sink) : IAccessUnitSink
{
    private const int RtpClockBits = 32;

    private readonly TrackTimeline?[] _tracks = new TrackTimeline?[StreamLimits.Tracks];
    private readonly ClockDomain _shared = new();
    private ClockDomain? _reference;

    public TimelineStatistics Statistics { get; } = new();

    /// <summary>
    /// How much faster the camera's clock runs than this node's, in millionths: the slope of a straight line through the minima of
    /// arrival less media time, one for every 2 s of the last 8 minutes. Null for the first 10 s, and when the input is not
    /// paced by its clock (a file read at full speed). Within 5 ppm after a minute on a network with 5 ms of jitter.
    /// </summary>
    public double? DriftPpm => (_reference ?? _shared).Transit.DriftPpm;

    /// <summary>
    /// The clock that arrivals are taken from was moved: capture instants go on by the new one from the next unit on, presentation times,
    /// alignment of the tracks and <see cref="DriftPpm"/> stay as they are.
    /// </summary>
    public void ShiftArrivals(MediaSpan by)
    {
        HashSet<ClockDomain> domains = [_shared];
        foreach (TrackTimeline track in _tracks.OfType<TrackTimeline>())
        {
            track.ShiftCaptures(by.Nanoseconds);
            domains.Add(track.Domain);
        }

        foreach (ClockDomain domain in domains)
        {
            domain.Shift(by.Nanoseconds);
        }
    }

    /// <inheritdoc/>
    public void OnFormat(int track, TrackFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        if ((uint)track >= (uint)_tracks.Length)
        {
            return;
        }

        TrackTimeline? before = _tracks[track];
        if (before is null || !before.TryChange(format))
        {
            ClockDomain domain = format.ClockBits == RtpClockBits ? new ClockDomain() : _shared;
            _tracks[track] = new TrackTimeline(format, domain, Statistics, before);
            _reference =
                Array.Find(_tracks, candidate => candidate?.Kind == TrackKind.Video)?.Domain
                ?? Array.Find(_tracks, candidate => candidate is not null)!.Domain;
        }

        sink.OnFormat(track, _tracks[track]!.Format);
    }

    /// <inheritdoc/>
    public void OnContents(StreamContents contents) => sink.OnContents(contents);

    /// <inheritdoc/>
    public void OnUnit(in AccessUnit unit)
    {
        if ((uint)unit.Track >= (uint)_tracks.Length || _tracks[unit.Track] is not { } track)
        {
            unit.Release();
            return;
        }

        AccessUnit placed = track.Place(unit, _reference ?? _shared, out bool jumped);
        if (jumped)
        {
            sink.OnFault(
                new StreamFault(
                    StreamFaultKind.ClockJump,
                    unit.Track,
                    -1,
                    "Decode time jumped by more than 10 s, or backwards beyond the reorder depth."
                )
            );
        }

        sink.OnUnit(placed);
    }

    /// <inheritdoc/>
    public void OnFault(in StreamFault fault) => sink.OnFault(fault);
}
