using System.Text;
using System.Text.Json;
using Rig.Actors.Coordination;
using Rig.Cluster;
using Rig.Cluster.Election;
using Rig.Cluster.TestKit;
using Rig.Contracts.Cluster;
using Rig.Contracts.Json;
using Rig.Contracts.Sessions;

namespace Rig.Simulation.Tests;

/// <summary>
/// One node: its process, which can be killed, frozen and cut off, around the machines that the product runs. The journal, the names of files and which camera gets no
/// signal outlive the process.
/// </summary>
internal sealed partial class SimNode(World world, string id, int cameras)
{
    private static readonly TimeSpan RequestTime = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan TickTime = TimeSpan.FromSeconds(1);
    private readonly string[] _cameras = [.. Enumerable.Range(0, cameras).Select(number => $"cam{number}")];
    private readonly Dictionary<string, Member> _up = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MemberView> _members = new(StringComparer.Ordinal);
    private long _after;
    private bool _pulling;
    private bool _pullAgain;
    private bool _listing;
    private DateTimeOffset _heard;
    private bool _wasReachable;

    public string Id { get; } = id;
    public int Life { get; private set; }
    public bool IsAlive { get; private set; }
    public IReadOnlyList<string> Cameras => _cameras;

    /// <summary>The shared state answered lately.</summary>
    public bool EngineReachable => world.Now - _heard < TimeSpan.FromSeconds(3);

    public void Boot()
    {
        Life++;
        IsAlive = true;
        _up.Clear();
        _members.Clear();
        (_after, _pulling, _pullAgain, _listing, _heard, _wasReachable) = (0, false, false, false, DateTimeOffset.MinValue, false);
        world.Trace($"{Id} boots");
        BootSession();
        BootCandidacy();
        List();
        Tick();
    }

    public void Crash()
    {
        if (!IsAlive)
        {
            return;
        }

        world.Trace($"{Id} crashes");
        IsAlive = false;
        Life++;
        _coordinator = null;
        world.Network.Thaw(Id);
        CrashSession();
        foreach (SimNode other in world.Nodes)
        {
            other.Lost(Id);
        }
    }

    /// <summary>Runs something in this process later, unless it has ended by then.</summary>
    private IDisposable Later(TimeSpan delay, Action action)
    {
        int life = Life;
        return world.Network.Local(Id, delay > TimeSpan.Zero ? delay : TimeSpan.Zero, () => InLife(life, action));
    }

    private void InLife(int life, Action action)
    {
        if (life == Life && IsAlive)
        {
            action();
        }
    }

    /// <summary>An operation at the store: answered, or failed after a while; it may have happened all the same.</summary>
    private void Call<T>(Func<T> operation, Action<T> answered, Action<string> failed)
    {
        int life = Life;
        bool done = false;
        Later(RequestTime, () => Finish(() => failed("the store did not answer")));
        world.Network.Send(
            Id,
            SimulatedNetwork.Engine,
            ordered: false,
            () =>
            {
                T result = operation();
                world.Network.Send(SimulatedNetwork.Engine, Id, ordered: false, () => InLife(life, () => Finish(() => answered(result))));
            }
        );

        void Finish(Action end)
        {
            if (!done)
            {
                done = true;
                end();
            }
        }
    }

    private void Tick()
    {
        UpdateMembers();
        bool reachable = EngineReachable && _candidacy.Leader.NodeId is not null;
        if (reachable != _wasReachable)
        {
            _wasReachable = reachable;
            world.Trace($"{Id} rig {(reachable ? "reachable" : "away")}");
            if (reachable)
            {
                List();
            }

            Session(new RigReachable(reachable));
        }

        Pull();
        Later(TickTime, Tick);
    }

    /// <summary>Takes in what changed in the store since the last time.</summary>
    public void Pull()
    {
        if (!IsAlive || _listing)
        {
            return;
        }

        if (_pulling)
        {
            _pullAgain = true;
            return;
        }

        (_pulling, _pullAgain) = (true, false);
        long after = _after;
        Call(
            () => after < world.Store.Compacted ? null : new Batch(world.Store.Changes("", after), world.Store.Revision),
            Take,
            _ => _pulling = false
        );
    }

