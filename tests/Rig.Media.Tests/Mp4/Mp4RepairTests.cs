using Rig.Media.Mp4;
using Rig.Media.Tests.Support;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Tests.Mp4;

/// <summary>A segment file whose writing stopped at any byte is closed again with all that it held.</summary>
public sealed class Mp4RepairTests
{
    /// <summary>Distance of the positions at which a file is cut; prime, so that no structure is met in step.</summary>
    private const int Step = 2503;

    [SharedMediaTheory]
    [InlineData("mp4/bbb_prog_10s.mp4")]
    [InlineData("mp4/ed_hevc.mp4")]
    [InlineData("mp4/sample_opus.mp4")]
    public void A_file_cut_at_any_byte_keeps_every_unit_of_its_whole_fragments(string name)
    {
        using Segment segment = Segment.Make(name);
        foreach (int length in segment.Cuts())
        {
            byte[] cut = segment.Unturned[..length];
            Mp4RepairPlan plan = Mp4Repair.Plan(new MemoryBytes(cut));
            if (segment.FirstFragmentUnitEnd > length)
            {
                Assert.True(plan.Condition is Mp4Condition.Empty or Mp4Condition.Unknown, $"{length}: {plan.Condition}");
                continue;
            }

            byte[] repaired = Apply(cut, plan);
            AssertHolds(segment, repaired, length);
            Assert.Equal(Mp4Condition.Closed, Mp4Repair.Plan(new MemoryBytes(repaired)).Condition);
        }
    }

    [SharedMediaTheory]
    [InlineData("mp4/bbb_prog_10s.mp4")]
    [InlineData("mp4/ed_hevc.mp4")]
    public void A_file_with_zeros_where_data_should_be_keeps_every_unit_before_them(string name)
    {
        using Segment segment = Segment.Make(name);
        foreach (int length in segment.Cuts().Where(length => length > segment.FirstFragmentEnd))
        {
            byte[] zeroed = new byte[segment.Unturned.Length + 5000];
            segment.Unturned.AsSpan(0, length).CopyTo(zeroed);
            byte[] repaired = Apply(zeroed, Mp4Repair.Plan(new MemoryBytes(zeroed)));

            AssertHolds(segment, repaired, length, damaged: 1);
        }
    }

    [SharedMediaFact]
    public void A_repair_that_is_interrupted_itself_is_finished_by_the_next()
    {
        using Segment segment = Segment.Make("mp4/bbb_prog_10s.mp4");
        foreach (int length in segment.Cuts().Where(length => length > segment.FirstFragmentEnd).Where((_, index) => index % 7 == 0))
        {
            byte[] cut = segment.Unturned[..length];
            Mp4RepairPlan plan = Mp4Repair.Plan(new MemoryBytes(cut));
            for (int steps = 0; steps < 4; steps++)
            {
                byte[] half = Apply(cut, plan, steps);
                byte[] repaired = Apply(half, Mp4Repair.Plan(new MemoryBytes(half)));
                AssertHolds(segment, repaired, length);
            }
        }
    }

    [SharedMediaFact]
    public void A_closed_file_is_left_alone_but_for_reserved_space_behind_it()
    {
        using Segment segment = Segment.Make("mp4/bbb_prog_10s.mp4");

        Mp4RepairPlan plan = Mp4Repair.Plan(new MemoryBytes(segment.Closed));
        Mp4RepairPlan reserved = Mp4Repair.Plan(new MemoryBytes((byte[])[.. segment.Closed, .. new byte[100_000]]));
        Mp4RepairPlan appended = Mp4Repair.Plan(new MemoryBytes((byte[])[.. segment.Closed, 1, 2, 3]));

        Assert.Equal((Mp4Condition.Closed, segment.Closed.Length), (plan.Condition, plan.TruncateTo));
        Assert.Null(plan.HeadPatch);
        Assert.Equal((Mp4Condition.Closed, segment.Closed.Length), (reserved.Condition, reserved.TruncateTo));
        Assert.Equal(segment.Closed.Length + 3, appended.TruncateTo);
    }

    [SharedMediaFact]
    public void A_tail_without_a_turned_head_only_needs_the_turn()
    {
        using Segment segment = Segment.Make("mp4/bbb_prog_10s.mp4");

        Mp4RepairPlan plan = Mp4Repair.Plan(new MemoryBytes(segment.Unturned));

        Assert.Equal(Mp4Condition.Unturned, plan.Condition);
        Assert.True(plan.Tail.IsEmpty);
        Assert.Equal(segment.Closed, Apply(segment.Unturned, plan));
    }

