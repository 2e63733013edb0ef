using Rig.Actors.Housekeeping;
using Rig.Media.Formats;
using Rig.Media.Mp4;
using Rig.Media.Time;
using Rig.Streams.Files;
using Rig.Streams.Recording;

namespace Rig.Actors.Flows;

/// <summary>The real repair: <see cref="SegmentRepair"/>, and what the repaired file holds, in the words of the housekeeper.</summary>
public static class SegmentRepairFlow
{
    /// <summary>Repairs a file that nobody writes any more. Blocks; never throws for what the file holds.</summary>
    public static RepairResult Repair(string path)
    {
        try
        {
            Mp4ReferenceTime? reference = LastReference(path);
            SegmentRecovery recovery = new SegmentRepair(new LinuxSegmentFiles()).Repair(path);
            return recovery switch
            {
                { Fault: { } fault } => new RepairResult { Problem = $"The disk did not allow the repair: {fault.Message}" },
                { Condition: Mp4Condition.Empty } => new RepairResult { Problem = "No picture had reached the disk." },
                { Condition: Mp4Condition.Unknown } => new RepairResult { Problem = "The file is no MP4 file." },
                _ => Describe(path, reference),
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new RepairResult { Problem = error.Message };
        }
    }

    /// <summary>The wall clock of the newest fragment; a closed file does not show it any more.</summary>
    private static Mp4ReferenceTime? LastReference(string path)
    {
        using FileBytes bytes = new(path);
        IReadOnlyList<Mp4ReferenceTime> times = Mp4File.Read(bytes).ReferenceTimes;
        return times.Count > 0 ? times[^1] : null;
    }

    private static RepairResult Describe(string path, Mp4ReferenceTime? reference)
    {
        using FileBytes bytes = new(path);
        Mp4File file = Mp4File.Read(bytes);
        Mp4Track? track = file.First(TrackKind.Video) ?? file.First(TrackKind.Audio);
        if (track is null)
        {
            return new RepairResult { Problem = "The file holds no track that can be played.", Bytes = bytes.Length };
        }

        long frames = 0;
        long last = long.MinValue;
        for (int index = 0; index < track.Count; index++)
        {
            long time = track[index].PresentationTime + track.PresentationShift;
            if (time >= 0 && time < track.PresentationEnd)
            {
                frames++;
                last = Math.Max(last, time);
            }
        }

        return new RepairResult
        {
            Bytes = bytes.Length,
            Frames = frames,
            First = Instant(track, reference, 0),
            Last = frames > 0 ? Instant(track, reference, last) : null,
        };
    }

    /// <summary>The instant of a place in the presentation.</summary>
    private static DateTimeOffset? Instant(Mp4Track track, Mp4ReferenceTime? reference, long presentation) =>
        reference is { } known && known.Track == track.Id
            ? (known.Instant + track.Timescale.ToSpan(presentation - track.PresentationShift - known.MediaTime)).ToDateTimeOffset()
            : null;
}
