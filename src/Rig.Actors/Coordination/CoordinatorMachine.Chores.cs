using Rig.Contracts.Cluster;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Coordination;

// What the documents ask for by themselves. Each chore writes at most one document and is looked for again when that is done.
public sealed partial class CoordinatorMachine
{
    /// <summary>Stopped documents of nodes that never came back, beyond which the oldest is given up.</summary>
    private const int MostStopped = 40;

    /// <summary>A planned end came.</summary>
    private bool EndWhatIsDue()
    {
        if (Recording().FirstOrDefault(session => session.End <= _now) is not { } due)
        {
            return false;
        }

        EndSession(due, due.End!.Value, null, () => TellAll(due.SessionId, asker: null), asker: null);
        return true;
    }

    private bool DoChore() => Untangle() || EndEmptySession() || TakeInLateMembers() || NoteOutcomes() || Prune();

    /// <summary>Of sessions that claim the same camera the latest wish holds; the others end there.</summary>
    private bool Untangle()
    {
        DesiredSession[] recording = [.. Recording().Where(session => Wishes.Runs(session, _now))];
        if (recording.Length < 2)
        {
            return false;
        }

        string[] cameras =
        [
            .. recording.SelectMany(session => session.Cameras).Select(camera => camera.Camera).Distinct(StringComparer.Ordinal),
        ];
        foreach (DesiredSession session in recording.Reverse())
        {
            DesiredSession untangled = session;
            foreach (string camera in cameras)
            {
                DesiredCamera? entry = Wishes.Entry(session, camera);
                bool claims = entry is null ? session.AllCameras : Wishes.IsOpen(entry);
                if (!claims || Wishes.Wanted(recording, camera, _now) is not { } holder || holder.SessionId == session.SessionId)
                {
                    continue;
                }

                DateTimeOffset wish = Wishes.StartOf(holder, Wishes.Entry(holder, camera));
                DesiredCamera ended = (entry ?? new DesiredCamera(camera, session.Start)) with
                {
                    End = Max(session.Start, _now),
                    WishedAt = wish,
                };
                untangled = Wishes.With(untangled, ended);
            }

            if (!ReferenceEquals(untangled, session))
            {
                Write(session.SessionId, untangled, told: true, () => TellAll(session.SessionId, asker: null));
                return true;
            }
        }

        return false;
    }

    /// <summary>The last camera that leaves ends the session.</summary>
    private bool EndEmptySession()
    {
        DesiredSession? empty = Recording()
            .FirstOrDefault(session => session.Cameras.Any(camera => camera.End is not null) && !session.Cameras.Any(Wishes.IsOpen));
        if (empty is null)
        {
            return false;
        }

        DateTimeOffset end = Max(empty.Start, empty.Cameras.Max(camera => camera.End ?? DateTimeOffset.MinValue));
        EndSession(empty, end < _now ? end : Max(empty.Start, _now), null, () => TellAll(empty.SessionId, asker: null), asker: null);
        return true;
    }

    /// <summary>Members that appeared, or got more cameras, while a session covers all.</summary>
    private bool TakeInLateMembers()
    {
        foreach (DesiredSession session in Recording().Where(session => session.AllCameras && Wishes.Runs(session, _now)))
        {
            HashSet<string> present = [.. session.Cameras.Select(camera => camera.Camera)];
            DesiredCamera[] late =
            [
                .. _members
                    .Values.Where(member => member.State == MemberState.Up)
                    .OrderBy(member => member.Member.NodeId, StringComparer.Ordinal)
                    .SelectMany(member => member.Member.Cameras.Select(camera => $"{member.Member.NodeId}/{camera}"))
                    .Where(camera => !present.Contains(camera) && Wishes.Wanted(Recording(), camera, _now)?.SessionId == session.SessionId)
                    .Select(camera => new DesiredCamera(camera, session.Start)),
            ];
            if (late.Length > 0)
            {
                DesiredSession joined = session with { Cameras = [.. session.Cameras, .. late] };
                Write(session.SessionId, joined, told: true, () => TellAll(session.SessionId, asker: null));
                return true;
            }
        }

        return false;
    }

    /// <summary>Notes down what became of the cameras, so that the next coordinator answers the same; a session whose files are all closed is finished.</summary>
    private bool NoteOutcomes()
    {
        foreach (DesiredSession session in NewestFirst().Where(IsUnfinished))
        {
            bool finished = session.State == DesiredState.Stopped && session.Cameras.All(camera => IsDone(session, camera));
            DesiredCamera[] noted = [.. session.Cameras.Select(camera => camera with { Outcome = Known(session, camera) })];
            bool changed = noted.Zip(session.Cameras).Any(pair => !Same(pair.First.Outcome, pair.Second.Outcome));
            if (finished || (changed && !IsBeingTold(session.SessionId)))
            {
                DesiredSession next = session with { Cameras = noted, State = finished ? DesiredState.Finished : session.State };
                Write(session.SessionId, next, told: false, () => { });
                return true;
            }
        }

        return false;
    }

    private CameraOutcome? Known(DesiredSession session, DesiredCamera camera) => OutcomeOf(session, camera) ?? camera.Outcome;

    private static bool Same(CameraOutcome? one, CameraOutcome? other) =>
        (one?.Result, one?.Reason, one?.OffsetMs) == (other?.Result, other?.Reason, other?.OffsetMs);

    /// <summary>Its node has closed its files, or has said that there is nothing to close.</summary>
    private bool IsDone(DesiredSession session, DesiredCamera camera) =>
        OutcomeOf(session, camera) is { Result: CameraResult.Stopped or CameraResult.Refused }
        || (
            ToldOf(session.SessionId, Wishes.NodeOf(camera.Camera)) is { } told
            && told.Acknowledged >= _need[session.SessionId]
            && told.UnderWay == 0
        );

    private bool IsBeingTold(string sessionId) => _tellings.Values.Any(telling => telling.Session == sessionId);

    private bool Prune()
    {
        DesiredSession? old =
            NewestFirst().Where(session => session.State == DesiredState.Finished).Skip(_settings.KeepFinished).LastOrDefault()
            ?? NewestFirst().Where(session => session.State == DesiredState.Stopped).Skip(MostStopped).LastOrDefault();
        if (old is null)
        {
            return false;
        }

        Write(old.SessionId, null, told: false, () => { });
        return true;
    }

    private static DateTimeOffset Max(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