    [SharedMediaFact]
    public void A_turned_head_whose_tail_was_lost_is_rebuilt_from_the_fragments()
    {
        using Segment segment = Segment.Make("mp4/bbb_prog_10s.mp4");
        byte[] lost = [.. segment.Closed[..(int)segment.MediaEnd], .. new byte[segment.Closed.Length - (int)segment.MediaEnd]];

        Mp4RepairPlan plan = Mp4Repair.Plan(new MemoryBytes(lost));

        Assert.Equal(Mp4Condition.Open, plan.Condition);
        AssertHolds(segment, Apply(lost, plan), (int)segment.MediaEnd);
    }

    [SharedMediaFact]
    public void A_hole_in_the_middle_costs_only_what_lay_in_it_and_hung_on_it()
    {
        using Segment segment = Segment.Make("mp4/bbb_prog_10s.mp4");
        byte[] holed = segment.Growing.ToArray();
        int at = (int)segment.FragmentEnds[1] + 20_000;
        holed.AsSpan(at, 4096).Clear();

        Mp4RepairPlan plan = Mp4Repair.Plan(new MemoryBytes(holed));

        Assert.InRange(plan.LostUnits, 1, segment.Units.Count / 2);
        Assert.Equal(segment.Units.Count, plan.Units + plan.LostUnits);
        HashSet<string> source = [.. segment.Units];

        // The unit into whose last bytes the hole reaches cannot be told from one that an encoder padded.
        Assert.InRange(Segment.Describe(Apply(holed, plan)).Count(unit => !source.Contains(unit)), 0, 1);
    }

    [ToolTheory("ffprobe", sharedMedia: true)]
    [InlineData(0.2)]
    [InlineData(0.55)]
    [InlineData(0.9)]
    [InlineData(1.0)]
    public async Task Ffprobe_reads_the_repaired_file(double part)
    {
        using Segment segment = Segment.Make("mp4/bbb_prog_10s.mp4");
        byte[] cut = segment.Growing[..(int)(segment.Growing.Length * part)];
        Mp4RepairPlan plan = Mp4Repair.Plan(new MemoryBytes(cut));
        byte[] repaired = Apply(cut, plan);

        List<ProbedPacket> packets = await Probe.Packets(repaired, ignoreEdits: true);
        long[] shown = await Probe.ShownPictures(repaired);

        Assert.Equal(plan.Units, packets.Count(packet => packet.Stream < 2));
        Assert.True(shown.Length > 10);
        Assert.True(shown[0] >= 0, "Presentation begins at T0 in the repaired file too.");
        Assert.Equal("08:00:01:12", await Probe.Entry(repaired, "stream_tags=timecode", "v:0"));
    }

    [SharedMediaTheory]
    [InlineData("mp4/sample_fragmented.mp4", Mp4Condition.Foreign)]
    [InlineData("mp4/bbb_prog_10s.mp4", Mp4Condition.Closed)]
    public void A_foreign_file_is_recognised_and_keeps_its_length(string name, Mp4Condition condition)
    {
        byte[] file = SharedMedia.Bytes(name);

        Mp4RepairPlan plan = Mp4Repair.Plan(new MemoryBytes(file));

        Assert.Equal(condition, plan.Condition);
        Assert.Equal(file.Length, plan.TruncateTo);
        Assert.Null(plan.HeadPatch);
    }

    /// <summary>Carries a plan out; stops after so many of its four steps.</summary>
    private static byte[] Apply(byte[] file, Mp4RepairPlan plan, int steps = 4)
    {
        byte[] result = file[..(int)plan.TruncateTo];
        foreach (Mp4Patch patch in steps > 1 ? plan.Patches : [])
        {
            patch.Bytes.Span.CopyTo(result.AsSpan((int)patch.Offset));
        }

        result = steps > 2 ? [.. result, .. plan.Tail.Span] : result;
        if (steps > 3 && plan.HeadPatch is { } head)
        {
            head.Bytes.Span.CopyTo(result.AsSpan((int)head.Offset));
        }

        return result;
    }

