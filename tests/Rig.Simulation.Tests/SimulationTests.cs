using System.Globalization;

namespace Rig.Simulation.Tests;

/// <summary>
/// The rig's decisions against everything that may break, by seeds. <c>RIG_SEEDS=1000</c> runs more of them, <c>RIG_SEED=17</c> one.
/// </summary>
public sealed class SimulationTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private static int Seeds => Number("RIG_SEEDS") ?? 20;

    [Fact]
    public void Whatever_breaks_the_rig_comes_to_rest_in_the_wanted_state_and_nothing_stops_unasked()
    {
        IEnumerable<int> seeds = Number("RIG_SEED") is { } one ? [one] : Enumerable.Range(1, Seeds);
        List<string> failures = [];
        foreach (int seed in seeds)
        {
            try
            {
                Run.Through(Of(seed));
            }
            catch (SimulationFailure failure)
            {
                failures.Add(failure.Message);
                if (failures.Count >= 3)
                {
                    break;
                }
            }
        }

        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
    }

    [Fact]
    public void A_store_that_ignores_tokens_is_noticed()
    {
        int noticed = 0;
        for (int seed = 1; seed <= 40 && noticed == 0; seed++)
        {
            try
            {
                Run.Through(new Scenario(seed, 5, TimeSpan.FromSeconds(150), Fencing: false));
            }
            catch (SimulationFailure failure) when (failure.Message.Contains("with token", StringComparison.Ordinal))
            {
                noticed++;
            }
        }

        Assert.True(noticed > 0, "40 runs without fencing passed: the checks are blind.");
    }

    [Fact]
    public void Nine_runs_meet_everything_that_they_are_about()
    {
        Dictionary<string, int> met = [];
        foreach (KeyValuePair<string, int> one in Enumerable.Range(1, 9).SelectMany(seed => Run.Through(Of(seed)).Met))
        {
            met[one.Key] = met.GetValueOrDefault(one.Key) + one.Value;
        }

        output.WriteLine(string.Join('\n', met.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Value, 6} {one.Key}")));
        string[] expected =
        [
            "leadership",
            "report",
            "started camera",
            "resumed camera",
            "stopped camera",
            "camera moved to a later session",
            "write Written",
            "write of unknown fate",
            "StartCommand done",
            "StopCommand done",
            "MarkCommand done",
            "JoinCommand done",
            "LeaveCommand done",
            "StartCommand cluster_away",
        ];
        Assert.All(expected, what => Assert.True(met.GetValueOrDefault(what) > 0, $"{what} never happened."));
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        (long, int, TimeSpan) Summary() =>
            Run.Through(Of(4)) is var world ? (world.Store.Revision, world.Commands.Count, world.Time.Now) : default;
        Assert.Equal(Summary(), Summary());
    }

    /// <summary>Every tenth run has 200 nodes; small rigs meet more faults a node. Every fourth has no stops.</summary>
    private static Scenario Of(int seed) =>
        new(seed, seed % 10 == 0 ? 200 : 3 + seed % 7, TimeSpan.FromSeconds(seed % 10 == 0 ? 40 : 120), Stops: seed % 4 != 1);

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : null;
}
