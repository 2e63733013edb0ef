using Rig.Cluster;
using Rig.Contracts.Cluster;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Coordination;

/// <summary>
/// Decides for the whole rig while its node leads: one machine a leadership. Pure but for its own memory: inputs and the clock in, effects out, in order;
/// the same inputs give the same effects. Changes of documents go one after the other: the next command is looked at when the one before is written.
/// What a document asks for (an end that came, members that joined late, nodes that were not told, files that are all closed) is found by looking at it again,
/// not remembered, so that a successor carries on with what it reads.
/// </summary>
public sealed partial class CoordinatorMachine(CoordinationSettings settings)
{
    /// <summary>More commands than operators can press; beyond it somebody repeats himself.</summary>
    private const int MostWaiting = 1000;

    private readonly CoordinationSettings _settings = settings;
    private readonly Dictionary<string, SharedDocument> _documents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MemberView> _members = new(StringComparer.Ordinal);
    private readonly LinkedList<Asked> _commands = [];
    private List<CoordinatorEffect> _effects = [];
    private FencingToken _token;
    private DateTimeOffset _now;
    private DateTimeOffset? _wake;
    private long _lastNumber;
    private bool _ended;

    /// <summary><see cref="CoordinatorState.TakingOver"/> or <see cref="CoordinatorState.Active"/>; standby is to have no machine.</summary>
    public CoordinatorState State { get; private set; } = CoordinatorState.TakingOver;

    /// <summary>The documents as written, newest wish first.</summary>
    public IReadOnlyList<DesiredSession> Sessions => [.. NewestFirst()];

    public IReadOnlyList<CoordinatorEffect> Handle(CoordinatorInput input, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(input);
        _effects = [];
        _now = now;
        if (_ended)
        {
            Refuse(input);
            return _effects;
        }

        Take(input);
        Advance();
        ScheduleWake();
        return _effects;
    }

    private void Take(CoordinatorInput input)
    {
        switch (input)
        {
            case BecameLeader leader:
                _token = leader.Token;
                SetMembers(leader.Members);
                Read();
                break;
            case DocumentsRead read:
                OnRead(read);
                break;
            case DocumentsNotRead notRead:
                OnAway(notRead.Reason);
                break;
            case DocumentChanged changed:
                OnChanged(changed.Document);
                break;
            case Asked asked:
                OnAsked(asked);
                break;
            case NodeAnswered answered:
                OnAnswered(answered);
                break;
            case NodeSilent silent:
                OnSilent(silent);
                break;
            case WriteEnded ended:
                OnWriteEnded(ended);
                break;
            case WriteUnknown unknown:
                OnWriteUnknown(unknown);
                break;
            case MembersNow members:
                SetMembers(members.Members);
                Retell();
                break;
            case Woke:
                _wake = null;
                OnWoke();
                break;
            case LeadershipEnded gone:
                End(gone.Reason);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(input), input.GetType().Name, "Not an input of the coordinator.");
        }
    }

    /// <summary>Does what can be done now: ends that came first, then commands, then whatever else the documents ask for.</summary>
    private void Advance()
    {
        while (!_ended && State == CoordinatorState.Active && _preparation is null && _write is null && !_reading)
        {
            if (EndWhatIsDue())
            {
                continue;
            }

            if (_commands.First is { } next)
            {
                _commands.RemoveFirst();
                Run(next.Value);
            }
            else if (!DoChore())
            {
                break;
            }
        }
    }

    private void OnAsked(Asked asked)
    {
        if (_away is { } reason)
        {
            Answer(asked.Asker, SessionProblems.ClusterAway(reason));
        }
        else if (_commands.Count >= MostWaiting)
        {
            Answer(asked.Asker, SessionProblems.Busy());
        }
        else
        {
            _commands.AddLast(asked);
        }
    }

    private void Run(Asked asked)
    {
        switch (asked.Command)
        {
            case StartCommand start:
                Start(asked, start.Request);
                break;
            case StopCommand stop:
                Stop(asked, stop.Request);
                break;
            case MarkCommand mark:
                Mark(asked, mark.Request);
                break;
            case JoinCommand join:
                Join(asked, join);
                break;
            case LeaveCommand leave:
                Leave(asked, leave);
                break;
            case ReportWishes report:
                Report(asked, report);
                break;
            default:
                Answer(
                    asked.Asker,
                    SessionProblems.Invalid("That is not a command for the coordinator.", "Bring all nodes to the same version.")
                );
                break;
        }
    }

    private void SetMembers(IReadOnlyList<MemberView> members)
    {
        _members.Clear();
        foreach (MemberView member in members)
        {
            _members[member.Member.NodeId] = member;
        }
    }

    /// <summary>Answers everybody who waits and does nothing ever after.</summary>
    private void End(string reason)
    {
        _ended = true;
        Problem problem = SessionProblems.CoordinatorChanged(reason);
        foreach (Asked waiting in _commands)
        {
            Answer(waiting.Asker, problem);
        }

        _commands.Clear();
        if (_preparation is { } preparation)
        {
            Answer(preparation.Asked.Asker, problem);
        }

        PendingWrite? write = _write;
        _write = null;
        write?.Failed(problem);
        foreach (long asker in _gatherings.SelectMany(gathering => gathering.Askers))
        {
            Answer(asker, problem);
        }

        _gatherings.Clear();
        _effects.Add(new StepDown(reason));
    }

    private void Refuse(CoordinatorInput input)
    {
        if (input is Asked late)
        {
            Answer(late.Asker, SessionProblems.CoordinatorChanged("This node does not coordinate any more."));
        }
    }

    private void Answer(long asker, Problem problem) => Answer(asker, new ProblemAnswer(problem));

    private void Answer(long asker, RemoteMessage answer) => _effects.Add(new AnswerAsker(asker, answer));

    private long NextNumber() => ++_lastNumber;

    private IEnumerable<DesiredSession> NewestFirst() =>
        _documents
            .Values.Select(document => document.Session)
            .OrderByDescending(session => session.RequestedAt)
            .ThenByDescending(session => session.SessionId, StringComparer.Ordinal);

    private IEnumerable<DesiredSession> Recording() => NewestFirst().Where(session => session.State == DesiredState.Recording);

    /// <summary>The instant of a new wish: as asked for, but after everything that the rig knows of, whatever the senders' clocks say.</summary>
    private DateTimeOffset WishTime(DateTimeOffset? asked)
    {
        DateTimeOffset wish = asked ?? _now;
        foreach (SharedDocument document in _documents.Values)
        {
            DateTimeOffset known = Wishes.Newest(document.Session);
            wish = known >= wish ? known.AddTicks(1) : wish;
        }

        return wish;
    }
}