    /// <summary>The repaired file reads without fault and holds, in order, at least all units whose fragments were whole before <paramref name="length"/>, and nothing else.</summary>
    /// <param name="damaged">Units that may be damaged without anybody being able to tell: sound that a hole cuts through.</param>
    private static void AssertHolds(Segment segment, byte[] repaired, int length, int damaged = 0)
    {
        Mp4File file = Mp4File.Read(new MemoryBytes(repaired));
        Assert.Empty(file.Faults);
        Assert.False(file.IsFragmented);
        List<string> units = Segment.Describe(repaired);
        int whole = segment.UnitsWithin(length);
        HashSet<string> kept = [.. units];
        Assert.True(units.Count >= whole, $"cut at {length}: {units.Count} of {whole} units");
        Assert.All(segment.Units.Take(whole), unit => Assert.Contains(unit, kept));
        HashSet<string> source = [.. segment.Units];
        Assert.InRange(units.Count(unit => !source.Contains(unit)), 0, damaged);
    }

    /// <summary>A recorded segment in all its states, with the units that went in, in the order of the fragments.</summary>
    private sealed class Segment : IDisposable
    {
        private readonly Recording _recording;
        private readonly List<int> _unitsAtFragmentEnd = [];

        private Segment(Recording recording)
        {
            _recording = recording;
            UtcInstant start = Recording.Epoch + MediaSpan.FromMilliseconds(1500);
            var file = new SegmentFile(recording.Start(start));
            FirstFragmentUnitEnd = int.MaxValue;
            foreach (AccessUnit[] fragment in recording.Fragments())
            {
                long head = file.Bytes.Length;
                file.Write(fragment);
                Units.AddRange(fragment.Select(unit => Line(unit, recording, start)));
                _unitsAtFragmentEnd.Add(Units.Count);
                if (_unitsAtFragmentEnd.Count == 1)
                {
                    long payload = fragment.Sum(unit => unit.Length);
                    AccessUnit first = fragment.OrderBy(unit => unit.Track).First();
                    FirstFragmentUnitEnd = (int)(file.Bytes.Length - payload + first.Length);
                    Assert.True(FirstFragmentUnitEnd > head);
                }
            }

            Growing = file.Bytes;
            FragmentEnds = file.FragmentEnds;
            Closed = file.Close(new SegmentEnd { Marks = [new SegmentMark(start + MediaSpan.FromMilliseconds(100), "mark")] });
            Unturned = file.Unpatched;
            MediaEnd = file.Closing!.TailOffset;
        }

        public List<string> Units { get; } = [];

        public byte[] Growing { get; }

        public byte[] Unturned { get; }

        public byte[] Closed { get; }

        public long MediaEnd { get; }

        public IReadOnlyList<long> FragmentEnds { get; }

        public int FirstFragmentEnd => (int)FragmentEnds[0];

        /// <summary>From here on one unit can be saved.</summary>
        public int FirstFragmentUnitEnd { get; }

        public static Segment Make(string name) => new(Recording.Read(SharedMedia.Bytes(name)));

        /// <summary>Positions over the whole file, and every byte near the ends of the fragments, the tail and the file.</summary>
        public IEnumerable<int> Cuts()
        {
            SortedSet<int> cuts = [.. Enumerable.Range(0, Unturned.Length / Step).Select(i => i * Step)];
            foreach (long end in FragmentEnds.Skip(FragmentEnds.Count - 2).Append(Unturned.Length))
            {
                cuts.UnionWith(Enumerable.Range((int)end - 24, 72));
            }

            return cuts.Where(cut => cut > 8 && cut < Unturned.Length);
        }

        public int UnitsWithin(int length)
        {
            int fragments = FragmentEnds.Count(end => end <= length);
            return fragments == 0 ? 0 : _unitsAtFragmentEnd[fragments - 1];
        }

        /// <summary>The units of a file, one line each: track, place in the presentation, content.</summary>
        public static List<string> Describe(byte[] file)
        {
            using Recording recording = Recording.Read(file);
            return [.. recording.Units.Select(unit => Line(unit, recording, Recording.Epoch))];
        }

        private static string Line(AccessUnit unit, Recording recording, UtcInstant start)
        {
            long ticks = recording.Tracks[unit.Track].Timescale.ToTicks(unit.Capture - start);
            return $"{unit.Track} {ticks} {unit.IsKey} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(unit.Span))}";
        }

        public void Dispose() => _recording.Dispose();
    }
}
