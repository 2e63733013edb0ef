using System.Globalization;
using Rig.Bench.Load;
using Rig.Media;
using Rig.Media.Codecs;
using Rig.Media.Codecs.H264;
using Rig.Media.Formats;
using Rig.Media.Mp4;
using Rig.Media.MpegTs;
using Rig.Media.Time;
using Rig.Media.Timelines;
using Rig.Media.Units;

namespace Rig.Bench.Micro;

/// <summary>What the media core does to each access unit of a 50 Mbit/s clip, against a plain copy of the clip's bytes.</summary>
internal static class ParserBench
{
    private const int Megabits = 50;
    private const int ClipSeconds = 4;
    private const int Piece = 64 << 10;
    private const int TsPayload = 184;
    private const int UnitsInFragment = 40;

    /// <summary>A multiple of <see cref="Piece"/>, as large as the blocks that a demultiplexer has in use.</summary>
    private const int RingBytes = 16 << 20;

    public static async Task RunAsync(int rounds, string folder, CancellationToken cancel)
    {
        string clips = Path.Combine(Path.GetFullPath(folder), "clips");
        LoadClip clip = await ClipMaker.MakeAsync(clips, Megabits, ClipSeconds, cancel);
        byte[] elementary = await ElementaryAsync(clip.Path, cancel);
        UnitStore placed = new();
        Timeline line = new(placed);
        UnitStore raw = new();
        Demultiplex(clip.Bytes, raw, Piece);
        foreach ((int track, TrackFormat format) in raw.Formats)
        {
            line.OnFormat(track, format);
        }

        raw.Send(line, 0);
        int units = raw.Units.Count;
        int passes = 0;
        byte[] ring = GC.AllocateUninitializedArray<byte>(RingBytes, pinned: true);
        Comparison comparison = new("an access unit");
        comparison.Add("memcpy of the transport stream", () => Measure(units, () => Copy(clip.Bytes, ring)));
        comparison.Add(
            "TsDemuxer with H264Parser and AdtsParser, 64 KB pieces",
            () => Measure(units, () => Demultiplex(clip.Bytes, new Drain(), Piece))
        );
        comparison.Add("the same, 1,316-byte pieces", () => Measure(units, () => Demultiplex(clip.Bytes, new Drain(), 7 * 188)));
        comparison.Add("H264Parser alone, 64 KB pieces", () => Measure(clip.Pictures, () => Parse(elementary, Piece)));
        comparison.Add("H264Parser alone, 184-byte pieces", () => Measure(clip.Pictures, () => Parse(elementary, TsPayload)));
        Timeline timeline = new(new Drain());
        foreach ((int track, TrackFormat format) in raw.Formats)
        {
            timeline.OnFormat(track, format);
        }

        comparison.Add("Timeline", () => Measure(units * Repeats, () => Repeat(() => raw.Send(timeline, passes++))));
        comparison.Add("Mp4SegmentWriter", () => Measure(units * Repeats, () => Write(placed)));
        comparison.Print(rounds, cancel);
        raw.Dispose();
        placed.Dispose();
    }

    /// <summary>How often work that takes microseconds a unit is done in a run.</summary>
    private const int Repeats = 50;

    private static void Repeat(Action work)
    {
        for (int i = 0; i < Repeats; i++)
        {
            work();
        }
    }

    private static Comparison.Run Measure(int units, Action work) => Comparison.ByThread(units, work);

    /// <summary>Into memory that is written in turn, as the units' blocks are.</summary>
    private static void Copy(byte[] bytes, byte[] ring)
    {
        for (int from = 0; from < bytes.Length; from += Piece)
        {
            int count = Math.Min(Piece, bytes.Length - from);
            bytes.AsSpan(from, count).CopyTo(ring.AsSpan(from % ring.Length));
        }
    }

    private static void Demultiplex(byte[] bytes, IAccessUnitSink sink, int piece)
    {
        using TsDemuxer demuxer = new(sink, BlockPool.Shared);
        UtcInstant arrival = UtcInstant.From(DateTimeOffset.UnixEpoch);
        for (int from = 0; from < bytes.Length; from += piece)
        {
            demuxer.Push(bytes.AsSpan(from, Math.Min(piece, bytes.Length - from)), arrival);
        }

        demuxer.Flush();
    }

    private static void Parse(byte[] bytes, int piece)
    {
        using H264Parser parser = new(new ElementaryTrack(0) { CountTimes = true }, BlockPool.Shared, new Drain());
        UtcInstant arrival = UtcInstant.From(DateTimeOffset.UnixEpoch);
        for (int from = 0; from < bytes.Length; from += piece)
        {
            parser.Append(bytes.AsSpan(from, Math.Min(piece, bytes.Length - from)), arrival);
        }

        parser.Flush();
    }

    private static void Write(UnitStore store)
    {
        AccessUnit[] units = [.. store.Units];
        for (int i = 0; i < Repeats; i++)
        {
            Mp4SegmentWriter writer = new(
                new SegmentStart
                {
                    Created = UtcInstant.From(DateTimeOffset.UnixEpoch),
                    Tracks =
                    [
                        .. store
                            .Formats.OrderBy(pair => pair.Key)
                            .Select(pair => TrackOf(pair.Value, units.First(unit => unit.Track == pair.Key))),
                    ],
                }
            );
            writer.Start();
            for (int from = 0; from < units.Length; from += UnitsInFragment)
            {
                writer.Fragment(units.AsSpan(from, Math.Min(UnitsInFragment, units.Length - from)));
            }

            writer.Close(new SegmentEnd());
        }
    }

    private static SegmentTrack TrackOf(TrackFormat format, AccessUnit first) => SegmentTrack.From(format, first, first);

    private static async Task<byte[]> ElementaryAsync(string clip, CancellationToken cancel)
    {
        string path = Path.ChangeExtension(clip, ".264");
        if (!File.Exists(path))
        {
            await Tool.RunAsync(
                "ffmpeg",
                string.Create(CultureInfo.InvariantCulture, $"-v error -y -i {clip} -map 0:v -c copy -f h264 {path}"),
                cancel
            );
        }

        return await File.ReadAllBytesAsync(path, cancel);
    }
}
