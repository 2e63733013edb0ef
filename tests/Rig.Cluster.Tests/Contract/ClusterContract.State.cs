using System.Globalization;

namespace Rig.Cluster.Tests.Contract;

public abstract partial class ClusterContract
{
    [Fact]
    public async Task What_one_node_wrote_another_reads_and_watches()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B");
        using StateWatch watch = new(nodes[1].Cluster, "sessions/", (await ListAsync(nodes[1], "sessions/")).Revision);

        long revision = await PutAsync(nodes[0], "sessions/S1", "one");

        Assert.Equal("one", Text(await GetAsync(nodes[1], "sessions/S1")));
        await Rig.UntilAsync(() => watch.Seen.Count == 1, "B sees it");
        Assert.Equal(("one", revision), (Text(watch.Seen[0]), watch.Seen[0].Revision));
    }

    [Fact]
    public async Task A_watch_loses_nothing_over_a_time_without_the_engine()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B");
        using StateWatch watch = new(nodes[1].Cluster, "n/", (await ListAsync(nodes[1], "n/")).Revision);
        await PutAsync(nodes[0], "n/a", "0");
        await Rig.UntilAsync(() => watch.Seen.Count == 1, "the first is seen");

        await Rig.AwaitAsync(Rig.CutAsync("B", Cut.Engine));
        for (int number = 1; number < 20; number++)
        {
            await PutAsync(nodes[0], $"n/{(char)('a' + number % 3)}", number.ToString(CultureInfo.InvariantCulture));
        }

        await Rig.UntilAsync(() => nodes[1].HearsEngine(reachable: false), "B hears that the engine is away");
        await Rig.AwaitAsync(Rig.HealAsync("B"));
        await PutAsync(nodes[0], "n/a", "20");

        await Rig.UntilAsync(() => watch.Seen.Count >= 21, "all are seen");
        Assert.Equal(Enumerable.Range(0, 21).Select(number => $"{number}"), watch.Seen.Select(Text));
    }

    [Fact]
    public async Task Of_many_that_expect_the_same_revision_one_wins()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B", "C");
        long start = await PutAsync(nodes[0], "a", "start");

        WriteResult[] results = await Rig.AwaitAsync(
            Task.WhenAll(
                nodes.Select(node => node.Cluster.State.WriteAsync("a", new byte[] { 1 }, new WriteGuard(Expected: start), default))
            )
        );

        Assert.Single(results.OfType<WriteResult.Written>());
        Assert.Equal(2, results.OfType<WriteResult.Conflict>().Count());
    }

    [Fact]
    public async Task Counting_together_loses_no_count()
    {
        NodeLog[] nodes = await StartAllAsync("A", "B", "C");

        await Rig.AwaitAsync(Task.WhenAll(nodes.Select(node => CountAsync(node.Cluster.State, times: 10))));

        Assert.Equal(30, (await GetAsync(nodes[0], "count"))!.Value!.Value.Span[0]);
    }

    private static async Task CountAsync(ISharedState state, int times)
    {
        while (times > 0)
        {
            StateEntry? present = await state.GetAsync("count", default).ConfigureAwait(false);
            byte next = (byte)((present?.Value?.Span[0] ?? 0) + 1);
            WriteGuard guard = new(Expected: present?.Revision ?? 0);
            if (await state.WriteAsync("count", new[] { next }, guard, default).ConfigureAwait(false) is WriteResult.Written)
            {
                times--;
            }
        }
    }
}
