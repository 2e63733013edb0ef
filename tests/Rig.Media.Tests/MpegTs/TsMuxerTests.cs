using System.Buffers;
using Rig.Media.Formats;
using Rig.Media.MpegTs;
using Rig.Media.Tests.Support;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Tests.MpegTs;

/// <summary>The multiplexer, judged by our demultiplexer and by ffprobe and ffmpeg.</summary>
public sealed class TsMuxerTests
{
    private const int Packet = 188;

    [SharedMediaTheory]
    [InlineData("sample_h264.ts")]
    [InlineData("sample_h265.ts")]
    [InlineData("b_frames_dts_below_zero.ts")]
    [InlineData("bbb_1s.ts")]
    [InlineData("obs_hevc_aac.ts")]
    [InlineData("opus_h264_1.ts")]
    [InlineData("eight_slices_filler.ts")]
    [InlineData("live_aac_h264.ts")]
    [InlineData("derived_ptswrap_hevc_aac.ts")]
    public void What_is_multiplexed_comes_out_of_the_demultiplexer_again(string file)
    {
        CollectingSink first = TsInput.Demux(SharedMedia.Bytes("ts/" + file));
        CollectingSink again = TsInput.Demux(Mux(first), out TsStatistics statistics);

        Assert.Empty(again.Faults);
        Assert.Equal(0, statistics.ContinuityErrors);
        foreach (int track in first.Units.Select(unit => unit.Track).Distinct())
        {
            Assert.Equal(first.Format(track).Codec, again.Format(track).Codec);
            Assert.True(first.Format(track).IsSameStreamAs(again.Format(track)));
            Assert.Equal(first.Track(track).Select(Whole), again.Track(track).Select(TsInput.Key));
        }
    }

    [ToolTheory("ffprobe", sharedMedia: true)]
    [InlineData("bbb_1s.ts")]
    [InlineData("hevc_aac_seg0.ts")]
    [InlineData("opus_h264_1.ts")]
    [InlineData("eight_slices_filler.ts")]
    public async Task Ffprobe_reads_the_same_times_and_ffmpeg_decodes_every_picture(string file)
    {
        CollectingSink sink = TsInput.Demux(SharedMedia.Bytes("ts/" + file));
        byte[] muxed = Mux(sink);
        ToolResult probe = await Tools.Run(
            "ffprobe",
            muxed,
            "-v",
            "error",
            "-select_streams",
            "v:0",
            "-show_entries",
            "packet=pts,dts,flags",
            "-of",
            "csv=p=0",
            "-f",
            "mpegts",
            "-i",
            "pipe:0"
        );
        ToolResult decoded = await Tools.Run(
            "ffmpeg",
            muxed,
            "-v",
            "error",
            "-xerror",
            "-f",
            "mpegts",
            "-i",
            "pipe:0",
            "-map",
            "0",
            "-f",
            "null",
            "-"
        );

        Assert.Equal(string.Empty, probe.Errors);
        Assert.Equal(
            sink.Track(0).Select(unit => $"{unit.Presentation},{unit.Decode}"),
            probe.Lines.Select(line => string.Join(',', line.Split(',')[..2]))
        );
        Assert.Equal((0, string.Empty), (decoded.ExitCode, decoded.Errors));
    }

    [Fact]
    public void Clock_and_tables_come_as_often_as_they_must()
    {
        CollectingSink sink = TsInput.Demux(File.ReadAllBytes(SharedMedia.Sample("sample_h264.ts")));
        byte[] muxed = Mux(sink);
        List<long> clocks = [];
        List<(int Pid, double Second)> tables = [];
        for (int position = 0; position < muxed.Length; position += Packet)
        {
            Assert.Equal(0x47, muxed[position]);
            int pid = ((muxed[position + 1] & 31) << 8) | muxed[position + 2];
            if ((muxed[position + 3] & 0x20) != 0 && muxed[position + 4] > 6 && (muxed[position + 5] & 0x10) != 0)
            {
                ReadOnlySpan<byte> field = muxed.AsSpan(position + 6, 6);
                clocks.Add(
                    ((long)field[0] << 25) | ((long)field[1] << 17) | ((long)field[2] << 9) | ((long)field[3] << 1) | ((long)field[4] >> 7)
                );
            }

            if (pid is 0 or 0x1000)
            {
                tables.Add((pid, (clocks.Count == 0 ? 0 : clocks[^1] - clocks[0]) / 90_000.0));
            }
        }

        Assert.All(clocks.Zip(clocks.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 1, 3600));
        Assert.Equal((0, 0x1000), (tables[0].Pid, tables[1].Pid));
        Assert.All(
            tables.Where(table => table.Pid == 0).Zip(tables.Where(table => table.Pid == 0).Skip(1)),
            pair => Assert.InRange(pair.Second.Second - pair.First.Second, 0, 0.14)
        );
    }

