using Rig.Media.Units;

namespace Rig.Media.Mp4;

/// <summary>A sample as the tables know it; times in the track's ticks, absolute on whatever line the table's owner uses.</summary>
internal readonly record struct TableSample(long DecodeTime, long PresentationTime, int Size, UnitFlags Flags);

/// <summary>So many samples in a row with the same value (an entry of `stts` or `ctts`).</summary>
internal readonly record struct SampleRun(int Count, int Value);

/// <summary>Samples that lie one behind the other in the file.</summary>
internal readonly record struct SampleChunk(long Offset, int Samples);

/// <summary>
/// The sample tables of one track while it grows: 4 bytes a sample for its size, one for what depends on it, runs for the times. Half
/// an hour of 60 fps with B-pictures takes 1.4 MB. Nothing is known here of boxes; <see cref="SampleTableBoxes"/> writes them.
/// </summary>
internal sealed class SampleTable
{
    /// <summary>Decode time of the newest sample.</summary>
    public long LastDecodeTime { get; private set; }

    public BlockList<int> Sizes { get; } = new();

    /// <summary>Decode time differences of all samples but the last.</summary>
    public BlockList<SampleRun> Durations { get; } = new();

    /// <summary>Presentation less decode time.</summary>
    public BlockList<SampleRun> Offsets { get; } = new();

    /// <summary>Numbers, from 1, of the key samples; empty as long as all are.</summary>
    public BlockList<int> Keys { get; } = new();

    /// <summary>Whether every sample is a key sample, as in sound and in intra-only video.</summary>
    public bool AllKeys { get; private set; } = true;

    public BlockList<byte> Disposable { get; } = new();

    public BlockList<SampleChunk> Chunks { get; } = new();

    public bool AnyDisposable { get; private set; }

    public bool AnyNegativeOffset { get; private set; }

    public bool AnyOffset { get; private set; }

    public int Count => Sizes.Count;

    /// <summary>Decode time of the first sample: the zero of the media time line in the closed file.</summary>
    public long FirstDecodeTime { get; private set; }

    public long FirstPresentationTime { get; private set; } = long.MaxValue;

    /// <summary>End of the sample that is presented last.</summary>
    public long PresentationEnd => Count == 0 ? 0 : LastPresentationTime + LastDuration;

    public long LastPresentationTime { get; private set; } = long.MinValue;

    /// <summary>Ticks that the last sample takes: as long as the one before unless told otherwise.</summary>
    public int LastDuration { get; set; }

    /// <summary>Ticks from the first decode time to the end of the last sample.</summary>
    public long Duration => Count == 0 ? 0 : LastDecodeTime - FirstDecodeTime + LastDuration;

    /// <summary>Presentation times of all samples, in decode order.</summary>
    public IEnumerable<long> PresentationTimes()
    {
        long time = FirstDecodeTime;
        (int duration, int durationLeft) = (0, 0);
        (int offset, int offsetLeft) = (0, 0);
        for (int sample = 0; sample < Count; sample++)
        {
            if (offsetLeft-- == 0)
            {
                offsetLeft = Offsets[offset++].Count - 1;
            }

            yield return time + Offsets[offset - 1].Value;
            if (sample + 1 == Count)
            {
                yield break;
            }

            if (durationLeft-- == 0)
            {
                durationLeft = Durations[duration++].Count - 1;
            }

            time += Durations[duration - 1].Value;
        }
    }

    public void BeginChunk(long offset) => Chunks.Add(new SampleChunk(offset, 0));

    /// <summary>Adds a sample to the newest chunk. Decode times never run backwards.</summary>
    public void Add(in TableSample sample)
    {
        if (Count == 0)
        {
            FirstDecodeTime = sample.DecodeTime;
        }
        else
        {
            LastDuration = (int)Math.Clamp(sample.DecodeTime - LastDecodeTime, 0, int.MaxValue);
            AddRun(Durations, LastDuration);
        }

        int offset = (int)Math.Clamp(sample.PresentationTime - sample.DecodeTime, int.MinValue, int.MaxValue);
        AddRun(Offsets, offset);
        AnyOffset |= offset != 0;
        AnyNegativeOffset |= offset < 0;
        Sizes.Add(sample.Size);
        bool disposable = (sample.Flags & UnitFlags.Disposable) != 0;
        Disposable.Add(disposable ? (byte)1 : (byte)0);
        AnyDisposable |= disposable;
        NoteKey((sample.Flags & UnitFlags.Key) != 0);
        LastDecodeTime = sample.DecodeTime;
        FirstPresentationTime = Math.Min(FirstPresentationTime, sample.PresentationTime);
        LastPresentationTime = Math.Max(LastPresentationTime, sample.PresentationTime);
        ref SampleChunk chunk = ref Chunks.Last;
        chunk = chunk with { Samples = chunk.Samples + 1 };
    }

    private void NoteKey(bool key)
    {
        if (AllKeys && !key)
        {
            AllKeys = false;
            for (int number = 1; number < Count; number++)
            {
                Keys.Add(number);
            }
        }
        else if (!AllKeys && key)
        {
            Keys.Add(Count);
        }
    }

    /// <summary>The earliest presentation time that is not before <paramref name="time"/>; null when there is none.</summary>
    public long? FirstPresentationFrom(long time)
    {
        long? earliest = null;
        long decode = FirstDecodeTime;
        (int run, int used) = (0, 0);
        (int durationRun, int durationUsed) = (0, 0);
        for (int i = 0; i < Count; i++)
        {
            long presentation = decode + Offsets[run].Value;
            if (presentation >= time && (earliest is null || presentation < earliest))
            {
                earliest = presentation;
            }

            if (++used == Offsets[run].Count)
            {
                (run, used) = (run + 1, 0);
            }

            if (durationRun < Durations.Count)
            {
                decode += Durations[durationRun].Value;
                if (++durationUsed == Durations[durationRun].Count)
                {
                    (durationRun, durationUsed) = (durationRun + 1, 0);
                }
            }
        }

        return earliest;
    }

    private static void AddRun(BlockList<SampleRun> runs, int value)
    {
        if (runs.Count > 0 && runs.Last.Value == value)
        {
            runs.Last = new SampleRun(runs.Last.Count + 1, value);
        }
        else
        {
            runs.Add(new SampleRun(1, value));
        }
    }
}
