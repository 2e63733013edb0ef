namespace Rig.Media.Mp4;

/// <summary>
/// Steps through the samples of several tracks of a file in the order in which a live source would give them out: by decode time on the
/// common presentation line. Costs nothing per sample; any number of cursors may share a file.
/// </summary>
public sealed class Mp4SampleCursor
{
    private readonly Mp4Track[] _tracks;
    private readonly int[] _next;

    /// <param name="tracks">Tracks of one file.</param>
    public Mp4SampleCursor(IEnumerable<Mp4Track> tracks)
    {
        _tracks = [.. tracks];
        _next = new int[_tracks.Length];
    }

    /// <summary>The next sample and the index of its track in the given tracks; false at the end.</summary>
    public bool TryNext(out int track, out Mp4Sample sample)
    {
        track = -1;
        sample = default;
        for (int i = 0; i < _tracks.Length; i++)
        {
            if (_next[i] < _tracks[i].Count && (track < 0 || IsEarlier(i, track)))
            {
                track = i;
            }
        }

        if (track < 0)
        {
            return false;
        }

        sample = _tracks[track][_next[track]++];
        return true;
    }

    /// <summary>Back to the first sample.</summary>
    public void Rewind() => Array.Clear(_next);

    /// <summary>Compares a/scale(a) with b/scale(b) without rounding.</summary>
    private bool IsEarlier(int left, int right) =>
        (Int128)DecodeTime(left) * _tracks[right].Timescale.TicksPerSecond
        < (Int128)DecodeTime(right) * _tracks[left].Timescale.TicksPerSecond;

    private long DecodeTime(int index)
    {
        Mp4Track track = _tracks[index];
        return track[_next[index]].DecodeTime + track.PresentationShift;
    }
}
