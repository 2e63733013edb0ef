using System.Text;
using Rig.Cluster.TestKit;

namespace Rig.Cluster.Tests.InMemory;

/// <summary>What only virtual time can show: frozen nodes, many faults, the same run twice.</summary>
public sealed class InMemoryRigTests
{
    private static readonly string[] Names = ["A", "B", "C", "D", "E"];

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void The_same_seed_gives_the_same_run(int seed)
    {
        string first = Storm(seed, seconds: 120);
        Assert.Equal(first, Storm(seed, seconds: 120));
        Assert.NotEqual(first, Storm(seed + 1, seconds: 120));
        Assert.Contains("LeadershipGained", first, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_cut_frozen_or_killed_one_leads_at_a_time_and_tokens_grow()
    {
        for (int seed = 100; seed < 120; seed++)
        {
            Storm(seed, seconds: 300);
        }
    }

    [Fact]
    public async Task A_frozen_leader_is_fenced_and_hears_its_loss_when_it_wakes()
    {
        InMemoryRig rig = new(seed: 3);
        InMemoryNode[] nodes = [.. Names[..3].Select(name => rig.Create(name))];
        List<LeadershipEvent> heard = [];
        nodes[0].Leadership.Stand(heard.Add);
        rig.RunUntilCompleted(nodes[0].StartAsync(default), TimeSpan.FromSeconds(10));
        rig.RunUntil(() => heard.Count == 1, TimeSpan.FromSeconds(10), "A leads");
        FencingToken token = ((LeadershipGained)heard[0]).Token;
        Array.ForEach(nodes, node => _ = node.StartAsync(default));

        rig.Network.Freeze("A");
        rig.RunUntil(() => nodes[1].Leadership.Current.Token > token, TimeSpan.FromSeconds(10), "another leads");
        Assert.Single(heard);
        rig.Network.Thaw("A");
        Task<WriteResult> late = nodes[0].State.WriteAsync("a", new byte[] { 1 }, new WriteGuard(token), default);
        rig.RunUntilCompleted(late, TimeSpan.FromSeconds(10));

        Assert.IsType<WriteResult.Fenced>(await late);
        Assert.IsType<LeadershipLost>(heard[1]);
    }

    [Fact]
    public void Another_leads_within_ten_seconds_of_the_leaders_death()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            InMemoryRig rig = new(seed, behaviour: NetworkBehaviour.Wireless);
            InMemoryNode[] nodes = [.. Names.Select(name => rig.Create(name))];
            Array.ForEach(nodes, node => _ = node.StartAsync(default));
            rig.RunUntil(
                () => rig.Store.Leader is not null && nodes.All(Knows),
                TimeSpan.FromSeconds(10),
                $"all know the leader, seed {seed}"
            );
            string first = nodes[0].Leadership.Current.NodeId!;

            rig.Kill(first);

            rig.RunUntil(
                () => nodes.Where(node => node.IsAlive).All(node => Knows(node) && node.Leadership.Current.NodeId != first),
                TimeSpan.FromSeconds(10),
                $"another leads, seed {seed}"
            );
        }

        static bool Knows(InMemoryNode node) => node.Leadership.Current.NodeId is not null;
    }

    /// <summary>
    /// Random faults for a while. At every gain no node that can act may still believe it leads: that is checked here, as it happens. Gives what was heard, with its times.
    /// </summary>
    private static string Storm(int seed, int seconds)
    {
        InMemoryRig rig = new(seed, behaviour: NetworkBehaviour.Wireless);
        Random random = new(seed);
        StringBuilder heard = new();
        Dictionary<string, FencingToken> leads = new(StringComparer.Ordinal);
        FencingToken highest = default;
        Array.ForEach(Names, Start);
        for (int step = 0; step < seconds; step++)
        {
            Fault(rig, random, Start);
            rig.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Empty(rig.Errors);
        return heard.ToString();

        void Start(string name)
        {
            rig.Network.Thaw(name);
            leads.Remove(name);
            InMemoryNode node = rig.Create(name);
            node.Leadership.Stand(what => Hear(node, what));
            node.Members.Subscribe(what => heard.AppendLine($"{rig.Time.Now} {name} {Line(what)}"));
            _ = node.StartAsync(default);
        }

        void Hear(InMemoryNode node, LeadershipEvent what)
        {
            string name = node.Self.NodeId;
            heard.AppendLine($"{rig.Time.Now} {name} {what}");
            if (what is LeadershipGained gained)
            {
                Assert.True(gained.Token > highest, $"seed {seed}, {rig.Time.Now}: token {gained.Token} after {highest}");
                highest = gained.Token;
                Assert.All(
                    leads.Keys.Where(other => rig.Nodes[other].IsAlive && !rig.Network.IsFrozen(other)),
                    other => Assert.Fail($"seed {seed}, {rig.Time.Now}: {name} gains while {other} leads")
                );
                leads[name] = gained.Token;
            }
            else
            {
                leads.Remove(name);
            }
        }
    }

    private static void Fault(InMemoryRig rig, Random random, Action<string> restart)
    {
        string name = Names[random.Next(Names.Length)];
        switch (random.Next(9))
        {
            case 0:
                rig.CutFromEngine(name);
                break;
            case 1:
                rig.CutFromNodes(name);
                break;
            case 2:
                rig.Network.Freeze(name);
                break;
            case 3:
                restart(name);
                break;
            case 4 when rig.Nodes.TryGetValue(name, out InMemoryNode? node):
                _ = node.Leadership.ResignAsync(default);
                break;
            case 5 or 6:
                rig.Network.Thaw(name);
                break;
            default:
                rig.Heal(name);
                break;
        }
    }

    private static string Line(ClusterEvent what) =>
        what is MemberChanged { Member: var view } ? $"{view.Member.NodeId} {view.State} {view.Reachable}" : $"{what}";
}
