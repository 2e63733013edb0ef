// Sessions and segments as tables.
using Rig.Contracts.Recordings;
using Spectre.Console;

namespace Rig.Cli.Output;

internal static class RecordingsView
{
    /// <summary>One row a session.</summary>
    public static Table Sessions(RecordingsPage page)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("session", "start", "length", "cameras", "files", "size", "gaps", "hashed", "copied");
        foreach (var session in page.Sessions)
        {
            var segments = session.Cameras.SelectMany(camera => camera.Segments).ToList();
            var gaps = session.Cameras.Sum(camera => camera.Gaps.Count);
            table.AddRow(
                Markup.Escape(session.SessionId),
                Show.Time(session.Start),
                session.End is { } end ? Show.Span((end - session.Start).TotalSeconds) : "[red]recording[/]",
                $"{session.Cameras.Count}",
                $"{segments.Count}",
                Show.Size(session.Bytes),
                gaps == 0 ? Show.None : $"[red]{gaps}[/]",
                Part(segments, segment => segment.Sha256 is not null),
                Part(segments, segment => segment.Offloaded is not null)
            );
        }

        return table;
    }

    /// <summary>One row a segment of one session.</summary>
    public static Table Segments(RecordedSession session)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("camera", "file", "first picture", "length", "frames", "size", "sha-256", "state");
        foreach (var camera in session.Cameras)
        {
            foreach (var segment in camera.Segments)
            {
                table.AddRow(
                    Markup.Escape(camera.Camera),
                    Markup.Escape(segment.File),
                    segment.First is { } first ? Show.Clock(first) : Show.None,
                    segment is { First: { } from, Last: { } to } ? Show.Span((to - from).TotalSeconds) : Show.None,
                    $"{segment.Frames}",
                    Show.Size(segment.Bytes),
                    segment.Sha256 is { Length: > 12 } hash ? Markup.Escape(hash[..12]) : Show.None,
                    State(segment)
                );
            }
        }

        return table;
    }

    /// <summary>Gaps, notes and marks of one session, a line each.</summary>
    public static IEnumerable<string> Lines(RecordedSession session) =>
        [
            .. session.Cameras.SelectMany(camera => camera.Gaps.Select(gap => $"{camera.Camera}: {Show.Gap(gap)}")),
            .. session.Cameras.SelectMany(camera => camera.Notes.Select(note => $"{camera.Camera}: {Show.Clock(note.At)} {note.Text}")),
            .. session
                .Cameras.SelectMany(camera => camera.Marks)
                .Distinct()
                .OrderBy(mark => mark.At)
                .Select(mark => $"mark {Show.Clock(mark.At)} {mark.Name}"),
        ];

    private static string State(Segment segment) =>
        segment switch
        {
            { Damage: { } damage } => $"[red]{Markup.Escape(damage)}[/]",
            { Closed: false } => "[yellow]open[/]",
            { Offloaded: { } copy } => $"[green]copied by {Markup.Escape(copy.By)}[/]",
            { Repaired: true } => "[yellow]repaired[/]",
            _ => "closed",
        };

    private static string Part(List<Segment> segments, Func<Segment, bool> holds)
    {
        var count = segments.Count(holds);
        return count == segments.Count ? "[green]all[/]" : $"{count} of {segments.Count}";
    }
}
