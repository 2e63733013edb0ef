using System.Globalization;
using Rig.Contracts.Cameras;
using Rig.Contracts.Cluster;
using Rig.Contracts.Nodes;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Coordination;

/// <summary>Where the nodes' states contradict each other or the wanted session. Pure.</summary>
public static class Disagreements
{
    /// <summary>A start and a stop take effect within the nodes' own time limits; only what lasts longer is told.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <param name="members">Everyone known, with the newest status of those that answered.</param>
    /// <param name="sessions">The documents of the shared state.</param>
    /// <param name="clockLimitMs">Offsets, with what they may be wrong by, beyond it are told.</param>
    public static IReadOnlyList<Disagreement> Find(
        IReadOnlyList<RigMember> members,
        IReadOnlyList<DesiredSession> sessions,
        double clockLimitMs,
        DateTimeOffset now
    )
    {
        ArgumentNullException.ThrowIfNull(members);
        ArgumentNullException.ThrowIfNull(sessions);
        return
        [
            .. members.SelectMany(OfMember),
            .. Versions(members),
            .. members.SelectMany(member => Clock(member, clockLimitMs)),
            .. Signals(members),
            .. members.SelectMany(member => Recordings(member, sessions, now)),
        ];
    }

    private static IEnumerable<Disagreement> OfMember(RigMember member)
    {
        MemberView view = member.View;
        string node = view.Member.NodeId;
        if (view.State == MemberState.Failed)
        {
            yield return new Disagreement(
                "member",
                [node],
                $"{node} has not been heard of since {Time(view.StateSince)}; it may go on recording by itself.",
                "Check its power and network; it follows the session when it is back."
            );
        }
        else if (view is { State: MemberState.Up, Reachable: false })
        {
            yield return new Disagreement(
                "link",
                [node],
                $"{node} is in the rig but cannot be reached from here.",
                $"Check the network between this node and {node} ({view.Member.LinkAddress})."
            );
        }
        else if (view.State == MemberState.Up && member.Status is null)
        {
            yield return new Disagreement(
                "status",
                [node],
                $"{node} does not tell its status: {member.Error ?? "no answer"}.",
                $"Look at its own page ({view.Member.HttpAddress}) and its log."
            );
        }
    }

    /// <summary>Nodes of another version than most are told; of equally many the first in the order of versions counts as most.</summary>
    private static IEnumerable<Disagreement> Versions(IReadOnlyList<RigMember> members)
    {
        IGrouping<string, string>[] versions =
        [
            .. Up(members)
                .GroupBy(member => member.View.Member.Version, member => member.View.Member.NodeId)
                .OrderByDescending(version => version.Count())
                .ThenBy(version => version.Key, StringComparer.Ordinal),
        ];
        return versions
            .Skip(1)
            .Select(version => new Disagreement(
                "version",
                [.. version],
                $"{string.Join(", ", version)} run{(version.Count() == 1 ? "s" : "")} version {version.Key}, the others {versions[0].Key}.",
                "Bring all nodes to one version while nothing is recorded."
            ));
    }

    private static IEnumerable<Disagreement> Clock(RigMember member, double limitMs)
    {
        if (member.Status?.Clock is not { OffsetMs: { } offset } clock)
        {
            yield break;
        }

        double worst = Math.Abs(offset) + (clock.UncertaintyMs ?? 0);
        if (worst > limitMs)
        {
            string node = member.View.Member.NodeId;
            yield return new Disagreement(
                "clock",
                [node],
                $"The clock of {node} is off by {Number(offset)} ms, uncertain by {Number(clock.UncertaintyMs ?? 0)} ms; the limit is {Number(limitMs)} ms.",
                "Check the network to the clock master, or wait for the clock to settle."
            );
        }
    }

    /// <summary>A camera without signal is worth a word where others have one; where none has, nothing is set up yet.</summary>
    private static IEnumerable<Disagreement> Signals(IReadOnlyList<RigMember> members)
    {
        (string Node, CameraStatus Camera)[] cameras =
        [
            .. Up(members).SelectMany(member => (member.Status?.Cameras ?? []).Select(camera => (member.View.Member.NodeId, camera))),
        ];
        return cameras.Any(camera => camera.Camera.Ingest.State == IngestState.Streaming)
            ? cameras
                .Where(camera => camera.Camera.Ingest.State is IngestState.NoSignal or IngestState.Error)
                .Select(camera => new Disagreement(
                    "camera",
                    [camera.Node],
                    $"{camera.Node}/{camera.Camera.Id} has no signal while other cameras have.",
                    camera.Camera.Ingest.LastError is { } error
                        ? $"Check cable, power and settings of the camera: {error}"
                        : "Check cable and power of the camera."
                ))
            : [];
    }

    private static IEnumerable<Disagreement> Recordings(RigMember member, IReadOnlyList<DesiredSession> sessions, DateTimeOffset now)
    {
        if (member is not { Status: { } status, View: { State: MemberState.Up, Member: { NodeId: var node } } })
        {
            yield break;
        }

        foreach (CameraStatus camera in status.Cameras)
        {
            string id = $"{node}/{camera.Id}";
            string? does = camera.Recorder.State is RecorderState.Recording or RecorderState.Arming ? camera.Recorder.SessionId : null;
            DesiredSession? wanted = Wishes.Wanted(sessions, id, now);
            if (does == wanted?.SessionId || IsChanging(does, wanted, id, sessions, now))
            {
                continue;
            }

            yield return wanted is null
                ? new Disagreement(
                    "session",
                    [node],
                    $"{id} records {does}, which the rig does not want.",
                    $"Stop it on {node} locally (`rig stop --local --node {node}`), or wait until the node has reported it."
                )
                : new Disagreement(
                    "session",
                    [node],
                    $"{id} records {does ?? "nothing"}; the rig wants it in {wanted.SessionId}.",
                    camera.Recorder.LastError is { } error
                        ? $"See the camera's recorder: {error}"
                        : $"Check {node}: its gates, its log and its network."
                );
        }
    }

    /// <summary>What began or ended just now is given time.</summary>
    private static bool IsChanging(
        string? does,
        DesiredSession? wanted,
        string camera,
        IReadOnlyList<DesiredSession> sessions,
        DateTimeOffset now
    )
    {
        if (wanted is not null)
        {
            DateTimeOffset start = Wishes.Entry(wanted, camera)?.Start ?? wanted.Start;
            return now < Later(start, Wishes.StartOf(wanted, Wishes.Entry(wanted, camera))) + Grace;
        }

        DesiredSession? ended = sessions.FirstOrDefault(session => session.SessionId == does);
        DateTimeOffset? end = ended is null ? null : Wishes.Entry(ended, camera)?.End ?? ended.End;
        return end is { } at && ended is not null && now < Later(at, Wishes.Newest(ended)) + Grace;
    }

    private static IEnumerable<RigMember> Up(IEnumerable<RigMember> members) =>
        members.Where(member => member.View.State == MemberState.Up);

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";
}
