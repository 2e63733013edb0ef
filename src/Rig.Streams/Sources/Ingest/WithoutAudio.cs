using Rig.Media;
using Rig.Media.Formats;
using Rig.Media.Units;

namespace Rig.Streams.Sources.Ingest;

/// <summary>Leaves out the audio tracks of a camera whose sound is not wanted, and numbers the others without holes.</summary>
internal sealed class WithoutAudio(IAccessUnitSink sink) : IAccessUnitSink
{
    private const int LeftOut = -1;

    private readonly int[] _numbers = new int[StreamLimits.Tracks];
    private readonly bool[] _known = new bool[StreamLimits.Tracks];
    private int _next;

    public void OnFormat(int track, TrackFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        if ((uint)track >= (uint)_known.Length)
        {
            return;
        }

        if (!_known[track])
        {
            _known[track] = true;
            _numbers[track] = format.Kind == TrackKind.Audio ? LeftOut : _next++;
        }

        if (_numbers[track] != LeftOut)
        {
            sink.OnFormat(_numbers[track], format);
        }
    }

    public void OnContents(StreamContents contents) => sink.OnContents(contents with { Audio = 0 });

    public void OnUnit(in AccessUnit unit)
    {
        if ((uint)unit.Track < (uint)_known.Length && _known[unit.Track] && _numbers[unit.Track] != LeftOut)
        {
            sink.OnUnit(unit with { Track = _numbers[unit.Track] });
        }
        else
        {
            unit.Release();
        }
    }

    public void OnFault(in StreamFault fault) => sink.OnFault(fault);
}
