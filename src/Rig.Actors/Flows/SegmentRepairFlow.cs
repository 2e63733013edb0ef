using Rig.Actors.Housekeeping;

namespace Rig.Actors.Flows;

public static class SegmentRepairFlow
{
    public static RepairResult Repair(string path) => new() { Problem = path };
}
