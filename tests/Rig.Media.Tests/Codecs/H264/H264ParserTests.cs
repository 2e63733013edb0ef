using Rig.Media.Codecs;
using Rig.Media.Codecs.H264;
using Rig.Media.Tests.Support;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Tests.Codecs.H264;

public sealed class H264ParserTests
{
    [Fact]
    public void Both_fields_of_a_frame_are_one_unit()
    {
        H264Stream stream = Fields()
            .Slice(0, 0, idr: true, field: false)
            .Slice(0, 1, field: true)
            .Delimiter()
            .Slice(1, 2, field: false)
            .Delimiter()
            .Slice(1, 3, field: true)
            .Slice(2, 4, field: true, refIdc: 0)
            .Slice(2, 5, field: false, refIdc: 0);

        CollectingSink sink = ParserRun.All(Parsers.H264, stream.Bytes);

        Assert.Equal([2, 2, 2], sink.Units.Select(Nals));
        Assert.Equal([UnitFlags.Key, UnitFlags.None, UnitFlags.Disposable], sink.Units.Select(unit => unit.Flags));
        Assert.True(sink.Format().Video!.Interlaced);
        Assert.Empty(sink.Faults);
    }

    [Fact]
    public void A_lone_field_is_a_unit_of_its_own_and_what_follows_it_opens_the_next()
    {
        H264Stream stream = Fields()
            .Slice(0, 0, idr: true, field: false)
            .RecoveryPoint()
            .Slice(1, 2, interlaced: true)
            .Slice(2, 4, interlaced: true);

        CollectingSink sink = ParserRun.All(Parsers.H264, stream.Bytes);

        Assert.Equal([1, 2, 1], sink.Units.Select(Nals));
        Assert.Equal([true, true, false], sink.Units.Select(unit => unit.IsKey));
    }

    [Fact]
    public void An_ended_unit_is_given_out_without_waiting_for_the_next()
    {
        (IElementaryStreamParser parser, CollectingSink sink) = Open();
        using (parser)
        {
            parser.Append(Frames().Slice(0, 0, idr: true).Bytes, ParserRun.Arrival);
            Assert.Empty(sink.Units);

            parser.EndOfUnit();

            Assert.True(Assert.Single(sink.Units).IsKey);
        }
    }

    [Fact]
    public void Times_belong_to_the_first_unit_that_begins_behind_them()
    {
        (IElementaryStreamParser parser, CollectingSink sink) = Open();
        byte[] stream = Frames().Slice(0, 0, idr: true).Slice(1, 2).Slice(2, 4).Slice(3, 6).Bytes;
        using (parser)
        {
            // Two pictures and the beginning of a third in one packet; the next packet's times are the fourth picture's.
            int third = Frames().Slice(0, 0, idr: true).Slice(1, 2).Length + 7;
            parser.SetTimes(new MediaTime(10_000), new MediaTime(10_000));
            parser.Append(stream.AsSpan(0, third), ParserRun.Arrival);
            parser.SetTimes(new MediaTime(90_000), new MediaTime(90_000));
            parser.Append(stream.AsSpan(third), ParserRun.Arrival);
            parser.Flush();
        }

        // 25 frames a second: 3,600 ticks each.
        Assert.Equal([10_000, 13_600, 17_200, 90_000], sink.Units.Select(unit => unit.Decode.Ticks));
    }

    [Fact]
    public void Decode_times_are_found_when_only_presentation_times_are_known()
    {
        (IElementaryStreamParser parser, CollectingSink sink) = Open();
        long[] presentation = [0, 14_400, 7_200, 3_600, 10_800, 28_800, 21_600, 18_000, 25_200];
        using (parser)
        {
            for (int i = 0; i < presentation.Length; i++)
            {
                parser.SetTimes(new MediaTime(presentation[i]), MediaTime.Unknown);
                H264Stream stream = i == 0 ? Frames() : new H264Stream();
                parser.Append(stream.Slice(i, (int)(presentation[i] / 1_800), idr: i == 0).Bytes, ParserRun.Arrival);
                parser.EndOfUnit();
            }
        }

        Assert.Equal(presentation, sink.Units.Select(unit => unit.Presentation.Ticks));
        Assert.Equal(sink.Units.Select(unit => unit.Decode.Ticks).Order(), sink.Units.Select(unit => unit.Decode.Ticks));
        Assert.All(sink.Units, unit => Assert.True(unit.Decode <= unit.Presentation));
    }

    [Fact]
    public void Pictures_before_the_first_parameter_sets_are_dropped_and_counted()
    {
        byte[] stream = [.. new H264Stream().Slice(1, 2).Slice(2, 4).Bytes, .. Frames().Slice(0, 0, idr: true).Bytes];

        CollectingSink sink = ParserRun.All(Parsers.H264, stream);

        Assert.Equal(UnitFlags.Key | UnitFlags.Discontinuity, Assert.Single(sink.Units).Flags);
        Assert.Equal(2, sink.Count(StreamFaultKind.UnitDropped));
    }

    [Fact]
    public void A_gap_damages_its_picture_and_breaks_the_time_line_behind_it()
    {
        (IElementaryStreamParser parser, CollectingSink sink) = Open();
        byte[] torn = new H264Stream().Slice(1, 2).Slice(1, 2, firstMacroblock: 4).Bytes;
        using (parser)
        {
            parser.Append(Frames().Slice(0, 0, idr: true).Bytes, ParserRun.Arrival);
            parser.Append(torn.AsSpan(0, torn.Length - 3), ParserRun.Arrival);
            parser.Gap();
            parser.Append([1, 2, 3], ParserRun.Arrival);
            parser.Append(new H264Stream().Slice(1, 2, firstMacroblock: 8).Slice(3, 6).Slice(4, 8).Bytes, ParserRun.Arrival);
            parser.Flush();
        }

        Assert.Equal([UnitFlags.Key, UnitFlags.Damaged, UnitFlags.Discontinuity, UnitFlags.None], sink.Units.Select(unit => unit.Flags));
        Assert.Equal(1, sink.Count(StreamFaultKind.UnitDamaged));
        Assert.Equal(1, sink.Count(StreamFaultKind.Garbage));
    }

