using Rig.Actors.Coordination;
using Rig.Cluster;
using Rig.Cluster.Election;
using Rig.Cluster.TestKit;
using Rig.Contracts.Cluster;

namespace Rig.Simulation.Tests;

// Candidacy and, while it leads, the coordinator.
internal sealed partial class SimNode
{
    private Candidacy _candidacy = new(id, CandidacyTiming.Default);
    private CoordinatorMachine? _coordinator;
    private IDisposable? _candidacyTimer;
    private IDisposable? _coordinatorTimer;
    private readonly Dictionary<long, Action<RemoteMessage>> _askers = [];
    private long _lastAsker;

    public CoordinatorMachine? Coordinator => _coordinator;
    public FencingToken? Token => _candidacy.Token;

    private void BootCandidacy()
    {
        _candidacy = new Candidacy(Id, CandidacyTiming.Default);
        _coordinator = null;
        _askers.Clear();
        Stand(new CandidacyInput.Tick());
    }

    private void Stand(CandidacyInput input)
    {
        foreach (CandidacyEffect effect in _candidacy.Step(world.Time.Now, input))
        {
            Do(effect);
        }

        _candidacyTimer?.Dispose();
        if (_candidacy.Due < TimeSpan.MaxValue)
        {
            TimeSpan delay = _candidacy.Due - world.Time.Now;
            _candidacyTimer = Later(
                delay > TimeSpan.FromMilliseconds(1) ? delay : TimeSpan.FromMilliseconds(1),
                () => Stand(new CandidacyInput.Tick())
            );
        }
    }

    private void Do(CandidacyEffect effect)
    {
        switch (effect)
        {
            case CandidacyEffect.GrantLease grant:
                Call(
                    () =>
                    {
                        long lease = world.Store.Grant(world.Time.Now, grant.Ttl);
                        world.Store.TryPut($"members/{Id}", Announcement(), lease);
                        return lease;
                    },
                    lease => Stand(new CandidacyInput.LeaseGranted(lease, grant.SentAt, grant.Ttl)),
                    reason => Stand(new CandidacyInput.GrantFailed(reason))
                );
                break;
            case CandidacyEffect.RenewLease renew:
                Call(
                    () => world.Store.KeepAlive(renew.Lease, world.Time.Now),
                    ttl =>
                    {
                        _heard = world.Now;
                        Stand(
                            ttl is { } kept
                                ? new CandidacyInput.LeaseRenewed(renew.Lease, renew.SentAt, kept)
                                : new CandidacyInput.LeaseLost(renew.Lease)
                        );
                    },
                    reason => Stand(new CandidacyInput.RenewFailed(renew.Lease, reason))
                );
                break;
            case CandidacyEffect.RevokeLease revoke:
                Call<object?>(
                    () =>
                    {
                        world.Store.Revoke(revoke.Lease);
                        return null;
                    },
                    _ => { },
                    _ => { }
                );
                break;
            case CandidacyEffect.TryAcquire acquire:
                Call(
                    () => world.Store.TryAcquire(Id, acquire.Lease),
                    result =>
                        Stand(
                            result switch
                            {
                                AcquireResult.Mine mine => new CandidacyInput.Acquired(acquire.Lease, mine.Token),
                                AcquireResult.Others others => new CandidacyInput.Denied(acquire.Lease, others.Holder, others.Token),
                                _ => new CandidacyInput.LeaseLost(acquire.Lease),
                            }
                        ),
                    reason => Stand(new CandidacyInput.AcquireFailed(acquire.Lease, reason))
                );
                break;
            case CandidacyEffect.Release release:
                Call<object?>(
                    () =>
                    {
                        world.Store.Release(release.Token);
                        return null;
                    },
                    _ => Stand(new CandidacyInput.Released(release.Token)),
                    _ => { }
                );
                break;
            case CandidacyEffect.StepUp up:
                world.Trace($"{Id} leads with token {up.Token}");
                world.Meets("leadership");
                _coordinator = new CoordinatorMachine(new CoordinationSettings());
                Coordinate(new BecameLeader(up.Token, [.. _members.Values]));
                break;
            case CandidacyEffect.StepDown down:
                world.Trace($"{Id} leads no more: {down.Reason}");
                Coordinate(new LeadershipEnded(down.Reason));
                _coordinator = null;
                break;
        }
    }

    private void Coordinate(CoordinatorInput input)
    {
        if (_coordinator is not { } machine)
        {
            return;
        }

        foreach (CoordinatorEffect effect in machine.Handle(input, world.Now))
        {
            Do(machine, effect);
        }
    }

    /// <summary>For answers that belong to one leadership.</summary>
    private void Coordinate(CoordinatorMachine machine, CoordinatorInput input)
    {
        if (ReferenceEquals(machine, _coordinator))
        {
            Coordinate(input);
        }
    }

    private void Do(CoordinatorMachine machine, CoordinatorEffect effect)
    {
        switch (effect)
        {
            case ReadDocuments:
                Call(
                    world.Documents,
                    documents => Coordinate(machine, new DocumentsRead(documents)),
                    reason => Coordinate(machine, new DocumentsNotRead(reason))
                );
                break;
            case AskNode ask:
                Ask(
                    ask.Node,
                    ask.Message,
                    ask.Timeout,
                    answer => Coordinate(machine, new NodeAnswered(ask.Ask, answer)),
                    (unreachable, reason) => Coordinate(machine, new NodeSilent(ask.Ask, unreachable, reason))
                );
                break;
            case WriteDocument write:
                Call(
                    () => world.Write(Id, write.Key, write.Document, write.Guard),
                    result => Coordinate(machine, new WriteEnded(write.Write, result)),
                    reason =>
                    {
                        world.Meets("write of unknown fate");
                        Coordinate(machine, new WriteUnknown(write.Write, reason));
                    }
                );
                break;
            case AnswerAsker answer:
                world.Check(_askers.Remove(answer.Asker, out Action<RemoteMessage>? asker), $"{Id} answers {answer.Asker} twice.");
                asker!(answer.Answer);
                break;
            case WakeAt wake:
                _coordinatorTimer?.Dispose();
                _coordinatorTimer = Later(wake.At - world.Now, () => Coordinate(machine, new Woke()));
                break;
            case StepDown down:
                world.Trace($"{Id} steps down: {down.Reason}");
                _coordinator = null;
                Stand(new CandidacyInput.Resign());
                break;
        }
    }

    /// <summary>A command that arrived for the coordinator.</summary>
    private void Command(string from, RemoteMessage message, Action<RemoteMessage> answer)
    {
        if (_coordinator is null)
        {
            answer(new ProblemAnswer(SessionProblems.CoordinatorChanged($"{Id} does not coordinate.")));
            return;
        }

        _askers.Add(++_lastAsker, answer);
        Coordinate(new Asked(_lastAsker, from, message));
    }
}
