using Rig.Media.MpegTs;
using Rig.Media.Tests.Support;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Tests.MpegTs;

/// <summary>Runs a demultiplexer over bytes and holds it to what is always promised: memory goes back, no more comes out than went in.</summary>
internal static class TsInput
{
    public static readonly UtcInstant Arrival = UtcInstant.FromMicroseconds(1_800_000_000_000_000);

    /// <summary>Bytes that units may have beyond their input: lengths in place of three-byte start codes.</summary>
    private const int PrefixSlack = 64;

    public static CollectingSink Demux(ReadOnlySpan<byte> bytes, int piece = int.MaxValue) => Demux(bytes, out _, () => piece);

    public static CollectingSink Demux(ReadOnlySpan<byte> bytes, out TsStatistics statistics, Func<int>? pieces = null)
    {
        CollectingSink sink = new();
        BlockPool pool = new();
        using (TsDemuxer demuxer = new(sink, pool))
        {
            ReadOnlySpan<byte> rest = bytes;
            while (!rest.IsEmpty)
            {
                int count = Math.Min(rest.Length, pieces?.Invoke() ?? rest.Length);
                demuxer.Push(rest[..count], Arrival);
                rest = rest[count..];
            }

            demuxer.Flush();
            statistics = demuxer.Statistics;
        }

        Assert.Equal(0, pool.RentedBytes);
        Assert.True(
            sink.Units.Sum(unit => (long)unit.Bytes.Length) <= bytes.Length + (sink.Units.Count * PrefixSlack),
            "More came out than went in."
        );
        Assert.All(sink.Units, unit => Assert.InRange(unit.Bytes.Length, 1, StreamLimits.UnitBytes));
        return sink;
    }

    /// <summary>What of a unit must not depend on how its bytes came: everything but the arrival.</summary>
    public static string Key(CollectedUnit unit) =>
        $"{unit.Track} {unit.Decode} {unit.Presentation} {unit.Flags} {unit.Bytes.Length} {Hash(unit.Bytes):x16}";

    public static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        ulong hash = 14695981039346656037;
        foreach (byte value in bytes)
        {
            hash = (hash ^ value) * 1099511628211;
        }

        return hash;
    }
}
