using Akka.TestKit;
using Rig.Actors.Cameras;
using Rig.Actors.Sessions;
using Rig.Actors.Settings;
using Rig.Actors.Tests.Support;
using Rig.Contracts.Cameras;
using Rig.Contracts.Events;
using Rig.Contracts.Nodes;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Tests.Sessions;

public sealed class SessionActorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_start_reaches_every_camera_with_one_instant_and_answers_with_each_ones_outcome()
    {
        using SessionRun run = new(_folder);
        TestProbe asker = run.Ask(new StartSession { SessionId = "DEMO" });
        run.Prepare();
        StartRecording first = run.ObeyStart();
        StartRecording second = run.Obey<StartRecording>(start => start.Camera, CameraResult.Late);
        SessionOutcome outcome = asker.ExpectMsg<SessionOutcome>();
        Assert.Equal((run.Clock, run.Clock, false), (first.Order.Start, second.Order.Start, first.Order.Resumed));
        Assert.Equal(("DEMO-CAM_L", SessionState.Recording), (outcome.SessionId, outcome.State));
        Assert.Equal(
            [("CAM_L/cam0", CameraResult.Recording), ("CAM_L/cam1", CameraResult.Late)],
            outcome.Cameras.Select(camera => (camera.Camera, camera.Result))
        );
        Assert.Equal((SessionState.Recording, 2), (run.Current.Session!.State, run.Current.Session.Cameras.Count));
        Assert.Equal([SessionState.Starting, SessionState.Recording], States(run));
    }

    [Fact]
    public void A_camera_that_does_not_answer_in_time_is_named_and_the_others_record()
    {
        using SessionRun run = new(_folder, recording: new RecordingSettings { StartTimeout = TimeSpan.FromSeconds(1.5) });
        TestProbe asker = run.Ask(new StartSession());
        run.Prepare();
        run.ObeyStart();
        run.Cameras.ExpectMsg<StartRecording>();
        SessionOutcome outcome = asker.ExpectMsg<SessionOutcome>();
        Assert.Equal([CameraResult.Recording, CameraResult.Timeout], outcome.Cameras.Select(camera => camera.Result));
        Assert.Equal(2, run.Current.Session!.Cameras.Count);
    }

    [Fact]
    public void Cameras_whose_gates_block_are_refused_and_the_others_start()
    {
        using SessionRun run = new(_folder);
        TestProbe asker = run.Ask(new StartSession());
        run.Prepare([Samples.Camera("cam0"), Samples.Camera("cam1", IngestState.NoSignal)]);
        Assert.Equal("cam0", run.ObeyStart().Camera);
        SessionOutcome outcome = asker.ExpectMsg<SessionOutcome>();
        Assert.Equal(("CAM_L/cam1", CameraResult.Refused), (outcome.Cameras[1].Camera, outcome.Cameras[1].Result));
    }

    [Theory]
    [InlineData(true, GateLevel.Warn)]
    [InlineData(false, GateLevel.Block)]
    public void A_start_that_the_gates_refuse_starts_nothing_and_says_why(bool requireAll, GateLevel disk)
    {
        using SessionRun run = new(_folder);
        TestProbe asker = run.Ask(new StartSession { RequireAll = requireAll });
        run.Prepare([Samples.Camera("cam0"), Samples.Camera("cam1", IngestState.NoSignal)], Disk(disk));
        Problem problem = asker.ExpectMsg<Problem>();
        Assert.Equal((412, ProblemCodes.GatesFailed), (problem.Status, problem.Code));
        Assert.NotEmpty(problem.Gates!);
        Assert.Null(run.Current.Session);
        Assert.False(run.Cameras.HasMessages);
    }

    [Fact]
    public void The_same_request_sent_again_has_one_effect_and_the_same_answer()
    {
        using SessionRun run = new(_folder);
        StartSession request = new() { RequestId = "press-1" };
        SessionOutcome first = run.Begin(request);
        SessionOutcome second = run.Ask(request).ExpectMsg<SessionOutcome>();
        Assert.Equal(first.SessionId, second.SessionId);
        Assert.Equal(first.Cameras, second.Cameras);
        Assert.False(run.Cameras.HasMessages);
    }

    [Fact]
    public void A_second_start_is_refused_while_a_session_runs()
    {
        using SessionRun run = new(_folder);
        run.Begin();
        Problem problem = run.Ask(new StartSession { SessionId = "OTHER" }).ExpectMsg<Problem>();
        Assert.Equal((409, ProblemCodes.SessionRunning), (problem.Status, problem.Code));
    }

    [Fact]
    public void A_stop_ends_every_camera_at_one_instant_and_is_answered_when_all_have_closed()
    {
        using SessionRun run = new(_folder);
        run.Begin();
        run.Pass(TimeSpan.FromSeconds(10));
        TestProbe asker = run.Ask(new StopSession());
        StopRecording first = run.ObeyStop();
        StopRecording second = run.Cameras.ExpectMsg<StopRecording>();
        Assert.Equal((run.Clock, run.Clock), (first.End, second.End));
        Assert.Equal(SessionState.Stopping, run.Current.Session!.State);
        Assert.False(asker.HasMessages);
        run.Cameras.Reply(new CameraOutcome { Camera = "cam1", Result = CameraResult.Stopped });
        SessionOutcome outcome = asker.ExpectMsg<SessionOutcome>();
        Assert.Equal((SessionState.Finished, run.Clock), (outcome.State, outcome.End!.Value));
        Assert.All(outcome.Cameras, camera => Assert.Equal(CameraResult.Stopped, camera.Result));
        Assert.Null(run.Current.Session);
        Assert.Equal([SessionState.Starting, SessionState.Recording, SessionState.Stopping, SessionState.Finished], States(run));
        Assert.Equal("NEXT-CAM_L", run.Begin(new StartSession { SessionId = "NEXT" }).SessionId);
    }

    [Fact]
    public void A_session_with_a_duration_ends_by_itself()
    {
        using SessionRun run = new(_folder);
        DateTimeOffset start = run.Begin(new StartSession { DurationSeconds = 90 }).Start;
        run.Pass(TimeSpan.FromSeconds(89.9));
        run.Settled();
        Assert.False(run.Cameras.HasMessages);
        run.Pass(TimeSpan.FromSeconds(0.2));
        Assert.Equal(start.AddSeconds(90), run.ObeyStop().End);
        run.ObeyStop();
    }

    [Fact]
    public void A_mark_reaches_every_camera_and_the_world()
    {
        using SessionRun run = new(_folder);
        run.Begin();
        Mark mark = run.Ask(new AddMark { Name = "goal" }).ExpectMsg<Mark>();
        Assert.Equal(new Mark("goal", run.Clock), mark);
        Assert.Equal(mark, run.Cameras.ExpectMsg<MarkRecording>().Mark);
        Assert.Equal(mark, run.Cameras.ExpectMsg<MarkRecording>().Mark);
        Assert.Equal(mark, run.News().OfType<MarkAdded>().Single().Mark);
        Assert.Equal([mark], run.Current.Session!.Marks);
    }

    public static TheoryData<object> NeedASession => [new StopSession(), new AddMark { Name = "goal" }];

    [Theory]
    [MemberData(nameof(NeedASession), DisableDiscoveryEnumeration = true)]
    public void What_needs_a_session_is_refused_without_one(object command)
    {
        using SessionRun run = new(_folder);
        Problem problem = run.Ask(command).ExpectMsg<Problem>();
        Assert.Equal((409, ProblemCodes.NoSession), (problem.Status, problem.Code));
    }

    [Fact]
    public void Commands_that_come_while_a_start_is_prepared_wait_for_it()
    {
        using SessionRun run = new(_folder);
        DateTimeOffset pressed = run.Clock;
        TestProbe start = run.Ask(new StartSession { SessionId = "DEMO" });
        TestProbe second = run.Ask(new StartSession { SessionId = "OTHER" });
        TestProbe mark = run.Ask(new AddMark { Name = "goal" });
        run.Settled();
        run.Pass(TimeSpan.FromSeconds(1));
        TestProbe stop = run.Ask(new StopSession());
        run.Settled();
        run.Prepare();
        run.ObeyStart();
        run.ObeyStart();
        Assert.Equal(ProblemCodes.SessionRunning, second.ExpectMsg<Problem>().Code);
        Assert.Equal("goal", mark.ExpectMsg<Mark>().Name);
        run.Cameras.ExpectMsg<MarkRecording>();
        run.Cameras.ExpectMsg<MarkRecording>();
        run.ObeyStop();
        run.ObeyStop();
        SessionOutcome outcome = start.ExpectMsg<SessionOutcome>();
        Assert.Equal(("DEMO-CAM_L", pressed), (outcome.SessionId, outcome.Start));
        Assert.Equal(SessionState.Finished, stop.ExpectMsg<SessionOutcome>().State);
    }

    [Fact]
    public void A_node_that_does_not_answer_refuses_the_start_and_takes_the_next_one()
    {
        using SessionRun run = new(_folder, recording: new RecordingSettings { StartTimeout = TimeSpan.FromSeconds(0.2) });
        TestProbe asker = run.Ask(new StartSession());
        run.Cameras.ExpectMsg<GetCameras>();
        run.Health.ExpectMsg<Actors.Health.GetGates>();
        Assert.Equal(503, asker.ExpectMsg<Problem>().Status);
        TestProbe next = run.Ask(new StartSession());
        run.Cameras.ExpectMsg<GetCameras>();
        run.Health.ExpectMsg<Actors.Health.GetGates>();
        Assert.Equal(503, next.ExpectMsg<Problem>().Status);
    }

    [Fact]
    public void A_camera_that_delivers_again_is_told_to_record_again_as_long_as_its_session_wants_it()
    {
        using SessionRun run = new(_folder);
        run.Begin();
        CameraConnected connected = new("cam1") { Time = run.Clock, Node = "CAM_L" };
        run.Sys.EventStream.Publish(connected);
        StartRecording again = run.ObeyStart();
        Assert.Equal(
            ("cam1", "DEMO-CAM_L", true, -1),
            (again.Camera, again.Order.SessionId, again.Order.Resumed, again.Order.Cursor.Sequence)
        );
        run.Sys.EventStream.Publish(connected with { Camera = "cam9" });
        run.Pass(TimeSpan.FromSeconds(1));
        run.Ask(new StopSession());
        run.ObeyStop();
        run.ObeyStop();
        run.Sys.EventStream.Publish(connected);
        run.Settled();
        Assert.False(run.Cameras.HasMessages);
    }

    private static IEnumerable<SessionState> States(SessionRun run)
    {
        run.Settled();
        return run.News().OfType<SessionChanged>().Select(news => news.Session.State);
    }

    private static GateReading Disk(GateLevel level) =>
        new()
        {
            Gate = "disk",
            Level = level,
            Value = "8 % free",
            Limit = "10 %",
            Remedy = "Free disk space.",
        };
}
