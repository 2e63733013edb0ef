using System.Text.Json;
using Rig.Media.Mp4;
using Rig.Media.Tests.Support;
using Rig.Media.Units;

namespace Rig.Media.Tests.Mp4;

/// <summary>Hostile files: the reader, the unit reader and the repair survive them within bounds.</summary>
public sealed class Mp4FuzzTests
{
    private const int Mutations = 400;

    [SharedMediaTheory]
    [InlineData("fuzz/mediacommon.formats_fmp4.FuzzInitUnmarshal.jsonl")]
    [InlineData("fuzz/mediacommon.formats_fmp4.FuzzPartsUnmarshal.jsonl")]
    [InlineData("fuzz/mediacommon.formats_pmp4.FuzzPresentationUnmarshal.jsonl")]
    public void What_broke_other_parsers_is_survived(string corpus)
    {
        string[] lines = File.ReadAllLines(SharedMedia.Path(corpus));
        Assert.NotEmpty(lines);
        byte[] header = SharedMedia.Bytes("mp4/cmaf/video_init.mp4");
        foreach (string line in lines)
        {
            using JsonDocument document = JsonDocument.Parse(line);
            byte[] input = document.RootElement.GetProperty("args")[0].GetProperty("b64").GetBytesFromBase64();
            Survive(input);
            Survive([.. header, .. input]);
        }
    }

    [SharedMediaTheory]
    [InlineData("mp4/sample_with_av1c.mp4")]
    [InlineData("mp4/sample_opus.mp4")]
    [InlineData("mp4/sample_fragmented_seekable_multiple_sidx.mp4")]
    [InlineData("mp4/ed_hevc.mp4")]
    [InlineData("mp4/testvid_1022ms.mp4")]
    public void A_file_with_changed_bytes_is_survived(string name)
    {
        byte[] original = SharedMedia.Bytes(name);
        Mutate(original, seed: 1);
        using Recording recording = Recording.Read(original);
        SegmentFile own = recording.Record();
        Mutate(own.Bytes, seed: 2);
        Mutate(own.Close(), seed: 3);
    }

    /// <summary>Changes some bytes near box headers, where they hurt most, and anywhere.</summary>
    private static void Mutate(byte[] original, int seed)
    {
        var random = new Random(seed);
        int[] headers = [.. Headers(original)];
        for (int i = 0; i < Mutations; i++)
        {
            byte[] mutated = original.ToArray();
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                int at = random.Next(3) == 0 ? random.Next(mutated.Length) : headers[random.Next(headers.Length)] + random.Next(-4, 24);
                mutated[Math.Clamp(at, 0, mutated.Length - 1)] = random.Next(4) switch
                {
                    0 => 0xFF,
                    1 => 0,
                    2 => 0x7F,
                    _ => (byte)random.Next(256),
                };
            }

            Survive(random.Next(8) == 0 ? mutated[..random.Next(mutated.Length)] : mutated);
        }
    }

    /// <summary>Where four lower-case letters stand.</summary>
    private static IEnumerable<int> Headers(byte[] bytes)
    {
        for (int i = 4; i + 4 < bytes.Length; i++)
        {
            if (bytes.AsSpan(i, 4).IndexOfAnyExceptInRange((byte)'a', (byte)'z') < 0)
            {
                yield return i;
            }
        }
    }

    private static void Survive(byte[] bytes)
    {
        var source = new MemoryBytes(bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Mp4File file = Mp4File.Read(source);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64_000_000 + (64L * bytes.Length));
        Assert.InRange(file.Faults.Count, 0, 32);
        var pool = new BlockPool();
        using (var reader = new Mp4UnitReader(source, file, pool))
        {
            while (reader.TryRead(out AccessUnit unit))
            {
                Assert.InRange(unit.Length, 1, StreamLimits.UnitBytes);
                unit.Release();
            }
        }

        Assert.Equal(0, pool.RentedBytes);
        Mp4RepairPlan plan = Mp4Repair.Plan(source);
        Assert.InRange(plan.TruncateTo, 0, bytes.Length);
    }
}
