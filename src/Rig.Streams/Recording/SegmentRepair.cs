using Rig.Media.Mp4;

namespace Rig.Streams.Recording;

/// <summary>What became of a file.</summary>
/// <param name="Condition">What it was.</param>
/// <param name="Changed">It was repaired.</param>
/// <param name="Units">Units that it holds now.</param>
/// <param name="LostUnits">Units that it names and does not hold.</param>
/// <param name="CutBytes">Bytes behind its last whole fragment that were cut off.</param>
/// <param name="Fault">The disk did not allow the repair; it may be tried again.</param>
public sealed record SegmentRecovery(
    string Path,
    Mp4Condition Condition,
    bool Changed,
    long Units,
    long LostUnits,
    long CutBytes,
    SegmentIoException? Fault = null
);

/// <summary>
/// Closes segment files that a crash left open. Works in place, in an order in which another crash does no harm (<see cref="Mp4RepairPlan"/>);
/// what is cut off or written over is kept in a file beside it until the repair is durable. Blocks: not for the thread pool.
/// </summary>
public sealed class SegmentRepair(ISegmentFiles files)
{
    /// <summary>Ending of the file that keeps what a repair takes away.</summary>
    public const string UndoEnding = ".torn";

    private const int CopyBytes = 1 << 20;

    /// <summary>Repairs one file. Never throws for what the file holds, nor for what the disk refuses.</summary>
    public SegmentRecovery Repair(string path)
    {
        try
        {
            using ISegmentFile file = files.Open(path);
            Mp4RepairPlan plan = Mp4Repair.Plan(new FileBytes(file));
            long cut = file.Length - plan.TruncateTo;
            bool changes = cut > 0 || plan.HeadPatch is not null || plan.Patches.Count > 0 || !plan.Tail.IsEmpty;
            if (changes)
            {
                Keep(file, plan);
                Apply(file, plan);
            }

            Forget(path);
            return new SegmentRecovery(path, plan.Condition, changes, plan.Units, plan.LostUnits, cut);
        }
        catch (SegmentIoException fault)
        {
            return new SegmentRecovery(path, Mp4Condition.Unknown, Changed: false, 0, 0, 0, fault);
        }
    }

    private static void Apply(ISegmentFile file, Mp4RepairPlan plan)
    {
        if (file.Length > plan.TruncateTo)
        {
            file.Truncate(plan.TruncateTo);
            file.SyncData();
        }

        foreach (Mp4Patch patch in plan.Patches)
        {
            file.Write(patch.Offset, [patch.Bytes]);
            file.SyncData();
        }

        if (!plan.Tail.IsEmpty)
        {
            file.Write(plan.TruncateTo, [plan.Tail]);
            file.SyncData();
        }

        if (plan.HeadPatch is { } head)
        {
            file.Write(head.Offset, [head.Bytes]);
            file.SyncData();
        }
    }

    /// <summary>Keeps what the repair will take away: the file's end, as it is. One that another crash left behind is older and better.</summary>
    private void Keep(ISegmentFile file, Mp4RepairPlan plan)
    {
        if (file.Length <= plan.TruncateTo || files.TryCreate(file.Path + UndoEnding) is not { } undo)
        {
            return;
        }

        using (undo)
        {
            byte[] buffer = new byte[CopyBytes];
            long from = plan.TruncateTo;
            for (int read; (read = file.Read(from, buffer)) > 0; from += read)
            {
                undo.Write(from - plan.TruncateTo, [buffer.AsMemory(0, read)]);
            }

            undo.SyncData();
        }

        files.SyncDirectory(Path.GetDirectoryName(file.Path)!);
    }

    private void Forget(string path)
    {
        if (File.Exists(path + UndoEnding))
        {
            files.Delete(path + UndoEnding);
        }
    }

    private sealed class FileBytes(ISegmentFile file) : IRandomAccessBytes
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> destination) => file.Read(offset, destination);
    }
}
