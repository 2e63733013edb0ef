using Rig.Actors.Sessions;
using Rig.Actors.Tests.Support;
using Rig.Contracts.Cameras;
using Rig.Contracts.Nodes;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Tests.Sessions;

public sealed class SessionDecisionsTests
{
    private static readonly DateTimeOffset Noon = Samples.Noon;
    private static readonly CameraStatus[] Two = [Samples.Camera("cam0"), Samples.Camera("cam1")];
    private static readonly CameraStatus[] OneDark = [Samples.Camera("cam0"), Samples.Camera("cam1", IngestState.NoSignal)];

    [Fact]
    public void A_plain_start_takes_every_camera_from_the_press_on()
    {
        StartDecision decision = Start(new StartSession { SessionId = "DEMO" }, Two);
        Assert.Null(decision.Problem);
        Assert.Equal(("DEMO", Noon, DesiredState.Recording), (decision.Session!.SessionId, decision.Session.Start, decision.Session.State));
        Assert.Equal([new DesiredCamera("cam0", Noon), new DesiredCamera("cam1", Noon)], decision.Session.Cameras);
    }

    [Fact]
    public void A_pre_roll_begins_before_the_press() =>
        Assert.Equal(Noon.AddSeconds(-5), Start(new StartSession { PreRollSeconds = 5 }, Two).Session!.Start);

    [Fact]
    public void A_start_that_was_delayed_on_its_way_begins_when_it_was_pressed() =>
        Assert.Equal(Noon.AddSeconds(-2), Start(new StartSession { RequestedAt = Noon.AddSeconds(-2) }, Two).Session!.Start);

    [Fact]
    public void A_duration_fixes_the_end() =>
        Assert.Equal(Noon.AddSeconds(90), Start(new StartSession { DurationSeconds = 90 }, Two).Session!.End);

    [Fact]
    public void Healthy_cameras_start_and_the_others_are_refused_with_the_gate()
    {
        StartDecision decision = Start(new StartSession(), OneDark);
        Assert.Equal(["cam0"], decision.Session!.Cameras.Select(camera => camera.Camera));
        CameraOutcome refused = Assert.Single(decision.Refused);
        Assert.Equal(("cam1", CameraResult.Refused, "signal"), (refused.Camera, refused.Result, refused.Gates![0].Gate));
    }

    [Fact]
    public void Requiring_all_cameras_starts_none_when_one_is_refused()
    {
        StartDecision decision = Start(new StartSession { RequireAll = true }, OneDark);
        Assert.Null(decision.Session);
        Assert.Equal((412, ProblemCodes.GatesFailed), (decision.Problem!.Status, decision.Problem.Code));
    }

    [Fact]
    public void A_node_that_may_not_record_refuses_with_value_limit_and_remedy()
    {
        GateReading full = new()
        {
            Gate = "disk",
            Level = GateLevel.Block,
            Value = "3 % free",
            Limit = "block below 10 %",
            Remedy = "Copy recordings off.",
        };
        StartDecision decision = SessionDecisions.Start(new StartSession(), Two, [full], Noon);
        Assert.Equal(412, decision.Problem!.Status);
        Assert.Equal([full], decision.Problem.Gates);
        Assert.Equal("Copy recordings off.", decision.Problem.Remedy);
    }

    [Fact]
    public void Force_starts_all_the_same_and_remembers_what_was_passed_over()
    {
        StartDecision decision = Start(new StartSession { Force = true }, OneDark);
        Assert.Equal(2, decision.Session!.Cameras.Count);
        Assert.Equal("signal", Assert.Single(decision.Session.GateOverrides).Gate);
    }

    [Fact]
    public void Warnings_refuse_nothing()
    {
        GateReading warm = new()
        {
            Gate = "temperature",
            Level = GateLevel.Warn,
            Value = "78 °C",
            Limit = "",
            Remedy = "",
        };
        Assert.Equal(2, SessionDecisions.Start(new StartSession(), Two, [warm], Noon).Session!.Cameras.Count);
    }

