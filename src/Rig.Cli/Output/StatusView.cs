// A node's status as a table and some lines: what `rig status` prints and `rig watch` keeps fresh.
using Rig.Contracts.Cameras;
using Rig.Contracts.Nodes;
using Rig.Contracts.Sessions;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Rig.Cli.Output;

internal static class StatusView
{
    public static IRenderable Create(NodeStatus status) =>
        new Rows([
            Head(status),
            new Markup(Health(status)),
            new Markup(Session(status)),
            Cameras(status.Cameras),
            .. status.Gates.Where(gate => gate.Level != GateLevel.Ok).Select(gate => Gate(gate)),
            .. Warnings(status).Select(warning => new Markup($"[yellow]![/] {Markup.Escape(warning)}")),
        ]);

    /// <summary>The cameras with what their ingest and recorder say.</summary>
    /// <param name="cameras">In the order of rows.</param>
    /// <param name="withNode">Names them as the rig does: <c>CAM_L/cam0</c>.</param>
    public static Table Cameras(IReadOnlyList<CameraStatus> cameras, bool withNode = false)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("camera", "state", "picture", "recorder", "durable", "lost");
        foreach (var camera in cameras)
        {
            var (ingest, recorder) = (camera.Ingest, camera.Recorder);
            table.AddRow(
                Markup.Escape(Lines(withNode ? $"{camera.Node}/{camera.Id}" : camera.Id, camera.Name ?? camera.Position)),
                Coloured(Show.Word(ingest.State), Colour(ingest.State)),
                Markup.Escape(
                    Lines($"{ingest.Resolution?.Formatted ?? Show.None} {Fps(ingest)}", $"{ingest.VideoCodec} {Show.Rate(ingest.Bitrate)}")
                ),
                Coloured(Show.Word(recorder.State), Colour(recorder.State)),
                Lines(Durable(recorder), recorder.Bytes > 0 ? Show.Size(recorder.Bytes) : null),
                recorder.DroppedUnits > 0 || recorder.Gaps.Count > 0
                    ? $"[red]{recorder.DroppedUnits} in {recorder.Gaps.Count} gaps[/]"
                    : Show.None
            );
        }

        return table;
    }

    /// <summary>Two lines a cell keep the table inside the 80 columns of a plain terminal.</summary>
    private static string Lines(string first, string? second) => string.IsNullOrEmpty(second) ? first : $"{first}\n{second}";

    private static Markup Head(NodeStatus status) =>
        new(
            $"[bold]{Markup.Escape(status.NodeId)}[/]  {Show.Word(status.Mode)}  {Markup.Escape(status.Version)}  up {Show.Span(status.UptimeSeconds)}  "
                + $"{Show.Time(status.LocalTime)}"
        );

    private static string Health(NodeStatus status)
    {
        var disk = status.Disk;
        var minutes = disk.EstimatedMinutes is { } left ? $", about {Show.Number(left, "0")} min" : "";
        var parts = new List<string>
        {
            $"disk {Show.Size(disk.FreeBytes)} free ({Show.Number(disk.FreePercent, "0")} %{minutes}){(disk.Writable ? "" : " [red]not writable[/]")}",
            $"clock {Clock(status.Clock)}",
            $"cpu {Show.Number(status.Process.CpuCores)} cores",
            $"memory {Show.Size(status.Process.ResidentBytes)}",
        };
        if (status.Temperature is { } temperature)
        {
            parts.Add($"{Show.Number(temperature.Celsius, "0")} °C");
        }

        if (status.Battery is { } battery)
        {
            parts.Add($"battery {Show.Number(battery.Percent, "0")} %{(battery.Charging ? " charging" : "")}");
        }

        return string.Join("  ", parts);
    }

    /// <summary>The offset of a node's clock, with where the reading comes from.</summary>
    public static string Clock(ClockStatus clock) =>
        clock.OffsetMs is { } offset ? $"{Show.Number(offset, "+0.###;-0.###;0")} ms ({Markup.Escape(clock.Source)})" : "unknown";

    private static string Session(NodeStatus status) => Session(status.Session, status.LocalTime);

    /// <summary>The session that runs, in one line of markup.</summary>
    public static string Session(SessionStatus? session, DateTimeOffset now) =>
        session is { State: not SessionState.Finished }
            ? $"session [bold]{Markup.Escape(session.SessionId)}[/]  {Coloured(Show.Word(session.State), "red")}  "
                + $"{Show.Span((now - session.Start).TotalSeconds)}  {session.Marks.Count} marks"
            : "no session";

    /// <summary>What is wrong on the node and its cameras.</summary>
    public static IEnumerable<string> Warnings(NodeStatus status) =>
        status.Warnings.Concat(status.Cameras.SelectMany(camera => camera.Warnings.Select(warning => $"{camera.Id}: {warning}")));

    /// <summary>A gate that does not pass, with value, limit and remedy.</summary>
    /// <param name="gate">The reading.</param>
    /// <param name="node">Named before the camera when several nodes are shown.</param>
    public static Markup Gate(GateReading gate, string? node = null)
    {
        var camera = (node, gate.Camera) switch
        {
            (null, null) => "",
            (null, var id) => $" {id}",
            (var id, null) => $" {id}",
            var (at, id) => $" {at}/{id}",
        };
        var colour = gate.Level == GateLevel.Block ? "red" : "yellow";
        return new Markup(
            $"[{colour}]{Show.Word(gate.Level)}[/] {Markup.Escape($"{gate.Gate}{camera}: {gate.Value}, needed {gate.Limit}. {gate.Remedy}")}"
        );
    }

    private static string Fps(IngestStatus ingest) =>
        ingest.NominalFps is { } nominal ? $"{Show.Number(ingest.Fps, "0.0")}/{Show.Number(nominal)}" : Show.Number(ingest.Fps, "0.0");

    private static string Durable(RecorderStatus recorder)
    {
        const double alarm = 3;
        return recorder.SecondsSinceDurable is { } seconds
            ? Coloured($"{Show.Number(seconds, "0.0")} s ago", seconds > alarm ? "red" : "green")
            : Show.None;
    }

    public static string Coloured(string text, string colour) => $"[{colour}]{Markup.Escape(text)}[/]";

    private static string Colour(IngestState state) =>
        state switch
        {
            IngestState.Streaming => "green",
            IngestState.Error or IngestState.NoSignal => "red",
            _ => "yellow",
        };

    private static string Colour(RecorderState state) =>
        state switch
        {
            RecorderState.Recording => "red",
            RecorderState.Failed => "red",
            RecorderState.Idle => "default",
            _ => "yellow",
        };
}
