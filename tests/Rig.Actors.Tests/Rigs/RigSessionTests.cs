using Rig.Actors.Tests.Support;
using Rig.Contracts.Cameras;
using Rig.Contracts.Cluster;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Tests.Rigs;

/// <summary>A session of several nodes, as operators on any of them see it.</summary>
public sealed class RigSessionTests : IDisposable
{
    private readonly RigRun _rig = new("CAM_C", "CAM_L", "CAM_R");

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("CAM_L")]
    [InlineData("CAM_C")]
    [InlineData("CAM_R")]
    public void A_start_on_any_node_starts_every_camera_of_the_rig_at_one_instant(string node)
    {
        DateTimeOffset pressed = _rig.Now;
        SessionOutcome outcome = Begin(node);
        Assert.Equal(6, outcome.Cameras.Count);
        Assert.Contains(outcome.Cameras, camera => camera.Camera == "CAM_R/cam1");
        Assert.All(outcome.Cameras, camera => Assert.Equal(CameraResult.Recording, camera.Result));
        Assert.All(Orders(), order => Assert.Equal(pressed, order));
    }

    [Fact]
    public void A_stop_on_any_node_ends_every_camera_at_one_instant()
    {
        Begin("CAM_L");
        _rig.Pass(TimeSpan.FromSeconds(5));
        DateTimeOffset pressed = _rig.Now;
        SessionOutcome stopped = _rig.Answer<SessionOutcome>(_rig["CAM_R"].Stop(new StopSession { RequestedAt = pressed }));
        Assert.Equal(SessionState.Finished, stopped.State);
        Assert.All(_rig.Nodes.Values, node => Assert.Equal([pressed, pressed], node.Log.Stops.Select(stop => stop.End)));
        _rig.Until("no node shows a session", () => _rig.Nodes.Values.All(node => node.Current is null));
        Assert.Equal("NEXT", Begin("CAM_C", "NEXT").SessionId);
    }

    [Fact]
    public void The_same_request_on_two_nodes_has_one_effect_and_the_same_answer()
    {
        StartSession request = new() { SessionId = "DEMO", RequestId = "press-1" };
        SessionOutcome first = _rig.Answer<SessionOutcome>(_rig["CAM_L"].Start(request));
        SessionOutcome second = _rig.Answer<SessionOutcome>(_rig["CAM_R"].Start(request));
        Assert.Equal(first.SessionId, second.SessionId);
        Assert.Equal(first.Cameras.Select(Told), second.Cameras.Select(Told));
        Assert.All(_rig.Nodes.Values, node => Assert.Equal(2, node.Log.Starts.Count));
        Problem other = _rig.Answer<Problem>(_rig["CAM_R"].Start(new StartSession { SessionId = "OTHER" }));
        Assert.Equal((409, ProblemCodes.SessionRunning), (other.Status, other.Code));
    }

    [Fact]
    public void A_camera_whose_gates_block_is_refused_with_its_node_and_the_others_record()
    {
        _rig["CAM_R"].Log.Ingest["cam1"] = IngestState.NoSignal;
        SessionOutcome outcome = Begin("CAM_L");
        CameraOutcome refused = Assert.Single(outcome.Cameras, camera => camera.Result == CameraResult.Refused);
        Assert.Equal(("CAM_R/cam1", "signal"), (refused.Camera, Assert.Single(refused.Gates!).Gate));
        Assert.Null(_rig["CAM_R"].Log.Session("cam1"));
        Assert.Equal("DEMO", _rig["CAM_R"].Log.Session("cam0"));
    }

    [Fact]
    public void Requiring_all_cameras_starts_none_in_the_rig_when_one_is_refused()
    {
        _rig["CAM_R"].Log.Ingest["cam1"] = IngestState.NoSignal;
        Problem problem = _rig.Answer<Problem>(_rig["CAM_L"].Start(new StartSession { RequireAll = true }));
        Assert.Equal((412, ProblemCodes.GatesFailed), (problem.Status, problem.Code));
        Assert.All(_rig.Nodes.Values, node => Assert.Empty(node.Log.Starts));
        Assert.All(_rig.Nodes.Values, node => Assert.Null(node.Current));
    }

    [Fact]
    public void A_mark_reaches_every_camera_of_the_rig()
    {
        Begin("CAM_L");
        Mark mark = _rig.Answer<Mark>(_rig["CAM_R"].Ask(new MarkCommand(new AddMark { Name = "goal", At = _rig.Now })));
        _rig.Until("every camera has the mark", () => _rig.Nodes.Values.All(node => node.Log.Marks.Count == 2));
        Assert.All(_rig.Nodes.Values.SelectMany(node => node.Log.Marks), marked => Assert.Equal(mark, marked.Mark));
    }

    [Fact]
    public void One_camera_may_leave_and_join_again_and_begins_anew()
    {
        Begin("CAM_L");
        _rig["CAM_R"].Log.Order("cam0")!.Order.Cursor.Sequence = 4711;
        _rig.Pass(TimeSpan.FromSeconds(5));
        SessionOutcome left = _rig.Answer<SessionOutcome>(_rig["CAM_L"].Ask(new LeaveCommand("CAM_R/cam0", _rig.Now)));
        Assert.Equal(CameraResult.Stopped, left.Cameras.Single(camera => camera.Camera == "CAM_R/cam0").Result);
        Assert.Null(_rig["CAM_R"].Log.Session("cam0"));
        Assert.Equal("DEMO", _rig["CAM_R"].Log.Session("cam1"));
        _rig.Pass(TimeSpan.FromSeconds(5));
        DateTimeOffset joined = _rig.Now;
        _rig.Answer<SessionOutcome>(_rig["CAM_C"].Ask(new JoinCommand("CAM_R/cam0", joined)));
        Assert.Equal((joined, -1), (_rig["CAM_R"].Log.Order("cam0")!.Order.Start, _rig["CAM_R"].Log.Order("cam0")!.Order.Cursor.Sequence));
    }

    [Fact]
    public void When_the_last_camera_leaves_the_session_ends()
    {
        _rig.Answer<SessionOutcome>(_rig["CAM_L"].Start(new StartSession { SessionId = "ONE", Cameras = ["CAM_R/cam0"] }));
        _rig.Pass(TimeSpan.FromSeconds(1));
        SessionOutcome last = _rig.Answer<SessionOutcome>(_rig["CAM_R"].Ask(new LeaveCommand("cam0", _rig.Now)));
        Assert.Equal(SessionState.Finished, last.State);
        Assert.Equal("NEXT", Begin("CAM_L", "NEXT").SessionId);
    }

    [Fact]
    public void A_planned_end_can_be_moved_earlier_and_a_start_ahead_can_be_cancelled()
    {
        SessionOutcome planned = _rig.Answer<SessionOutcome>(
            _rig["CAM_L"].Start(new StartSession { SessionId = "LONG", DurationSeconds = 600 })
        );
        DateTimeOffset earlier = planned.Start.AddSeconds(30);
        _rig.Answer<SessionOutcome>(_rig["CAM_R"].Stop(new StopSession { At = earlier }));
        _rig.Until("the session has ended", () => _rig.Nodes.Values.All(node => node.IsIdle));
        Assert.All(_rig.Nodes.Values, node => Assert.Equal([earlier, earlier], node.Log.Stops.Select(stop => stop.End)));
        _rig.Answer<SessionOutcome>(_rig["CAM_L"].Start(new StartSession { SessionId = "LATER", At = _rig.Now.AddMinutes(10) }));
        SessionOutcome cancelled = _rig.Answer<SessionOutcome>(_rig["CAM_C"].Stop());
        Assert.Equal(cancelled.Start, cancelled.End);
        Assert.All(_rig.Nodes.Values, node => Assert.True(node.IsIdle));
    }

    private SessionOutcome Begin(string node, string session = "DEMO") =>
        _rig.Answer<SessionOutcome>(_rig[node].Start(new StartSession { SessionId = session, RequestedAt = _rig.Now }));

    private IEnumerable<DateTimeOffset> Orders() =>
        _rig.Nodes.Values.SelectMany(node => node.Log.Starts).Select(start => start.Order.Start);

    private static (string, CameraResult) Told(CameraOutcome outcome) => (outcome.Camera, outcome.Result);
}
