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
            .. status.Gates.Where(gate => gate.Level != GateLevel.Ok).Select(Gate),
            .. Warnings(status).Select(warning => new Markup($"[yellow]![/] {Markup.Escape(warning)}")),
        ]);

    /// <summary>The cameras with what their ingest and recorder say.</summary>
    public static Table Cameras(IReadOnlyList<CameraStatus> cameras)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("camera", "state", "picture", "recorder", "durable", "lost");
        foreach (var camera in cameras)
        {
            var (ingest, recorder) = (camera.Ingest, camera.Recorder);
            table.AddRow(
                Markup.Escape(Lines(camera.Id, camera.Name ?? camera.Position)),
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

    private static string Clock(ClockStatus clock) =>
        clock.OffsetMs is { } offset ? $"{Show.Number(offset, "+0.###;-0.###;0")} ms ({Markup.Escape(clock.Source)})" : "unknown";

    private static string Session(NodeStatus status) =>
        status.Session is { } session && session.State != SessionState.Finished
            ? $"session [bold]{Markup.Escape(session.SessionId)}[/]  {Coloured(Show.Word(session.State), "red")}  "
                + $"{Show.Span((status.LocalTime - session.Start).TotalSeconds)}  {session.Marks.Count} marks"
            : "no session";

    private static IEnumerable<string> Warnings(NodeStatus status) =>
        status.Warnings.Concat(status.Cameras.SelectMany(camera => camera.Warnings.Select(warning => $"{camera.Id}: {warning}")));

    private static Markup Gate(GateReading gate)
    {
        var camera = gate.Camera is null ? "" : $" {gate.Camera}";
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

    private static string Coloured(string text, string colour) => $"[{colour}]{Markup.Escape(text)}[/]";

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
