using Rig.Media.Formats;
using Rig.Media.Units;

namespace Rig.Media;

/// <summary>
/// Where access units go: what a demuxer writes to, a timeline passes on, a GOP log stores. Called from one thread at a time, in decode
/// order of each track. Implementations must not throw for anything that a stream may contain.
/// </summary>
public interface IAccessUnitSink
{
    /// <summary>The format of a track; comes before its first unit and again whenever it changes. Tracks are numbered from 0 without holes.</summary>
    void OnFormat(int track, TrackFormat format);

    /// <summary>
    /// The container says what it carries; again when that changes, never when it has no such table. What is announced and silent never gets
    /// a format. Sinks that pass units on pass this on too.
    /// </summary>
    void OnContents(StreamContents contents) { }

    /// <summary>A unit. One reference to its memory passes to the sink, which must release it.</summary>
    void OnUnit(in AccessUnit unit);

    /// <summary>Something was wrong with the input and was survived.</summary>
    void OnFault(in StreamFault fault);
}
