using Rig.Actors.Cluster;
using Rig.Contracts.Cluster;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Tests.Rigs;

/// <summary>Nodes that are cut off, come late, or lose their coordinator.</summary>
public sealed class RigFaultTests : IDisposable
{
    private readonly RigRun _rig = new("CAM_C", "CAM_L", "CAM_R");

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_node_that_was_cut_off_during_the_start_joins_at_the_same_instant_when_it_is_back()
    {
        string away = Follower();
        _rig.Cut(away);
        DateTimeOffset pressed = _rig.Now;
        SessionOutcome outcome = _rig.Answer<SessionOutcome>(
            _rig[_rig.Leader].Start(new StartSession { SessionId = "DEMO", RequestedAt = pressed })
        );
        Assert.All(
            outcome.Cameras.Where(camera => camera.Camera.StartsWith(away, StringComparison.Ordinal)),
            camera => Assert.Contains(camera.Result, (CameraResult[])[CameraResult.Timeout, CameraResult.Unreachable])
        );
        Assert.Equal(4, outcome.Cameras.Count(camera => camera.Result == CameraResult.Recording));
        _rig.Rig.Heal(away);
        _rig.Until("it records", () => _rig[away].Records("DEMO"));
        Assert.All(_rig[away].Log.Starts, start => Assert.Equal(pressed, start.Order.Start));
    }

    [Fact]
    public void A_node_that_missed_the_stop_ends_at_the_same_instant_when_it_is_back()
    {
        Begin();
        string away = Follower();
        _rig.Cut(away);
        _rig.Pass(TimeSpan.FromSeconds(10));
        DateTimeOffset pressed = _rig.Now;
        _rig.Answer<SessionOutcome>(_rig[_rig.Leader].Stop(new StopSession { RequestedAt = pressed }));
        Assert.True(_rig[away].Records("DEMO"));
        _rig.Rig.Heal(away);
        _rig.Until("it has stopped", () => _rig[away].IsIdle);
        Assert.All(_rig[away].Log.Stops, stop => Assert.Equal(pressed, stop.End));
    }

    [Fact]
    public void A_node_that_joins_during_a_session_of_all_cameras_starts_its_own()
    {
        Begin();
        _rig.Pass(TimeSpan.FromSeconds(3));
        NodeRun late = _rig.Start("CAM_4");
        _rig.Until("it records", () => late.Records("DEMO"));
        SessionOutcome stopped = _rig.Answer<SessionOutcome>(_rig["CAM_L"].Stop());
        Assert.Contains(stopped.Cameras, camera => camera.Camera == "CAM_4/cam0");
        Assert.True(late.IsIdle);
    }

    [Fact]
    public void Recording_never_notices_a_lost_coordinator_and_the_next_one_takes_commands_within_ten_seconds()
    {
        Begin();
        int told = Starts();
        string lost = _rig.Leader;
        _rig.Kill(lost);
        DateTimeOffset killed = _rig.Now;
        string other = _rig.Nodes.Keys.First();
        Task<object> stop = _rig[other].Stop();
        SessionOutcome stopped = _rig.Answer<SessionOutcome>(stop);
        Assert.InRange(_rig.Now - killed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal("DEMO", stopped.SessionId);
        Assert.All(_rig.Nodes.Values, node => Assert.True(node.IsIdle));
        Assert.Equal(told - 2, Starts());
    }

    [Fact]
    public void A_node_that_was_killed_goes_on_with_the_session_of_its_journal()
    {
        Begin();
        string lost = Follower();
        _rig.Kill(lost);
        _rig.Pass(TimeSpan.FromSeconds(8));
        NodeRun again = _rig.Start(lost);
        _rig.Until("it records again", () => again.Records("DEMO"));
        Assert.All(again.Log.Starts, start => Assert.True(start.Order.Resumed));
    }

    [Fact]
    public void A_coordinator_that_was_frozen_cannot_write_after_another_took_over()
    {
        string frozen = _rig.Leader;
        _rig.Rig.CutFromEngine(frozen);
        _rig.Until("another coordinates", () => _rig.Nodes.Values.Count(node => node.IsCoordinating) == 1 && !_rig[frozen].IsCoordinating);
        Assert.Equal(ProblemCodes.ClusterAway, _rig.Answer<Problem>(_rig[frozen].Start(new StartSession())).Code);
        string other = _rig.Leader;
        Assert.NotEqual(frozen, other);
        SessionOutcome outcome = _rig.Answer<SessionOutcome>(_rig[other].Start(new StartSession { SessionId = "DEMO" }));
        Assert.Equal(6, outcome.Cameras.Count);
    }

    [Fact]
    public void While_the_rig_is_away_local_commands_work_and_the_rig_learns_of_them()
    {
        string away = Follower();
        _rig.Cut(away);
        Problem refused = _rig.Answer<Problem>(_rig[away].Start(new StartSession()));
        Assert.Equal((503, ProblemCodes.ClusterAway), (refused.Status, refused.Code));
        Assert.Contains("--local", refused.Remedy, StringComparison.Ordinal);
        SessionOutcome local = _rig.Answer<SessionOutcome>(
            _rig[away]
                .Local(
                    new StartSession
                    {
                        SessionId = "ALONE",
                        RequestedAt = _rig.Now,
                        Local = true,
                    }
                )
        );
        Assert.Equal(2, local.Cameras.Count);
        Assert.True(_rig[away].Records(local.SessionId));
        _rig.Rig.Heal(away);
        string leader = _rig.Leader;
        _rig.Until("the rig shows it", () => Shown(leader)?.SessionId == local.SessionId);
        SessionOutcome stopped = _rig.Answer<SessionOutcome>(_rig[leader].Stop());
        Assert.Equal(local.SessionId, stopped.SessionId);
        _rig.Until("it has stopped", () => _rig[away].IsIdle);
    }

    [Fact]
    public void A_local_stop_while_the_rig_is_away_ends_only_that_nodes_cameras_for_the_whole_rig()
    {
        Begin();
        string away = Follower();
        _rig.Cut(away);
        _rig.Pass(TimeSpan.FromSeconds(10));
        _rig.Answer<SessionOutcome>(_rig[away].Local(new StopSession { RequestedAt = _rig.Now, Local = true }));
        Assert.True(_rig[away].IsIdle);
        _rig.Rig.Heal(away);
        string leader = _rig.Leader;
        _rig.Until("the rig shows four cameras", () => Shown(leader)?.Cameras.Count == 4);
        Assert.True(_rig[away].IsIdle);
        Assert.True(_rig[leader].Records("DEMO"));
    }

    private void Begin() =>
        _rig.Answer<SessionOutcome>(_rig["CAM_L"].Start(new StartSession { SessionId = "DEMO", RequestedAt = _rig.Now }));

    private string Follower() => _rig.Nodes.Keys.First(node => node != _rig.Leader);

    private int Starts() => _rig.Nodes.Values.Sum(node => node.Log.Starts.Count);

    /// <summary>The rig's session as a node shows it.</summary>
    private SessionStatus? Shown(string node)
    {
        Task<RigStatus> asked = Akka.Actor.Futures.Ask<RigStatus>(
            _rig[node].View,
            new GetRig(TimeSpan.FromMilliseconds(50)),
            TimeSpan.FromSeconds(60)
        );
        _rig.Until("the rig is shown", () => asked.IsCompleted);
        return asked.GetAwaiter().GetResult().Session;
    }
}
