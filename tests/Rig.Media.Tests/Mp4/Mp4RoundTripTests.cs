using Rig.Media.Formats;
using Rig.Media.Mp4;
using Rig.Media.Tests.Support;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Tests.Mp4;

/// <summary>What the reader gives back is what the writer was given.</summary>
public sealed class Mp4RoundTripTests
{
    private const int Seeds = 60;

    [Fact]
    public void Random_units_of_several_tracks_come_back_as_they_went_in()
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            using var segment = new RandomSegment(seed);
            byte[] growing = segment.Writer.Bytes;
            byte[] closed = segment.Writer.Close();
            Mp4RepairPlan plan = Mp4Repair.Plan(new MemoryBytes(growing));

            AssertSame(segment, growing, $"seed {seed}, growing");
            AssertSame(segment, segment.Writer.Unpatched, $"seed {seed}, tail appended");
            AssertSame(segment, closed, $"seed {seed}, closed");
            Assert.Equal((Mp4Condition.Open, segment.Units.Count, 0), (plan.Condition, plan.Units, plan.LostUnits));
        }
    }

    [Fact]
    public void Formats_come_back_as_they_went_in()
    {
        using var segment = new RandomSegment(seed: 3);
        Mp4File file = Mp4File.Read(new MemoryBytes(segment.Writer.Close()));

        for (int i = 0; i < segment.Formats.Count; i++)
        {
            TrackFormat expected = segment.Formats[i];
            TrackFormat actual = file.Tracks[i].Format!;
            Assert.Equal(
                (expected.Codec, expected.Timescale, expected.Video, expected.Audio),
                (actual.Codec, actual.Timescale, actual.Video, actual.Audio)
            );
            Assert.Equal(
                expected.ParameterSets.Select(set => Convert.ToHexString(set.Span)),
                actual.ParameterSets.Select(set => Convert.ToHexString(set.Span))
            );
        }
    }

    [ToolFact("ffmpeg")]
    public async Task Telephone_sound_comes_out_of_ffmpeg_byte_for_byte()
    {
        using RandomSegment segment = Enumerable.Range(0, Seeds).Select(seed => new RandomSegment(seed)).First(HasTelephoneSound);
        int track = segment.Formats.FindIndex(format => format.Codec == Codec.PcmALaw);
        byte[] growing = segment.Writer.Bytes;
        string expected = Convert.ToHexString(
            System.Security.Cryptography.SHA256.HashData([
                .. segment.Units.Where(unit => unit.Track == track).SelectMany(unit => unit.Span.ToArray()),
            ])
        );
        foreach (byte[] form in (byte[][])[growing, segment.Writer.Close()])
        {
            string output = await Probe.Run(
                form,
                path =>
                    [
                        "ffmpeg",
                        "-v",
                        "fatal",
                        "-ignore_editlist",
                        "1",
                        "-i",
                        path,
                        "-map",
                        $"0:{track}",
                        "-c",
                        "copy",
                        "-f",
                        "hash",
                        "-hash",
                        "sha256",
                        "-",
                    ]
            );
            Assert.Equal($"SHA256={expected}", output.Trim(), ignoreCase: true);
        }

        static bool HasTelephoneSound(RandomSegment candidate) => candidate.Formats.Exists(format => format.Codec == Codec.PcmALaw);
    }

    [Fact]
    public void A_file_beyond_4_GB_points_with_64_bits()
    {
        const int FragmentMegabytes = 512;
        using var builder = new UnitBuilder(new BlockPool());
        builder.Grow(1 << 20).Fill(1);
        (UnitBlock block, int offset, int length) = builder.Take();
        var format = new TrackFormat
        {
            Codec = Codec.Jpeg,
            Timescale = Timescale.Mpeg,
            Video = new VideoFormat { Width = 1920, Height = 1080 },
        };
        AccessUnit first = new()
        {
            Block = block,
            Offset = offset,
            Length = length,
            Track = 0,
            DecodeTime = MediaTime.Zero,
            PresentationTime = MediaTime.Zero,
            Flags = UnitFlags.Key,
            Capture = Recording.Epoch,
        };
        var writer = new Mp4SegmentWriter(
            new SegmentStart { Created = Recording.Epoch, Tracks = [SegmentTrack.From(format, first, first)] }
        );
        var file = new SparseBytes();
        file.Add(0, writer.Start().ToArray());
        for (int fragment = 0; fragment < 10; fragment++)
        {
            AccessUnit[] units =
            [
                .. Enumerable
                    .Range(fragment * FragmentMegabytes, FragmentMegabytes)
                    .Select(i => first with { DecodeTime = new MediaTime(i * 3000L), PresentationTime = new MediaTime(i * 3000L) }),
            ];
            long at = writer.Length;
            file.Add(at, writer.Fragment(units).Head.ToArray());
        }

        Mp4Closing closing = writer.Close(new SegmentEnd());
        Mp4File growing = Mp4File.Read(file);
        file.Add(closing.TailOffset, closing.Tail.ToArray());
        file.Add(closing.HeadPatchOffset, closing.HeadPatch.ToArray());
        Mp4File closed = Mp4File.Read(file);
        block.Release();

        Assert.True(closing.FileLength > uint.MaxValue);
        Assert.Equal(10 * FragmentMegabytes, growing.Tracks[0].Count);
        Assert.Equal(
            Enumerable.Range(0, growing.Tracks[0].Count).Select(i => growing.Tracks[0][i].Offset),
            Enumerable.Range(0, closed.Tracks[0].Count).Select(i => closed.Tracks[0][i].Offset)
        );
        Assert.Equal(Mp4Condition.Closed, Mp4Repair.Plan(file).Condition);
    }

    /// <summary>Drop-frame labels follow the clock to within two frames (SMPTE ST 12-1): the count of frames since midnight is what is exact.</summary>
    [ToolTheory("ffprobe", sharedMedia: true)]
    [InlineData(0, 25, 1, "00:00:00:00", false)]
    [InlineData(36_000_500, 25, 1, "10:00:00:13", false)]
    [InlineData(86_399_999, 25, 1, "23:59:59:24", false)]
    [InlineData(3_600_000, 30000, 1001, "01:00:00;00", true)]
    [InlineData(3_660_000, 30000, 1001, "01:00:59;28", true)]
    [InlineData(43_200_000, 60000, 1001, "12:00:00;03", true)]
    [InlineData(43_200_000, 24000, 1001, "12:00:00:00", false)]
    public async Task The_timecode_is_the_time_of_day(long milliseconds, int numerator, int denominator, string label, bool drops)
    {
        using Recording recording = Recording.Read(await File.ReadAllBytesAsync(SharedMedia.Path("mp4/sample_with_av1c.mp4")));
        MediaSpan day =
            MediaSpan.FromMilliseconds(milliseconds) - MediaSpan.FromSeconds(Recording.Epoch.Nanoseconds / 1_000_000_000 % 86_400);
        List<AccessUnit> units = recording.Units.ConvertAll(unit => unit with { Capture = unit.Capture + day });
        var track = SegmentTrack.From(recording.Tracks[0].Format!, units[0], units[0]);
        var file = new SegmentFile(
            new SegmentStart
            {
                Created = Recording.Epoch,
                Tracks = [track],
                Timecode = new TimecodeSettings(FrameRate: new Ratio(numerator, denominator)),
            }
        );
        file.Write([.. units]);

        string seen = await Probe.Entry(file.Close(), "stream_tags=timecode", "v:0");

        Assert.Equal(drops, seen.Contains(';', StringComparison.Ordinal));
        Assert.Equal(label, seen);
    }

    private static void AssertSame(RandomSegment segment, byte[] file, string what)
    {
        using Recording read = Recording.Read(file);
        for (int i = 0; i < segment.Formats.Count; i++)
        {
            int track = i;
            AccessUnit[] expected = [.. segment.Units.Where(unit => unit.Track == track)];
            AccessUnit[] actual = [.. read.Units.Where(unit => unit.Track == track)];
            Assert.True(expected.Length == actual.Length, $"{what}, track {i}: {actual.Length} of {expected.Length} units");
            long first = Origin(segment, track);
            for (int u = 0; u < expected.Length; u++)
            {
                Assert.True(expected[u].Span.SequenceEqual(actual[u].Span), $"{what}, track {i}, unit {u}: other bytes");
                string wanted = $"{expected[u].DecodeTime.Ticks - first} {expected[u].PresentationTime.Ticks - first} {expected[u].Flags}";
                string got = $"{actual[u].DecodeTime.Ticks} {actual[u].PresentationTime.Ticks} {actual[u].Flags}";
                Assert.True(wanted == got, $"{what}, track {i}, unit {u}: {got} instead of {wanted}");
            }
        }
    }

    /// <summary>The tick of a track at which presentation begins: the instant of the first picture.</summary>
    private static long Origin(RandomSegment segment, int track)
    {
        UtcInstant start = segment.Units.Find(unit => unit.Track == 0).Capture;
        AccessUnit first = segment.Units.Find(unit => unit.Track == track);
        return first.PresentationTime.Ticks + segment.Formats[track].Timescale.ToTicks(start - first.Capture);
    }

    /// <summary>A large file of which only the written pieces exist; the rest reads as zeros.</summary>
    private sealed class SparseBytes : IRandomAccessBytes
    {
        private readonly List<(long Offset, byte[] Bytes)> _pieces = [];

        public long Length => _pieces.Max(piece => piece.Offset + piece.Bytes.Length);

        public void Add(long offset, byte[] bytes) => _pieces.Add((offset, bytes));

        public int Read(long offset, Span<byte> destination)
        {
            int count = (int)Math.Clamp(Length - offset, 0, destination.Length);
            destination[..count].Clear();
            foreach ((long at, byte[] bytes) in _pieces)
            {
                long from = Math.Max(at, offset);
                long to = Math.Min(at + bytes.Length, offset + count);
                if (from < to)
                {
                    bytes.AsSpan((int)(from - at), (int)(to - from)).CopyTo(destination[(int)(from - offset)..]);
                }
            }

            return count;
        }
    }
}