    [Fact]
    public void Slow_pictures_still_have_a_clock_every_40_ms()
    {
        TsMuxer muxer = new();
        ArrayBufferWriter<byte> output = new();
        muxer.SetFormat(0, Klv);
        for (int second = 0; second < 5; second++)
        {
            Write(muxer, output, 0, KlvPacket(8), second * 90_000L);
        }

        TsInput.Demux(output.WrittenSpan, out TsStatistics statistics);
        Assert.Equal(0, statistics.PcrJumps);
        Assert.Equal(4 * 24, output.WrittenCount / Packet - 5 - (2 * 5));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(160)]
    [InlineData(183)]
    [InlineData(184)]
    [InlineData(3000)]
    [InlineData(70_000)]
    public void Klv_packets_of_any_size_make_the_round_trip(int size)
    {
        TsMuxer muxer = new();
        ArrayBufferWriter<byte> output = new();
        muxer.SetFormat(0, Klv);
        byte[] sent = KlvPacket(size);
        Write(muxer, output, 0, sent, 4711);
        CollectingSink sink = TsInput.Demux(output.WrittenSpan);

        CollectedUnit unit = Assert.Single(sink.Units);
        Assert.Equal(sent, unit.Bytes);
        Assert.Equal(4711, unit.Presentation.Ticks);
        Assert.Empty(sink.Faults);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(254)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(1275)]
    public void Opus_packets_of_any_size_make_the_round_trip(int size)
    {
        TsMuxer muxer = new();
        ArrayBufferWriter<byte> output = new();
        muxer.SetFormat(
            0,
            new TrackFormat
            {
                Codec = Codec.Opus,
                Timescale = new Timescale(48_000),
                Audio = new AudioFormat { SampleRate = 48_000, Channels = 1 },
            }
        );
        byte[] sent = new byte[size];
        sent[0] = 31 << 3; // CELT, 20 ms, one frame
        Write(muxer, output, 0, sent, 960);
        CollectingSink sink = TsInput.Demux(output.WrittenSpan);

        Assert.Equal(sent, Assert.Single(sink.Units).Bytes);
        Assert.Equal(1800, sink.Units[0].Presentation.Ticks);
        Assert.Equal((1, 960), (sink.Format().Audio!.Channels, sink.Format().Audio!.SamplesPerUnit));
    }

    [Fact]
    public void A_change_of_the_program_in_the_middle_keeps_the_tracks_number()
    {
        byte[] first = File.ReadAllBytes(SharedMedia.Sample("sample_h264.ts"));
        byte[] second = File.ReadAllBytes(SharedMedia.Sample("sample_h265.ts"));
        CollectingSink sink = TsInput.Demux([.. first, .. second]);

        Assert.Equal([Codec.H264, Codec.H265], sink.Formats.Select(entry => entry.Format.Codec).Distinct());
        Assert.All(sink.Formats, entry => Assert.Equal(0, entry.Track));
        Assert.Equal(60, sink.Units.Count);
        Assert.True(sink.Units[30].IsDiscontinuity);
    }

    [Fact]
    public void A_bounded_picture_is_given_out_before_the_next_one_comes()
    {
        CollectingSink source = TsInput.Demux(File.ReadAllBytes(SharedMedia.Sample("sample_h264.ts")));
        TsMuxer muxer = new();
        muxer.SetFormat(0, source.Format());
        CollectingSink sink = new();
        using TsDemuxer demuxer = new(sink, new BlockPool());
        List<int> behind = [];
        foreach ((int index, CollectedUnit unit) in source.Units.Index())
        {
            ArrayBufferWriter<byte> output = new();
            Write(muxer, output, 0, unit.Bytes, unit.Decode.Ticks, unit);
            demuxer.Push(output.WrittenSpan, TsInput.Arrival);
            behind.Add(index + 1 - sink.Units.Count);
        }

        Assert.All(behind[5..], count => Assert.Equal(0, count));
    }

    [Fact]
    public void What_cannot_be_carried_is_refused()
    {
        TsMuxer muxer = new();
        Assert.Throws<ArgumentException>(() => muxer.SetFormat(0, new TrackFormat { Codec = Codec.Jpeg, Timescale = Timescale.Mpeg }));
        Assert.Throws<ArgumentException>(() => muxer.SetFormat(0, new TrackFormat { Codec = Codec.Aac, Timescale = Timescale.Mpeg }));
    }

    /// <summary>Discontinuities are the demultiplexer's finding and not carried.</summary>
    private static string Whole(CollectedUnit unit) => TsInput.Key(unit with { Flags = unit.Flags & ~UnitFlags.Discontinuity });

    private static TrackFormat Klv => new() { Codec = Codec.Klv, Timescale = Timescale.Mpeg };

    /// <summary>A KLV packet with a value of that size.</summary>
    private static byte[] KlvPacket(int size) =>
        [0x06, 0x0e, 0x2b, 0x34, .. new byte[12], 0x83, (byte)(size >> 16), (byte)(size >> 8), (byte)size, .. new byte[size]];

    private static byte[] Mux(CollectingSink sink)
    {
        TsMuxer muxer = new();
        ArrayBufferWriter<byte> output = new();
        foreach (int track in sink.Formats.Select(entry => entry.Track).Distinct().Order())
        {
            muxer.SetFormat(track, sink.Format(track));
        }

        foreach (CollectedUnit unit in sink.Units)
        {
            Write(muxer, output, unit.Track, unit.Bytes, unit.Decode.Ticks, unit);
        }

        return output.WrittenSpan.ToArray();
    }

    private static void Write(
        TsMuxer muxer,
        ArrayBufferWriter<byte> output,
        int track,
        byte[] bytes,
        long decode,
        CollectedUnit? unit = null
    )
    {
        BlockPool pool = new();
        using UnitBuilder builder = new(pool);
        builder.Append(bytes);
        (UnitBlock block, int offset, int length) = builder.Take();
        muxer.Write(
            new AccessUnit
            {
                Block = block,
                Offset = offset,
                Length = length,
                Track = track,
                DecodeTime = new MediaTime(decode),
                PresentationTime = unit?.Presentation ?? new MediaTime(decode),
                Flags = unit?.Flags ?? UnitFlags.Key,
            },
            output
        );
        block.Release();
    }
}
