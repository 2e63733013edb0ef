using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Mp4;

/// <summary>The samples of one track in one fragment.</summary>
/// <param name="DecodeTime">Decode time of the first on the file's line.</param>
/// <param name="Duration">Of the last; the others' follow from their successors.</param>
internal readonly record struct FragmentTrack(uint Id, bool IsVideo, long DecodeTime, int Duration, ReadOnlyMemory<TableSample> Samples);

/// <summary>
/// Writes the head of a fragment:
/// <code>
/// prft                wall clock of the first picture   ISO/IEC 14496-12 8.16.5
/// moof                                                  8.8.4
///  ├ mfhd             sequence number                   8.8.5
///  └ traf             (each track that has samples)     8.8.6
///     ├ tfhd          default-base-is-moof              8.8.7
///     ├ tfdt          64-bit decode time                8.8.12
///     └ trun          durations, sizes, flags, offsets  8.8.8
/// mdat                header only; the payloads follow, track by track
/// </code>
/// What is the same for all samples of a run is said once, in `tfhd`.
/// </summary>
internal static class FragmentBoxes
{
    private const uint DefaultBaseIsMoof = 0x02_0000;
    private const uint DefaultDuration = 0x08;
    private const uint DefaultFlags = 0x20;
    private const uint DataOffset = 0x01;
    private const uint SampleDuration = 0x100;
    private const uint SampleSize = 0x200;
    private const uint SampleFlag = 0x400;
    private const uint SampleOffset = 0x800;

    /// <summary>Seconds from the epoch of NTP (1900) to that of Unix (RFC 5905 6).</summary>
    private const long NtpEpoch = 2_208_988_800;

    /// <summary>`prft` with the clock of the moment of capture.</summary>
    public static void WriteReferenceTime(BoxWriter to, uint track, UtcInstant capture, long mediaTime)
    {
        // 8.16.5.3: the time stamp is that of the real-time capture of the frame.
        const uint Captured = 24;
        (long seconds, long rest) = Math.DivRem(capture.Nanoseconds, 1_000_000_000);
        if (rest < 0)
        {
            seconds--;
            rest += 1_000_000_000;
        }

        int prft = to.BeginFull("prft"u8, 1, Captured);
        to.U32(track);
        to.U32((uint)(seconds + NtpEpoch));
        to.U32((uint)(((ulong)rest << 32) / 1_000_000_000));
        to.I64(mediaTime);
        to.End(prft);
    }

    /// <summary>`moof` and the header of `mdat`.</summary>
    public static void Write(BoxWriter to, uint sequence, ReadOnlySpan<FragmentTrack> tracks)
    {
        int moof = to.Begin("moof"u8);
        int mfhd = to.BeginFull("mfhd"u8);
        to.U32(sequence);
        to.End(mfhd);
        Span<int> offsetsAt = stackalloc int[tracks.Length];
        for (int i = 0; i < tracks.Length; i++)
        {
            offsetsAt[i] = WriteTrack(to, in tracks[i]);
        }

        to.End(moof);
        const int MdatHeader = 8;
        long offset = to.Length - moof + MdatHeader;
        for (int i = 0; i < tracks.Length; i++)
        {
            to.PatchU32(offsetsAt[i], (uint)offset);
            offset += Bytes(tracks[i].Samples.Span);
        }

        to.U32((uint)(offset - (to.Length - moof)));
        to.Bytes("mdat"u8);
    }

    public static long Bytes(ReadOnlySpan<TableSample> samples)
    {
        long sum = 0;
        foreach (ref readonly TableSample sample in samples)
        {
            sum += sample.Size;
        }

        return sum;
    }

    /// <summary>Writes `traf`; returns where the data offset has to be filled in.</summary>
    private static int WriteTrack(BoxWriter to, in FragmentTrack track)
    {
        ReadOnlySpan<TableSample> samples = track.Samples.Span;
        bool oneDuration = HaveOneDuration(samples, track.Duration);
        int traf = to.Begin("traf"u8);
        int tfhd = to.BeginFull("tfhd"u8, 0, DefaultBaseIsMoof | (oneDuration ? DefaultDuration : 0) | (track.IsVideo ? 0 : DefaultFlags));
        to.U32(track.Id);
        if (oneDuration)
        {
            to.U32((uint)track.Duration);
        }

        if (!track.IsVideo)
        {
            to.U32(SampleFlags.Sync);
        }

        to.End(tfhd);
        int tfdt = to.BeginFull("tfdt"u8, 1);
        to.I64(track.DecodeTime);
        to.End(tfdt);
        int offsetAt = WriteRun(to, in track, samples, oneDuration);
        to.End(traf);
        return offsetAt;
    }

    private static int WriteRun(BoxWriter to, in FragmentTrack track, ReadOnlySpan<TableSample> samples, bool oneDuration)
    {
        bool anyOffset = false;
        bool anyNegative = false;
        foreach (ref readonly TableSample sample in samples)
        {
            anyOffset |= sample.PresentationTime != sample.DecodeTime;
            anyNegative |= sample.PresentationTime < sample.DecodeTime;
        }

        uint flags =
            DataOffset
            | SampleSize
            | (oneDuration ? 0 : SampleDuration)
            | (track.IsVideo ? SampleFlag : 0)
            | (anyOffset ? SampleOffset : 0);
        int trun = to.BeginFull("trun"u8, anyNegative ? (byte)1 : (byte)0, flags);
        to.U32((uint)samples.Length);
        int offsetAt = to.Length;
        to.U32(0);
        for (int i = 0; i < samples.Length; i++)
        {
            ref readonly TableSample sample = ref samples[i];
            if (!oneDuration)
            {
                to.U32(i + 1 < samples.Length ? (uint)(samples[i + 1].DecodeTime - sample.DecodeTime) : (uint)track.Duration);
            }

            to.U32((uint)sample.Size);
            if (track.IsVideo)
            {
                to.U32(SampleFlags.Of((sample.Flags & UnitFlags.Key) != 0, (sample.Flags & UnitFlags.Disposable) != 0));
            }

            if (anyOffset)
            {
                to.I32((int)(sample.PresentationTime - sample.DecodeTime));
            }
        }

        to.End(trun);
        return offsetAt;
    }

    private static bool HaveOneDuration(ReadOnlySpan<TableSample> samples, int last)
    {
        for (int i = 1; i < samples.Length; i++)
        {
            if (samples[i].DecodeTime - samples[i - 1].DecodeTime != last)
            {
                return false;
            }
        }

        return true;
    }
}
