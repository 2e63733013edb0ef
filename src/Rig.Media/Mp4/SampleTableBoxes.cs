namespace Rig.Media.Mp4;

/// <summary>
/// Writes a <see cref="SampleTable"/> as `stbl` (ISO/IEC 14496-12 8.5.1):
/// <code>
/// stbl
///  ├ stsd  sample entries            8.5.2
///  ├ stts  decode time differences   8.6.1.2
///  ├ ctts  composition offsets       8.6.1.3  (only with reordered pictures; version 1 when negative)
///  ├ stss  key samples               8.6.2    (only when some are not)
///  ├ sdtp  dependencies              8.6.4    (only when some are disposable)
///  ├ stsc  samples of a chunk        8.7.4
///  ├ stsz  sizes                     8.7.3.2
///  └ stco / co64  places of chunks   8.7.5    (64 bits when a chunk lies beyond 4 GB)
/// </code>
/// An empty table, as a fragmented file's `moov` has it, keeps the mandatory boxes with no entries.
/// </summary>
internal static class SampleTableBoxes
{
    public static void Write(BoxWriter to, ReadOnlySpan<byte> sampleDescription, SampleTable? table)
    {
        int stbl = to.Begin("stbl"u8);
        to.Bytes(sampleDescription);
        SampleTable samples = table ?? new SampleTable();
        WriteDurations(to, samples);
        if (samples.AnyOffset)
        {
            WriteOffsets(to, samples);
        }

        if (!samples.AllKeys)
        {
            WriteKeys(to, samples);
        }

        if (samples.AnyDisposable)
        {
            WriteDependencies(to, samples);
        }

        WriteChunkRuns(to, samples.Chunks);
        WriteSizes(to, samples.Sizes);
        WriteChunkOffsets(to, samples.Chunks);
        to.End(stbl);
    }

    /// <summary>At most this many bytes are written for the table, sample entries apart.</summary>
    public static long SizeBound(SampleTable table) =>
        256
        + (8L * (table.Durations.Count + 1))
        + (8L * table.Offsets.Count)
        + (4L * table.Keys.Count)
        + (5L * table.Count)
        + (20L * table.Chunks.Count);

    private static void WriteDurations(BoxWriter to, SampleTable samples)
    {
        int stts = to.BeginFull("stts"u8);
        int entries = samples.Durations.Count;
        bool joins = samples.Count > 0 && entries > 0 && samples.Durations.Last.Value == samples.LastDuration;
        bool extra = samples.Count > 0 && !joins;
        to.U32((uint)(entries + (extra ? 1 : 0)));
        for (int i = 0; i < entries; i++)
        {
            SampleRun run = samples.Durations[i];
            to.U32((uint)(run.Count + (joins && i == entries - 1 ? 1 : 0)));
            to.U32((uint)run.Value);
        }

        if (extra)
        {
            to.U32(1);
            to.U32((uint)samples.LastDuration);
        }

        to.End(stts);
    }

    private static void WriteOffsets(BoxWriter to, SampleTable samples)
    {
        int ctts = to.BeginFull("ctts"u8, samples.AnyNegativeOffset ? (byte)1 : (byte)0);
        to.U32((uint)samples.Offsets.Count);
        for (int i = 0; i < samples.Offsets.Count; i++)
        {
            to.U32((uint)samples.Offsets[i].Count);
            to.I32(samples.Offsets[i].Value);
        }

        to.End(ctts);
    }

    private static void WriteKeys(BoxWriter to, SampleTable samples)
    {
        int stss = to.BeginFull("stss"u8);
        to.U32((uint)samples.Keys.Count);
        for (int i = 0; i < samples.Keys.Count; i++)
        {
            to.U32((uint)samples.Keys[i]);
        }

        to.End(stss);
    }

    private static void WriteDependencies(BoxWriter to, SampleTable samples)
    {
        int sdtp = to.BeginFull("sdtp"u8);
        int nextKey = 0;
        for (int i = 0; i < samples.Count; i++)
        {
            bool key = samples.AllKeys || (nextKey < samples.Keys.Count && samples.Keys[nextKey] == i + 1);
            nextKey += key && !samples.AllKeys ? 1 : 0;
            to.U8(SampleFlags.Dependencies(key, samples.Disposable[i] != 0));
        }

        to.End(sdtp);
    }

    private static void WriteChunkRuns(BoxWriter to, BlockList<SampleChunk> chunks)
    {
        int stsc = to.BeginFull("stsc"u8);
        int countAt = to.Length;
        to.U32(0);
        uint entries = 0;
        int last = 0;
        for (int i = 0; i < chunks.Count; i++)
        {
            if (chunks[i].Samples != last)
            {
                last = chunks[i].Samples;
                to.U32((uint)i + 1);
                to.U32((uint)last);
                to.U32(1);
                entries++;
            }
        }

        to.PatchU32(countAt, entries);
        to.End(stsc);
    }

    private static void WriteSizes(BoxWriter to, BlockList<int> sizes)
    {
        int stsz = to.BeginFull("stsz"u8);
        to.U32(0);
        to.U32((uint)sizes.Count);
        for (int i = 0; i < sizes.Count; i++)
        {
            to.U32((uint)sizes[i]);
        }

        to.End(stsz);
    }

    private static void WriteChunkOffsets(BoxWriter to, BlockList<SampleChunk> chunks)
    {
        bool wide = chunks.Count > 0 && chunks.Last.Offset > uint.MaxValue;
        int box = to.BeginFull(wide ? "co64"u8 : "stco"u8);
        to.U32((uint)chunks.Count);
        for (int i = 0; i < chunks.Count; i++)
        {
            to.Sized(wide, chunks[i].Offset);
        }

        to.End(box);
    }
}

/// <summary>What depends on a sample (ISO/IEC 14496-12 8.6.4 and 8.8.3.1).</summary>
internal static class SampleFlags
{
    /// <summary>sample_is_non_sync_sample of 8.8.3.1.</summary>
    public const uint NonSync = 0x0001_0000;

    /// <summary>sample_depends_on = 2: depends on no other sample.</summary>
    public const uint Sync = 0x0200_0000;

    /// <summary>The byte of `sdtp`: sample_depends_on (2 = on none, 1 = on others), sample_is_depended_on (2 = by none, 0 = unknown).</summary>
    public static int Dependencies(bool key, bool disposable) => ((key ? 2 : 1) << 4) | ((disposable ? 2 : 0) << 2);

    /// <summary>The 32 bits of `trun`, `tfhd` and `trex`.</summary>
    public static uint Of(bool key, bool disposable) => ((uint)Dependencies(key, disposable) << 20) | (key ? 0 : NonSync);
}
