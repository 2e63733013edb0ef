using Rig.Contracts.Cluster;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Coordination;

// Stop, mark, join and leave: the document first, then the nodes.
public sealed partial class CoordinatorMachine
{
    private void Stop(Asked asked, StopSession request)
    {
        if (
            request.RequestId is { } id
            && NewestFirst().FirstOrDefault(one => one.StopRequestId == id && (request.SessionId ?? one.SessionId) == one.SessionId)
                is { } stopped
            && !IsRecordingToo(stopped, request)
        )
        {
            AnswerAlike(asked.Asker, stopped.SessionId);
            return;
        }

        DesiredSession? session = request.SessionId is { } named
            ? _documents.GetValueOrDefault(named)?.Session
            : Recording().LastOrDefault()
                ?? NewestFirst().FirstOrDefault(candidate => candidate.State == DesiredState.Stopped && candidate.End > _now);
        if (session is null or { State: DesiredState.Finished })
        {
            Answer(asked.Asker, SessionProblems.NoSession(request.SessionId));
            return;
        }

        (DateTimeOffset? end, Problem? problem) = SessionRules.EndOf(request, session, _now);
        if (end is not { } at)
        {
            Answer(asked.Asker, problem!);
        }
        else if (session.State == DesiredState.Stopped && (at >= session.End || session.End <= _now))
        {
            AnswerAlike(asked.Asker, session.SessionId);
        }
        else
        {
            // Sessions that nodes began by themselves may run beside each other; a stop without a name stops them all, the newest last.
            bool more = request.SessionId is null && Recording().Skip(1).Any();
            EndSession(
                session,
                at,
                request,
                more ? () => _commands.AddFirst(asked) : () => TellAll(session.SessionId, asked.Asker),
                asked.Asker
            );
        }
    }

    /// <summary>A stop without a name is done only when nothing records any more.</summary>
    private bool IsRecordingToo(DesiredSession stopped, StopSession request) =>
        request.SessionId is null
        && Recording().Any(session => session.SessionId != stopped.SessionId && session.RequestedAt < stopped.RequestedAt);

    private void EndSession(DesiredSession session, DateTimeOffset end, StopSession? request, Action written, long? asker)
    {
        bool planned = session.State == DesiredState.Recording && end > _now + SessionRules.NearStop && end > session.Start;
        DesiredSession ended = session with
        {
            State = planned ? DesiredState.Recording : DesiredState.Stopped,
            End = end,
            StopRequestId = request?.RequestId ?? session.StopRequestId,
            RequestedAt = planned ? session.RequestedAt : Later(request?.RequestedAt ?? _now, Wishes.Newest(session)),
        };
        Write(session.SessionId, ended, told: true, written, failure => AnswerIf(asker, failure));
    }

    private static DateTimeOffset Later(DateTimeOffset wish, DateTimeOffset known) => wish > known ? wish : known.AddTicks(1);

    private void AnswerIf(long? asker, Problem problem)
    {
        if (asker is { } waiting)
        {
            Answer(waiting, problem);
        }
    }

    private void Mark(Asked asked, AddMark request)
    {
        DesiredSession? session = Recording().FirstOrDefault();
        (DesiredSession? marked, Mark? mark, Problem? problem) = SessionRules.AddMark(request, session, _now);
        if (marked is null)
        {
            Answer(asked.Asker, problem!);
        }
        else if (ReferenceEquals(marked, session))
        {
            Answer(asked.Asker, new MarkAnswer(mark!));
        }
        else
        {
            Write(
                marked.SessionId,
                marked,
                told: true,
                () =>
                {
                    Answer(asked.Asker, new MarkAnswer(mark!));
                    TellAll(marked.SessionId, asker: null);
                },
                failure => Answer(asked.Asker, failure)
            );
        }
    }

    private void Join(Asked asked, JoinCommand join)
    {
        if (!CameraId.TryParse(join.Camera, asked.From, out CameraId id) || !IsKnown(id))
        {
            string[] known =
            [
                .. _members.Values.SelectMany(member => member.Member.Cameras.Select(camera => $"{member.Member.NodeId}/{camera}")),
            ];
            Answer(asked.Asker, SessionProblems.UnknownCamera(join.Camera, known));
            return;
        }

        string camera = id.ToString();
        DesiredSession? wanted = Wishes.Wanted(Recording(), camera, _now);
        DesiredCamera? present = wanted is null ? null : Wishes.Entry(wanted, camera);
        if (Recording().FirstOrDefault() is not { } session)
        {
            Answer(asked.Asker, SessionProblems.NoSession(null));
        }
        else if (present is not null && join.At is { } again && present.Start == again)
        {
            AnswerOutcome(asked.Asker, wanted!.SessionId, camera);
        }
        else if (present is not null)
        {
            Answer(asked.Asker, SessionProblems.SessionRunning(wanted!));
        }
        else
        {
            DateTimeOffset start = join.At ?? _now;
            DesiredCamera joined = new(camera, start < session.Start ? session.Start : start, WishedAt: WishTime(start));
            ForgetOutcome(session.SessionId, camera);
            Write(
                session.SessionId,
                Wishes.With(session, joined),
                told: true,
                () => TellAll(session.SessionId, asked.Asker, camera),
                failure => Answer(asked.Asker, failure)
            );
        }
    }

    private bool IsKnown(CameraId id) => _members.TryGetValue(id.Node, out MemberView? member) && member.Member.Cameras.Contains(id.Camera);

    private void Leave(Asked asked, LeaveCommand leave)
    {
        if (!CameraId.TryParse(leave.Camera, asked.From, out CameraId id))
        {
            Answer(asked.Asker, SessionProblems.NoSession(null));
            return;
        }

        string camera = id.ToString();
        if (leave.At is { } at && NewestFirst().FirstOrDefault(past => Wishes.Entry(past, camera)?.End == at) is { } left)
        {
            AnswerOutcome(asked.Asker, left.SessionId, camera);
            return;
        }

        if (Wishes.Wanted(Recording(), camera, _now) is not { } session || Wishes.Entry(session, camera) is not { } entry)
        {
            Answer(asked.Asker, SessionProblems.NoSession(null));
            return;
        }

        DateTimeOffset end = leave.At ?? _now;
        if (session.Cameras.Count(Wishes.IsOpen) == 1)
        {
            (DateTimeOffset? whole, Problem? problem) = SessionRules.EndOf(new StopSession { RequestedAt = end }, session, _now);
            if (problem is not null)
            {
                Answer(asked.Asker, problem);
                return;
            }

            session = Wishes.With(session, entry with { End = whole, WishedAt = WishTime(end) });
            EndSession(session, whole!.Value, null, () => TellAll(session.SessionId, asked.Asker), asked.Asker);
            return;
        }

        DesiredCamera ended = entry with { End = end < entry.Start ? entry.Start : end, WishedAt = WishTime(end) };
        ForgetOutcome(session.SessionId, camera);
        Write(
            session.SessionId,
            Wishes.With(session, ended),
            told: true,
            () => TellAll(session.SessionId, asked.Asker, camera),
            failure => Answer(asked.Asker, failure)
        );
    }

    private void ForgetOutcome(string sessionId, string camera)
    {
        if (_outcomes.TryGetValue(sessionId, out Dictionary<string, CameraOutcome>? known))
        {
            known.Remove(camera);
        }
    }
}
