using System.Globalization;
using Rig.Actors;
using Rig.Actors.Housekeeping;
using Rig.Contracts.Cluster;
using Rig.Contracts.Json;
using Rig.Contracts.Problems;
using Rig.Contracts.Recordings;
using Rig.Media.Mp4;
using Rig.Media.Time;
using Rig.Node.Control;
using Rig.Node.Http;
using Rig.Streams.Playback;

namespace Rig.Node.Playback;

/// <summary>
/// Recordings as something to look at: what there is, in MediaMTX's words and as the index of a session; and any span of it, cut out of the files without
/// encoding. Reads files only; nothing here can hold up a recorder but the disk itself.
/// </summary>
public sealed class PlaybackDesk(RigSystem rig, RigControl control, Catalogue catalogue)
{
    /// <summary>The longest span that is cut in one piece: its tables take about 60 bytes a picture or sound frame.</summary>
    public static readonly TimeSpan MostSpan = TimeSpan.FromHours(6);

    /// <summary>Cuts being made at once; each reads its files' tables.</summary>
    public const int MostCuts = 64;

    private int _cuts;

    /// <summary>The spans of a camera of this node, over all its sessions. Null when it has recorded nothing.</summary>
    /// <param name="session">Only of this one.</param>
    public IReadOnlyList<PlaybackEntry>? List(string camera, string? session, DateTimeOffset? start, DateTimeOffset? end)
    {
        IReadOnlyList<Manifest> manifests = catalogue.OfCamera(camera);
        return manifests.Count == 0
            ? null
            :
            [
                .. manifests
                    .Where(manifest => session is null || manifest.SessionId == session)
                    .SelectMany(manifest => RecordedSpans.Of(manifest, Folder))
                    .Select(span => (From: Later(span.From, start), To: Earlier(span.To, end)))
                    .Where(span => span.To > span.From)
                    .Select(span => Entry($"{control.NodeId}/{camera}", span.From, span.To)),
            ];
    }

    /// <summary>The index of a session over the whole rig; null when no node that answers knows it.</summary>
    public async Task<PlaybackIndex?> IndexAsync(string session, CancellationToken cancel)
    {
        string[] others =
        [
            .. (await control.GetClusterAsync(cancel))
                .Members.Where(view => view.State == MemberState.Up && view.Member.NodeId != control.NodeId)
                .Select(view => view.Member.NodeId),
        ];
        object[] answers = await Task.WhenAll(others.Select(node => control.AskAsync(node, new AskPlayback(session), cancel)));
        PlaybackCamera[] cameras = [.. Here(session).Concat(answers.OfType<PlaybackAnswer>().SelectMany(answer => answer.Cameras))];
        return cameras.Length == 0
            ? null
            : new PlaybackIndex
            {
                SessionId = session,
                Start = cameras.Min(camera => camera.Start),
                End = cameras.Max(camera => camera.End ?? (camera.Spans is [.., var last] ? last.End() : camera.Start)),
                Growing = cameras.Any(camera => camera.Growing),
                Cameras = [.. cameras.OrderBy(camera => camera.Path, StringComparer.Ordinal)],
                Marks = [.. cameras.SelectMany(camera => camera.Marks).Distinct().OrderBy(mark => mark.At)],
                Missing = [.. others.Where((_, i) => answers[i] is not PlaybackAnswer)],
            };
    }

    /// <summary>What this node has recorded in a session.</summary>
    public IReadOnlyList<PlaybackCamera> Here(string session) => [.. catalogue.OfSession(session).Select(Camera)];

    /// <summary>Cuts a span of a camera of this node. <see cref="Cut"/>, whose content the caller disposes of, or <see cref="Problem"/>.</summary>
    /// <param name="session">The session; the one that has recorded at the start, or first after it, when null.</param>
    public object Cut(string camera, string? session, DateTimeOffset start, TimeSpan duration, bool fragmented)
    {
        if (duration <= TimeSpan.Zero || duration > MostSpan)
        {
            return ProblemResults.Invalid(
                $"A span of {duration.TotalSeconds} s cannot be cut.",
                $"More than 0 and at most {MostSpan.TotalSeconds} s."
            );
        }

