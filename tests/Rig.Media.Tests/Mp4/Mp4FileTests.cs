using System.Text.Json;
using Rig.Media.Mp4;
using Rig.Media.Tests.Support;

namespace Rig.Media.Tests.Mp4;

/// <summary>The reader against what ffprobe measured of every shared MP4 file.</summary>
public sealed class Mp4FileTests
{
    [SharedMediaTheory]
    [InlineData("mp4/sample_fragmented.mp4")]
    [InlineData("mp4/sample_fragmented_seekable_multiple_sidx.mp4")]
    [InlineData("mp4/bbb_2b_firstpts_10_sec.mp4")]
    [InlineData("mp4/bbb_pyramid_3b.mp4")]
    [InlineData("mp4/h265_bframes.mp4")]
    [InlineData("mp4/sample_av1.mp4")]
    [InlineData("mp4/sample_with_av1c.mp4")]
    [InlineData("mp4/hdr10-av1.mp4")]
    [InlineData("mp4/sample_no_bframes.mp4")]
    [InlineData("mp4/sample_12_5fps_720p_1s.mp4")]
    [InlineData("mp4/sample_opus.mp4")]
    [InlineData("mp4/testvid_1022ms.mp4")]
    [InlineData("mp4/bbb_prog_10s.mp4")]
    [InlineData("mp4/ed_hevc.mp4")]
    [InlineData("mp4/v300_multiple_segments.mp4")]
    [InlineData("mp4/bbb5s_aac_sidx.mp4")]
    [InlineData("mp4/offline_h264.mp4")]
    [InlineData("mp4/offline_h265.mp4")]
    [InlineData("mp4/offline_av1.mp4")]
    [InlineData("mp4/gopro_max-heromode.mp4")]
    [InlineData("mp4/cmaf video (init+1+2+3)")]
    [InlineData("mp4/cmaf audio (init+1+2+3)")]
    public void A_file_has_the_samples_keys_and_times_that_ffprobe_measured(string name)
    {
        Mp4File file = Mp4File.Read(new MemoryBytes(Load(name)));
        JsonElement[] streams = [.. Truth(name).GetProperty("streams").EnumerateArray()];

        Assert.Empty(file.Faults);
        Assert.Equal(streams.Length, file.Tracks.Count);
        for (int i = 0; i < streams.Length; i++)
        {
            if (streams[i].GetProperty("codec_type").GetString() != "data")
            {
                AssertTrack(streams[i], file.Tracks[i]);
            }
        }
    }

    [SharedMediaFact]
    public void Every_sample_can_be_read_as_a_unit_and_a_second_pass_gives_the_same()
    {
        var source = new MemoryBytes(SharedMedia.Bytes("mp4/ed_hevc.mp4"));
        var pool = new Media.Units.BlockPool();
        using var reader = new Mp4UnitReader(source, Mp4File.Read(source), pool);
        List<string> first = Drain(reader);
        reader.Rewind();

        Assert.Equal(27 + 45, first.Count);
        Assert.Equal(first, Drain(reader));
        Assert.Equal(0, reader.Unreadable);
        reader.Dispose();
        Assert.Equal(0, pool.RentedBytes);
    }

    private static List<string> Drain(Mp4UnitReader reader)
    {
        List<string> units = [];
        while (reader.TryRead(out Media.Units.AccessUnit unit))
        {
            units.Add(
                $"{unit.Track} {unit.DecodeTime} {unit.PresentationTime} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(unit.Span))}"
            );
            unit.Release();
        }

        return units;
    }

    private static void AssertTrack(JsonElement stream, Mp4Track track)
    {
        List<Mp4Sample> samples = [.. Enumerable.Range(0, track.Count).Select(i => track[i])];
        Assert.Equal(stream.GetProperty("packets").GetInt32(), samples.Count);
        Assert.Equal(stream.GetProperty("time_base").GetString(), $"1/{track.Timescale.TicksPerSecond}");
        Assert.Equal(stream.GetProperty("min_pts").GetInt64(), samples.Min(sample => sample.PresentationTime) + track.PresentationShift);
        Assert.Equal(stream.GetProperty("max_pts").GetInt64(), samples.Max(sample => sample.PresentationTime) + track.PresentationShift);
        Assert.Equal(stream.GetProperty("first_dts").GetInt64(), samples[0].DecodeTime + track.PresentationShift);
        if (stream.TryGetProperty("key_packets", out JsonElement keys))
        {
            Assert.Equal(keys.GetInt32(), samples.Count(sample => sample.IsKey));
        }

        Assert.NotNull(track.Format);
        if (stream.TryGetProperty("width", out JsonElement width))
        {
            Assert.Equal(width.GetInt32(), track.Format.Video!.Width);
        }
    }

    private static JsonElement Truth(string name)
    {
        using JsonDocument truth = JsonDocument.Parse(SharedMedia.Bytes("truth.json"));
        return truth.RootElement.GetProperty(name).Clone();
    }

    private static byte[] Load(string name)
    {
        const string Cmaf = "mp4/cmaf ";
        if (!name.StartsWith(Cmaf, StringComparison.Ordinal))
        {
            return SharedMedia.Bytes(name);
        }

        string kind = name[Cmaf.Length..].Split(' ')[0];
        string[] parts = [$"{kind}_init.mp4", $"{kind}_1.m4s", $"{kind}_2.m4s", $"{kind}_3.m4s"];
        return [.. parts.SelectMany(part => SharedMedia.Bytes($"mp4/cmaf/{part}"))];
    }
}