    [Fact]
    public void Delimiters_filler_end_codes_and_known_parameter_sets_are_not_stored()
    {
        H264Stream stream = Frames()
            .Slice(0, 0, idr: true)
            .Nal(12, [0xFF, 0xFF, 0x80])
            .Delimiter()
            .Sps()
            .Pps()
            .Slice(1, 2)
            .Nal(10, [])
            .Nal(11, []);

        CollectingSink sink = ParserRun.All(Parsers.H264, stream.Bytes);

        Assert.Equal([1, 1], sink.Units.Select(Nals));
        Assert.Single(sink.Formats);
        Assert.Empty(sink.Faults);
    }

    [Fact]
    public void Changed_parameter_sets_are_a_new_format_and_stay_in_their_unit()
    {
        byte[] stream =
        [
            .. Frames().Slice(0, 0, idr: true).Bytes,
            .. new H264Stream().Sps(widthInMacroblocks: 8).Pps().Slice(0, 0, idr: true).Bytes,
        ];

        CollectingSink sink = ParserRun.All(Parsers.H264, stream);

        Assert.Equal([64, 128], sink.Formats.Select(entry => entry.Format.Video!.Width));
        Assert.Equal([1, 2], sink.Units.Select(unit => unit.FormatIndex));
        Assert.Equal([1, 2], sink.Units.Select(Nals)); // the SPS differs, the PPS does not
    }

    [Fact]
    public void Slices_beyond_the_limit_are_left_out_and_the_picture_is_called_damaged()
    {
        H264Stream stream = Frames().Slice(0, 0, idr: true);
        for (int i = 1; i < StreamLimits.NalUnitsPerPicture + 10; i++)
        {
            stream.Slice(0, 0, idr: true, firstMacroblock: i);
        }

        CollectingSink sink = ParserRun.All(Parsers.H264, stream.Bytes);

        CollectedUnit unit = Assert.Single(sink.Units);
        Assert.Equal(StreamLimits.NalUnitsPerPicture, Nals(unit));
        Assert.True(unit.IsDamaged);
        Assert.Equal(10, sink.Count(StreamFaultKind.LimitExceeded));
    }

    [Fact]
    public void A_unit_beyond_the_limit_is_dropped_and_the_stream_goes_on()
    {
        byte[] stream =
        [
            .. Frames().Slice(0, 0, idr: true).Bytes,
            .. new H264Stream().Slice(1, 2).Bytes,
            .. Enumerable.Repeat((byte)0x55, StreamLimits.UnitBytes + 1),
            .. new H264Stream().Slice(2, 4).Bytes,
        ];

        CollectingSink sink = ParserRun.All(Parsers.H264, stream, 65_536);

        Assert.Equal([UnitFlags.Key, UnitFlags.Discontinuity], sink.Units.Select(unit => unit.Flags));
        Assert.Equal((1, 1), (sink.Count(StreamFaultKind.LimitExceeded), sink.Count(StreamFaultKind.UnitDropped)));
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        BlockPool pool = new();
        ReleasingSink sink = new();
        using H264Parser parser = new(new ElementaryTrack(0), pool, sink);
        byte[] picture = [.. new H264Stream().Slice(1, 2).Bytes, .. Enumerable.Repeat((byte)0x55, 20_000)];
        byte[] other = [.. new H264Stream().Slice(2, 4).Bytes, .. Enumerable.Repeat((byte)0x55, 20_000)];
        parser.Append(Frames().Slice(0, 0, idr: true).Bytes, ParserRun.Arrival);
        Feed(parser, picture, other, 200);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Feed(parser, picture, other, 1_000);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(2_400, sink.Units);

        // A UnitBlock of 48 bytes for every few units is the pool's.
        Assert.InRange(allocated / 2_000, 0, 63);
    }

    private static void Feed(H264Parser parser, byte[] picture, byte[] other, int pairs)
    {
        for (int i = 0; i < pairs; i++)
        {
            for (int at = 0; at < picture.Length; at += 184)
            {
                parser.Append(picture.AsSpan(at, Math.Min(184, picture.Length - at)), ParserRun.Arrival);
            }

            parser.Append(other, ParserRun.Arrival);
        }
    }

    private static H264Stream Frames() => new H264Stream().Sps().Pps();

    private static H264Stream Fields() => new H264Stream().Sps(fields: true).Pps();

    private static (IElementaryStreamParser Parser, CollectingSink Sink) Open()
    {
        CollectingSink sink = new();
        return (new H264Parser(new ElementaryTrack(0), new BlockPool(), sink), sink);
    }

    private static int Nals(CollectedUnit unit)
    {
        int count = 0;
        foreach (ReadOnlySpan<byte> nal in LengthPrefixed.Read(unit.Bytes))
        {
            count += nal.IsEmpty ? 0 : 1;
        }

        return count;
    }

    private sealed class ReleasingSink : IAccessUnitSink
    {
        public int Units { get; private set; }

        public void OnFormat(int track, Formats.TrackFormat format) { }

        public void OnUnit(in AccessUnit unit)
        {
            Units++;
            unit.Release();
        }

        public void OnFault(in StreamFault fault) => Assert.Fail(fault.Detail);
    }
}
