// An event as one line.
using Rig.Cli.Client;
using Rig.Contracts.Events;

namespace Rig.Cli.Output;

internal static class EventText
{
    /// <summary>Time, topic, node and what happened; the node's own text of an event that this program does not know.</summary>
    public static string Line(NodeEvent received) => received.Event is { } happened ? Line(happened) : received.Json;

    /// <summary>Time, topic, node and what happened.</summary>
    public static string Line(RigEvent happened) =>
        $"{Show.Clock(happened.Time)}  {happened.Topic, -20}  {happened.Node, -6}  {Words(happened)}";

    private static string Words(RigEvent happened) =>
        happened switch
        {
            CameraConnected camera => camera.Camera,
            CameraDisconnected camera => $"{camera.Camera}: {camera.Reason}",
            CameraStateChanged camera =>
                $"{camera.Camera}: {Show.Word(camera.From)} -> {Show.Word(camera.To)}{(camera.Reason is null ? "" : $": {camera.Reason}")}",
            CameraFormatChanged camera => $"{camera.Camera}: {camera.Format}",
            RecordingStarted started =>
                $"{started.Camera} in {started.SessionId}{(started.LateMs > 0 ? $", {Show.Number(started.LateMs, "0")} ms late" : "")}",
            RecordingStopped stopped => $"{stopped.Camera}: {stopped.Frames} frames, {Show.Size(stopped.Bytes)}, {stopped.Segments} files",
            RecordingProgress progress =>
                $"{progress.Camera}: {Show.Size(progress.DurableBytes)} durable, {Show.Number(progress.SecondsSinceDurable, "0.0")} s ago",
            RecordingError error => $"{error.Camera}: {error.Error}. {error.Remedy}",
            RecordingGap gap => $"{gap.Camera}: {Show.Gap(gap.Gap)}",
            SegmentClosed closed => $"{closed.Camera}: {closed.Segment.File}, {Show.Size(closed.Segment.Bytes)}",
            SegmentRepaired repaired => $"{repaired.File}: {repaired.Result}",
            SessionChanged session => $"{session.Session.SessionId}: {Show.Word(session.Session.State)}",
            MarkAdded mark => $"{mark.Mark.Name} at {Show.Clock(mark.Mark.At)}",
            AlarmRaised alarm => $"{alarm.Text}. {alarm.Remedy}",
            AlarmCleared alarm => alarm.Alarm,
            HealthChanged health => string.Join(", ", health.Gates.Select(gate => $"{gate.Gate} {Show.Word(gate.Level)}")),
            ConfigurationApplied applied => string.Join(", ", applied.Keys),
            _ => "",
        };
}