    public static TheoryData<StartSession, int> Nonsense =>
        new()
        {
            {
                new StartSession { SessionId = "../etc" },
                400
            },
            {
                new StartSession { SessionId = "" },
                400
            },
            {
                new StartSession { SessionId = new string('x', 65) },
                400
            },
            {
                new StartSession { At = Noon, PreRollSeconds = 1 },
                400
            },
            {
                new StartSession { PreRollSeconds = -1 },
                400
            },
            {
                new StartSession { DurationSeconds = 0 },
                400
            },
            {
                new StartSession { At = Noon.AddDays(8) },
                400
            },
            {
                new StartSession { RequestedAt = Noon.AddMinutes(5) },
                400
            },
            {
                new StartSession { Cameras = ["cam7"] },
                404
            },
        };

    [Theory]
    [MemberData(nameof(Nonsense))]
    public void Nonsense_is_refused_with_a_remedy(StartSession request, int status)
    {
        StartDecision decision = Start(request, Two);
        Assert.Null(decision.Session);
        Assert.Equal(status, decision.Problem!.Status);
        Assert.NotEmpty(decision.Problem.Remedy!);
    }

    [Fact]
    public void Stop_fixes_the_end_once()
    {
        DesiredSession running = Start(new StartSession { SessionId = "DEMO" }, Two).Session!;
        DesiredSession stopped = SessionDecisions.Stop(new StopSession(), running, Noon.AddSeconds(10)).Session!;
        Assert.Equal((DesiredState.Stopped, Noon.AddSeconds(10), 2L), (stopped.State, stopped.End, stopped.Revision));
        Assert.Same(stopped, SessionDecisions.Stop(new StopSession(), stopped, Noon.AddSeconds(20)).Session);
    }

    [Theory]
    [InlineData("OTHER", 10, 409)]
    [InlineData(null, -1, 400)]
    public void Stop_is_refused_for_another_session_and_before_the_start(string? session, int seconds, int status)
    {
        DesiredSession running = Start(new StartSession { SessionId = "DEMO" }, Two).Session!;
        var (_, problem) = SessionDecisions.Stop(
            new StopSession { SessionId = session, At = Noon.AddSeconds(seconds) },
            running,
            Noon.AddSeconds(10)
        );
        Assert.Equal(status, problem!.Status);
    }

    [Fact]
    public void A_mark_needs_a_running_session_a_name_and_an_instant_inside_it()
    {
        DesiredSession running = Start(new StartSession(), Two).Session!;
        DateTimeOffset now = Noon.AddSeconds(10);
        Assert.Equal(new Mark("goal", now), SessionDecisions.AddMark(new AddMark { Name = " goal " }, running, now).Mark);
        Assert.Equal(409, SessionDecisions.AddMark(new AddMark { Name = "goal" }, null, now).Problem!.Status);
        Assert.Equal(400, SessionDecisions.AddMark(new AddMark { Name = " " }, running, now).Problem!.Status);
        Assert.Equal(400, SessionDecisions.AddMark(new AddMark { Name = "goal", At = Noon.AddSeconds(-1) }, running, now).Problem!.Status);
    }

    [Theory]
    [InlineData(DesiredState.Recording, 1, null, true)]
    [InlineData(DesiredState.Recording, 11.9, null, true)]
    [InlineData(DesiredState.Recording, 12.1, null, false)]
    [InlineData(DesiredState.Recording, 1, 0.5, false)]
    [InlineData(DesiredState.Stopped, 1, null, false)]
    public void A_session_resumes_when_it_is_still_wanted_and_younger_than_twelve_hours(
        DesiredState state,
        double age,
        double? end,
        bool resumes
    )
    {
        DesiredSession session = Start(new StartSession(), Two).Session! with
        {
            State = state,
            End = end is { } hours ? Noon.AddHours(hours) : null,
        };
        Assert.Equal(resumes, SessionDecisions.ShouldResume(session, TimeSpan.FromHours(12), Noon.AddHours(age)));
    }

    private static StartDecision Start(StartSession request, CameraStatus[] cameras) => SessionDecisions.Start(request, cameras, [], Noon);
}
