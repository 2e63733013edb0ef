using Rig.Contracts.Cluster;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Coordination;

// A start: prepare all nodes at once, write the document, tell everybody. Nothing else is decided between the first question and the write.
public sealed partial class CoordinatorMachine
{
    /// <summary>Sessions that began in one second and were given no name: more than anybody presses.</summary>
    private const int MostAttempts = 50;

    private Preparation? _preparation;

    private void Start(Asked asked, StartSession request)
    {
        // Programs may number their requests anew for each session: one that names another session is another request.
        bool IsMadeBy(DesiredSession session) =>
            session.RequestId == request.RequestId && (request.SessionId ?? session.SessionId) == session.SessionId;

        if (request.RequestId is { } id && NewestFirst().FirstOrDefault(IsMadeBy) is { } made)
        {
            AnswerAlike(asked.Asker, made.SessionId);
            return;
        }

        if (Recording().FirstOrDefault() is { } running)
        {
            Answer(asked.Asker, SessionProblems.SessionRunning(running));
            return;
        }

        if (SessionRules.Validate(request, _now) is { } invalid)
        {
            Answer(asked.Asker, invalid);
            return;
        }

        (List<CameraId> cameras, Problem? unknown) = Choose(request, asked.From);
        if (unknown is not null)
        {
            Answer(asked.Asker, unknown);
            return;
        }

        // Preparing takes time; the session begins when it was asked for.
        request = request with
        {
            RequestedAt = request.RequestedAt ?? _now,
        };
        DateTimeOffset start = SessionRules.StartOf(request, _now);
        if (request.SessionId is { } taken && _documents.ContainsKey(taken))
        {
            Answer(asked.Asker, SessionProblems.SessionExists(taken));
            return;
        }

        int attempt = 1;
        string name = request.SessionId ?? FreeId(start, 1, out attempt);
        Prepare(new Preparation(asked, request, name, start, cameras) { Attempt = attempt });
    }

    private (List<CameraId> Cameras, Problem? Problem) Choose(StartSession request, string home)
    {
        IOrderedEnumerable<MemberView> members = _members
            .Values.Where(member => member.State != MemberState.Left)
            .OrderBy(member => member.Member.NodeId, StringComparer.Ordinal);
        List<CameraId> known =
        [
            .. members.SelectMany(member => member.Member.Cameras.Select(camera => new CameraId(member.Member.NodeId, camera))),
        ];
        if (request.Cameras is not { Count: > 0 } named)
        {
            return known.Count > 0 ? (known, null) : ([], SessionProblems.UnknownCamera(null, []));
        }

        List<CameraId> chosen = [];
        foreach (string name in named.Distinct(StringComparer.Ordinal))
        {
            if (!CameraId.TryParse(name, home, out CameraId id) || !known.Contains(id))
            {
                return ([], SessionProblems.UnknownCamera(name, [.. known.Select(camera => camera.ToString())]));
            }

            chosen.Add(id);
        }

        return ([.. chosen.Distinct()], null);
    }

    private string FreeId(DateTimeOffset start, int from, out int attempt)
    {
        string name = SessionRules.IdOf(start);
        attempt = from;
        while (_documents.ContainsKey(Numbered(name, attempt)))
        {
            attempt++;
        }

        return Numbered(name, attempt);
    }

    private static string Numbered(string name, int number) => number == 1 ? name : $"{name}-{number}";

    private void Prepare(Preparation preparation)
    {
        _preparation = preparation;
        foreach (IGrouping<string, CameraId> node in preparation.Cameras.GroupBy(camera => camera.Node))
        {
            long ask = NextNumber();
            preparation.Asks.Add(ask, node.Key);
            PrepareSession message = new(
                preparation.SessionId,
                [.. node.Select(camera => camera.Camera)],
                preparation.Start,
                preparation.Request.DurationSeconds / 60
            );
            _effects.Add(new AskNode(ask, node.Key, message, _settings.PrepareTimeout));
        }
    }

    private void OnPrepared(Preparation preparation, long ask, RemoteMessage answer)
    {
        string node = preparation.Asks[ask];
        if (answer is PreparedNode prepared && prepared.NodeId == node)
        {
            preparation.Answers[node] = prepared;
            preparation.Asks.Remove(ask);
            Decide(preparation);
        }
        else
        {
            OnNotPrepared(preparation, new NodeSilent(ask, Unreachable: false, "The answer was not understood."));
        }
    }

    private void OnNotPrepared(Preparation preparation, NodeSilent silent)
    {
        preparation.Asks.Remove(silent.Ask, out string? node);
        preparation.Silent[node!] = silent;
        Decide(preparation);
    }

    private void Decide(Preparation preparation)
    {
        if (preparation.Asks.Count > 0)
        {
            return;
        }

        _preparation = null;
        if (preparation.Answers.Values.Any(answer => answer.SessionExists))
        {
            TakeAnotherId(preparation);
            return;
        }

        StartPlan plan = StartPlan.Make(
            preparation.Request,
            preparation.Start,
            preparation.Cameras,
            preparation.Answers,
            camera => Silence(camera.ToString(), preparation.Silent[camera.Node].Unreachable, preparation.Silent[camera.Node].Reason)
        );
        long asker = preparation.Asked.Asker;
        if (plan.Problem is { } problem)
        {
            Answer(asker, problem);
            return;
        }

        string id = preparation.SessionId;
        DesiredSession document = plan.Document(preparation.Request, id, preparation.Start, WishTime(preparation.Request.RequestedAt));
        Write(id, document, told: true, () => TellAll(id, asker), failure => Answer(asker, failure));
    }

    /// <summary>A node has files of that name; they are never mixed with another session's.</summary>
    private void TakeAnotherId(Preparation preparation)
    {
        if (preparation.Request.SessionId is not null || preparation.Attempt >= MostAttempts)
        {
            Answer(preparation.Asked.Asker, SessionProblems.SessionExists(preparation.SessionId));
            return;
        }

        string id = FreeId(preparation.Start, preparation.Attempt + 1, out int attempt);
        Prepare(new Preparation(preparation.Asked, preparation.Request, id, preparation.Start, preparation.Cameras) { Attempt = attempt });
    }

    private sealed record Preparation(Asked Asked, StartSession Request, string SessionId, DateTimeOffset Start, List<CameraId> Cameras)
    {
        public required int Attempt { get; init; }
        public Dictionary<long, string> Asks { get; } = [];
        public Dictionary<string, PreparedNode> Answers { get; } = new(StringComparer.Ordinal);
        public Dictionary<string, NodeSilent> Silent { get; } = new(StringComparer.Ordinal);
    }
}
