using System.Diagnostics;
using Akka.Actor;
using Rig.Actors.Clock;
using Rig.Actors.Tests.Support;
using Rig.Contracts.Nodes;

namespace Rig.Actors.Tests.Clock;

/// <summary>The templates of deploy/chrony under real chronyds, master and client, and the clock's actor reading them through the real chronyc.</summary>
public sealed class RealChronyTests : ActorTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [ChronyFact]
    public async Task A_master_serves_its_own_time_and_a_client_follows_it()
    {
        using TemporaryFolder folder = new();
        int port = RealChrony.FreePort();
        await using RealChrony master = await RealChrony.StartAsync(folder, "master", port, ["master", "127.0.0.0/8"], WithoutInternet);
        await using RealChrony client = await RealChrony.StartAsync(folder, "client", port, ["client", "127.0.0.1"], ThreeMillisecondsOff);

        ClockStatus ofMaster = await ReadUntil(master, clock => clock.Source == "chrony");
        Assert.Equal(
            (ClockRole.Master, true, 8, 0, null),
            (ofMaster.Role, ofMaster.Synchronised, ofMaster.Stratum, ofMaster.OffsetMs, ofMaster.Reference)
        );

        ClockStatus ofClient = await ReadUntil(client, clock => clock is { Source: "chrony", OffsetMs: < -2.5, UncertaintyMs: < 1 });
        Assert.Equal((ClockRole.Client, 9, "127.0.0.1"), (ofClient.Role, ofClient.Stratum, ofClient.Reference));
        Assert.InRange(ofClient.OffsetMs!.Value, -3.5, -2.5);
        Assert.NotNull(ofClient.LastSync);
        Assert.NotNull(ofClient.DriftPpm);
    }

    [ChronyFact]
    public async Task Where_no_chronyd_runs_there_is_no_reading()
    {
        using TemporaryFolder folder = new();
        Assert.Null(await new ChronyProbe(folder["chronyd.sock"]).ReadAsync(default));
    }

    /// <summary>Readings of the actor until one is as wanted.</summary>
    private async Task<ClockStatus> ReadUntil(RealChrony chrony, Func<ClockStatus, bool> wanted)
    {
        ClockSetup setup = new()
        {
            NodeId = "CAM_L",
            Board = new ClockBoard(),
            Time = Time,
            Interval = TimeSpan.FromSeconds(1),
        };
        IActorRef actor = ActorOf(ClockActor.Props(setup.WithChrony(chrony.Socket)));
        Stopwatch waited = Stopwatch.StartNew();
        while (waited.Elapsed < Patience)
        {
            Advance(1);
            ClockStatus clock = Answer<ClockAnswer>(actor, GetClock.Instance).Clock;
            if (wanted(clock))
            {
                return clock;
            }

            await Task.Yield();
        }

        throw new TimeoutException($"The newest reading is {Answer<ClockAnswer>(actor, GetClock.Instance).Clock}.");
    }

    private static string WithoutInternet(string configuration) => configuration.Replace("pool 2.", "# pool 2.", StringComparison.Ordinal);

    /// <summary>The source counts as 3 ms ahead, so that there is something to read; polls are faster than on a pitch.</summary>
    private static string ThreeMillisecondsOff(string configuration) =>
        configuration.Replace("minpoll -1 maxpoll 1", "offset 0.003 minpoll -5 maxpoll -4", StringComparison.Ordinal);
}