    private void Take(Batch? batch)
    {
        _pulling = false;
        _heard = world.Now;
        if (batch is null)
        {
            List();
            return;
        }

        _after = Math.Max(_after, batch.Revision);
        foreach (StoreChange change in batch.Changes)
        {
            See(change);
        }

        if (batch.Changes.Any(change => change.Key.StartsWith("members/", StringComparison.Ordinal)))
        {
            UpdateMembers();
        }

        if (_pullAgain)
        {
            Pull();
        }
    }

    private void See(StoreChange change)
    {
        if (change.Key == SimulatedStore.LeaderKey)
        {
            Stand(
                change.Now is { } held
                    ? new CandidacyInput.HolderSeen(SimulatedStore.HolderOf(held), new FencingToken(held.Created))
                    : new CandidacyInput.HolderGone(new FencingToken(change.Revision))
            );
        }
        else if (change.Key.StartsWith("members/", StringComparison.Ordinal))
        {
            SetMember(change.Key["members/".Length..], change.Now);
        }
        else if (change.Now is { } document)
        {
            SharedDocument seen = new(world.Parse(document), document.Modified);
            Session(new DocumentSeen(seen.Session));
            Coordinate(new DocumentChanged(seen));
        }
    }

    private void List()
    {
        if (_listing)
        {
            return;
        }

        _listing = true;
        Call(
            () => (Keys: world.Store.Range(""), world.Store.Revision),
            all =>
            {
                _listing = false;
                _heard = world.Now;
                _after = all.Revision;
                _up.Clear();
                foreach (StoredKey key in all.Keys.Where(key => key.Key.StartsWith("members/", StringComparison.Ordinal)))
                {
                    SetMember(key.Key["members/".Length..], key);
                }

                UpdateMembers();
                Session(
                    new DocumentsSeen([
                        .. all.Keys.Where(key => key.Key.StartsWith(SharedKeys.Sessions, StringComparison.Ordinal)).Select(world.Parse),
                    ])
                );
                StoredKey? leader = all.Keys.FirstOrDefault(key => key.Key == SimulatedStore.LeaderKey);
                Stand(
                    leader is null
                        ? new CandidacyInput.HolderGone(new FencingToken(all.Revision))
                        : new CandidacyInput.HolderSeen(SimulatedStore.HolderOf(leader), new FencingToken(leader.Created))
                );
            },
            _ => _listing = false
        );
    }

    private void SetMember(string node, StoredKey? key)
    {
        if (key is null)
        {
            _up.Remove(node);
        }
        else
        {
            _up[node] = JsonSerializer.Deserialize(key.Value.Span, RigJson.Default.Member)!;
        }
    }

    private void UpdateMembers()
    {
        bool changed = false;
        foreach (Member member in _up.Values)
        {
            bool reachable = member.NodeId == Id || (!world.Network.IsCut(Id, member.NodeId) && world.Find(member.NodeId)!.IsAlive);
            changed |= Set(member, MemberState.Up, reachable);
        }

        foreach (
            MemberView gone in _members.Values.Where(view => view.State == MemberState.Up && !_up.ContainsKey(view.Member.NodeId)).ToArray()
        )
        {
            changed |= Set(gone.Member, MemberState.Failed, reachable: false);
        }

        if (changed)
        {
            Coordinate(new MembersNow([.. _members.Values]));
        }

        bool Set(Member member, MemberState state, bool reachable)
        {
            if (
                _members.TryGetValue(member.NodeId, out MemberView? view)
                && (view.Member.Incarnation, view.State, view.Reachable) == (member.Incarnation, state, reachable)
            )
            {
                return false;
            }

            _members[member.NodeId] = new MemberView(member, state, reachable, world.Now);
            return true;
        }
    }

    private byte[] Announcement() =>
        JsonSerializer.SerializeToUtf8Bytes(
            new Member
            {
                NodeId = Id,
                LinkAddress = "sim",
                HttpAddress = "sim",
                Incarnation = new Guid(Life, 0, 0, Encoding.ASCII.GetBytes(Id.PadRight(8)[..8])),
                Version = "0.1.0",
                Cameras = _cameras,
                Since = world.Now,
            },
            RigJson.Default.Member
        );

    private sealed record Batch(IReadOnlyList<StoreChange> Changes, long Revision);
}