        Manifest? manifest = catalogue
            .OfCamera(camera)
            .Where(known => session is null ? Reaches(known, start, start + duration) : known.SessionId == session)
            .FirstOrDefault();
        if (manifest is null)
        {
            return Nothing($"{camera} has no recording of {UtcTimeConverter.Format(start)}.");
        }

        if (Interlocked.Increment(ref _cuts) > MostCuts)
        {
            Interlocked.Decrement(ref _cuts);
            return new Problem
            {
                Status = StatusCodes.Status503ServiceUnavailable,
                Code = ProblemCodes.Busy,
                Title = "Too many cuts are being made",
                Remedy = "Try again in a second.",
            };
        }

        try
        {
            return SpanCutter.Cut(Request(manifest, start, duration, fragmented));
        }
        catch (EmptySpanException empty)
        {
            return Nothing(empty.Message);
        }
        catch (IOException gone)
        {
            return Nothing(gone.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _cuts);
        }
    }

    private string Folder => rig.Settings.Current.RecordingsFolder;

    private CutRequest Request(Manifest manifest, DateTimeOffset start, TimeSpan duration, bool fragmented) =>
        new()
        {
            Files =
            [
                .. RecordedSpans
                    .Files(manifest, Folder)
                    .Select(file => new RecordedFile(file.Path, UtcInstant.From(file.Segment.First!.Value))),
            ],
            Start = UtcInstant.From(start),
            Duration = MediaSpan.From(duration),
            Fragmented = fragmented,
            Marks = [.. manifest.Marks.Select(mark => new SegmentMark(UtcInstant.From(mark.At), mark.Name))],
            Metadata = new SegmentMetadata
            {
                Session = manifest.SessionId,
                Camera = manifest.Camera,
                Node = manifest.Node,
                Position = manifest.Position ?? "",
                Software = $"RecorderRig {manifest.SoftwareVersion}",
            },
        };

    private PlaybackCamera Camera(Manifest manifest)
    {
        string path = $"{manifest.Node}/{manifest.Camera}";
        HashSet<string> playable = [.. RecordedSpans.Files(manifest, Folder).Select(file => file.Segment.File)];
        return new PlaybackCamera
        {
            Path = path,
            Position = manifest.Position,
            Start = manifest.Start,
            End = manifest.End,
            VideoCodec = manifest.VideoCodec,
            AudioCodec = manifest.AudioCodec,
            Fps = manifest.Fps,
            Spans = [.. RecordedSpans.Of(manifest, Folder).Select(span => Entry(path, span.From, span.To))],
            Gaps = manifest.Gaps,
            Marks = manifest.Marks,
            LockViews = manifest.LockViews,
            Unplayable = [.. manifest.Segments.Select(segment => segment.File).Where(file => !playable.Contains(file))],
            Growing = !manifest.Complete,
        };
    }

    private static bool Reaches(Manifest manifest, DateTimeOffset start, DateTimeOffset end) =>
        manifest.Segments.Any(segment =>
            segment.First < end && (segment is { Closed: true, Last: { } last } ? last >= start : segment.Deleted is null)
        );

    private static PlaybackEntry Entry(string path, DateTimeOffset from, DateTimeOffset to)
    {
        double seconds = Math.Round((to - from).TotalSeconds, 6);
        string start = Uri.EscapeDataString(UtcTimeConverter.Format(from));
        return new PlaybackEntry(
            from,
            seconds,
            string.Create(CultureInfo.InvariantCulture, $"/get?path={Uri.EscapeDataString(path)}&start={start}&duration={seconds}")
        );
    }

    private static Problem Nothing(string detail) =>
        new()
        {
            Status = StatusCodes.Status404NotFound,
            Code = ProblemCodes.NoRecording,
            Title = "Nothing was recorded there",
            Detail = detail,
            Remedy = "GET /list?path=CAMERA says what there is.",
        };

    private static DateTimeOffset Later(DateTimeOffset instant, DateTimeOffset? other) => other > instant ? other.Value : instant;

    private static DateTimeOffset Earlier(DateTimeOffset instant, DateTimeOffset? other) => other < instant ? other.Value : instant;
}

/// <summary>What a listed span implies.</summary>
internal static class PlaybackEntries
{
    public static DateTimeOffset End(this PlaybackEntry entry) => entry.Start.AddSeconds(entry.Duration);
}
