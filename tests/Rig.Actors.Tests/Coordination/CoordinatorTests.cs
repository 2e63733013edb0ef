using Rig.Actors.Coordination;
using Rig.Actors.Tests.Support;
using Rig.Cluster;
using Rig.Contracts.Cluster;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Tests.Coordination;

/// <summary>Commands to a coordinator of two nodes, L and R, with one camera each.</summary>
public sealed class CoordinatorTests
{
    private static readonly DateTimeOffset Noon = Samples.Noon;

    internal static DesiredSession Session(
        string id,
        DesiredState state = DesiredState.Recording,
        double requested = -60,
        params string[] cameras
    ) =>
        new()
        {
            SessionId = id,
            Revision = 3,
            State = state,
            Start = Noon.AddSeconds(-60),
            End = state == DesiredState.Recording ? null : Noon.AddSeconds(requested),
            AllCameras = cameras.Length == 0,
            Cameras =
            [
                .. (cameras.Length == 0 ? ["L/cam0", "R/cam0"] : cameras).Select(camera => new DesiredCamera(camera, Noon.AddSeconds(-60))),
            ],
            RequestedAt = Noon.AddSeconds(requested),
            RequestId = "made " + id,
        };

    private static StartCommand Start(string? id = "S", string? request = null, bool requireAll = false) =>
        new(
            new StartSession
            {
                SessionId = id,
                RequestId = request,
                RequireAll = requireAll,
            }
        );

    [Fact]
    public void A_start_asks_all_nodes_writes_and_then_tells_them()
    {
        CoordinatorScript rig = CoordinatorScript.Active();
        rig.Ask(1, Start());
        rig.Seconds = 0.5;
        rig.AllPrepared();
        rig.Written();
        rig.AllApplied();
        rig.Written();
        Transcripts.Same("start", rig);
    }

    [Fact]
    public void A_camera_that_may_not_record_is_refused_and_the_others_go_on()
    {
        CoordinatorScript rig = CoordinatorScript.Active();
        rig.Ask(1, Start());
        rig.Answer("L", CoordinatorScript.Ready("L", ["cam0"]));
        rig.Answer("R", CoordinatorScript.Refused("R", "cam0"));
        rig.Written();
        rig.AllApplied();
        Transcripts.Same("refused", rig);
    }

    [Fact]
    public void Requiring_all_cameras_writes_nothing_when_a_node_cannot_be_reached()
    {
        CoordinatorScript rig = CoordinatorScript.Active();
        rig.Ask(1, Start(requireAll: true));
        rig.Answer("L", CoordinatorScript.Ready("L", ["cam0"]));
        rig.Silent("R", unreachable: true);
        Transcripts.Same("require-all", rig);
    }

    [Fact]
    public void Nodes_that_do_not_answer_are_in_the_session_and_are_told_again_when_they_are_back()
    {
        CoordinatorScript rig = CoordinatorScript.Active();
        rig.Ask(1, Start());
        rig.Answer("L", CoordinatorScript.Ready("L", ["cam0"]));
        rig.Silent("R", unreachable: false);
        rig.Written();
        rig.Answer("L", new AppliedSession("L", [new CameraOutcome { Camera = "L/cam0", Result = CameraResult.Recording }]));
        rig.Silent("R", unreachable: true);
        rig.Written();
        rig.Seconds = 3;
        rig.Give("wakes", new Woke());
        rig.AllApplied();
        rig.Written();
        Transcripts.Same("away", rig);
    }

    [Fact]
    public void The_same_request_again_has_one_effect_and_the_same_answer()
    {
        CoordinatorScript rig = CoordinatorScript.Active();
        rig.Ask(1, Start(request: "a"));
        rig.AllPrepared();
        rig.Written();
        rig.Ask(2, Start(request: "a"));
        rig.AllApplied();
        rig.Written();
        rig.Ask(3, Start(request: "a"));
        rig.Ask(4, Start("T", request: "b"));
        Transcripts.Same("repeated", rig);
    }

    [Fact]
    public void A_request_that_cannot_be_carried_out_is_refused_with_its_reason()
    {
        CoordinatorScript rig = CoordinatorScript.Active(Session("OLD", DesiredState.Finished));
        rig.Ask(1, Start("not a name"));
        rig.Ask(2, new StartCommand(new StartSession { Cameras = ["X/cam0"] }));
        rig.Ask(3, Start("OLD"));
        rig.Ask(4, new StopCommand(new StopSession()));
        rig.Ask(5, new MarkCommand(new AddMark { Name = "goal" }));
        rig.Ask(6, new JoinCommand("L/cam0"));
        rig.Ask(7, new StopCommand(new StopSession { SessionId = "NEVER" }));
        Transcripts.Same("refusals", rig);
    }

    [Fact]
    public void A_stop_is_written_first_and_the_session_is_finished_when_all_files_are_closed()
    {
        CoordinatorScript rig = CoordinatorScript.Active(Session("S"));
        rig.AllApplied();
        rig.Written();
        rig.Ask(1, new StopCommand(new StopSession { RequestId = "b" }));
        rig.Written();
        rig.AllApplied();
        rig.Written();
        rig.Ask(2, new StopCommand(new StopSession { RequestId = "b" }));
        Transcripts.Same("stop", rig);
    }

    [Fact]
    public void An_end_may_be_planned_and_moved_earlier()
    {
        CoordinatorScript rig = CoordinatorScript.Active(Session("S"));
        rig.AllApplied();
        rig.Written();
        rig.Ask(1, new StopCommand(new StopSession { At = Noon.AddSeconds(60) }));
        rig.Written();
        rig.AllApplied();
        rig.Ask(2, new StopCommand(new StopSession { At = Noon.AddSeconds(90) }));
        rig.Ask(3, new StopCommand(new StopSession { At = Noon.AddSeconds(30) }));
        rig.Written();
        rig.AllApplied();
        rig.Seconds = 30;
        rig.Give("wakes", new Woke());
        rig.Written();
        rig.AllApplied();
        Transcripts.Same("planned-end", rig);
    }

    [Fact]
    public void A_session_that_has_not_begun_is_cancelled()
    {
        CoordinatorScript rig = CoordinatorScript.Active(Session("S") with { Start = Noon.AddSeconds(100) });
        rig.AllApplied();
        rig.Written();
        rig.Ask(1, new StopCommand(new StopSession()));
        Transcripts.Same("cancelled", rig);
    }

    [Fact]
    public void Marks_joins_and_leaves_change_the_document_and_then_the_nodes()
    {
        CoordinatorScript rig = CoordinatorScript.Active(Session("S", cameras: ["L/cam0"]));
        rig.AllApplied();
        rig.Written();
        rig.Ask(1, new MarkCommand(new AddMark { Name = "goal", At = Noon }));
        rig.Written();
        rig.Ask(2, new MarkCommand(new AddMark { Name = "goal", At = Noon }));
        rig.AllApplied();
        rig.Ask(3, new JoinCommand("cam0", Noon.AddSeconds(1)), from: "R");
        rig.Written();
        rig.AllApplied();
        rig.Written();
        rig.Ask(4, new LeaveCommand("L/cam0", Noon.AddSeconds(2)));
        rig.Written();
        rig.AllApplied();
        Transcripts.Same("marks-joins-leaves", rig);
    }

    [Fact]
    public void A_member_that_appears_joins_a_session_of_all()
    {
        CoordinatorScript rig = CoordinatorScript.Active(Session("S"));
        rig.AllApplied();
        rig.Written();
        rig.Members(
            CoordinatorScript.Member("L", ["cam0"]),
            CoordinatorScript.Member("R", ["cam0"]),
            CoordinatorScript.Member("C", ["cam0", "cam1"])
        );
        rig.Written();
        Transcripts.Same("late-member", rig);
    }

    [Fact]
    public void Who_takes_over_tells_every_node_before_it_decides_anything()
    {
        CoordinatorScript rig = new();
        rig.Lead();
        rig.Ask(1, new StopCommand(new StopSession()));
        rig.Read(Session("S"), Session("OLD", DesiredState.Stopped, -70));
        rig.AllApplied();
        Transcripts.Same("takeover", rig);
    }

    [Fact]
    public void Another_leader_ends_everything_and_askers_are_told_to_try_again()
    {
        CoordinatorScript rig = CoordinatorScript.Active();
        rig.Ask(1, Start());
        rig.Ask(2, Start("T"));
        rig.AllPrepared();
        rig.Result("fenced", new WriteResult.Fenced());
        rig.Ask(3, Start());
        Transcripts.Same("fenced", rig);
    }

    [Fact]
    public void A_write_of_unknown_fate_is_told_and_everything_is_read_again_first()
    {
        CoordinatorScript rig = CoordinatorScript.Active();
        rig.Ask(1, Start(request: "a"));
        rig.AllPrepared();
        rig.WriteUnknown();
        rig.Ask(2, Start(request: "a"));
        rig.Seconds = 2;
        rig.Give("wakes", new Woke());
        rig.Read(Session("S") with { RequestId = "a" });
        rig.Ask(3, Start(request: "a"));
        rig.AllApplied();
        Transcripts.Same("unknown-write", rig);
    }

    [Fact]
    public void An_end_that_came_while_the_store_was_away_does_not_keep_it_from_reading_again()
    {
        CoordinatorScript rig = CoordinatorScript.Active(Session("S") with { End = Samples.Noon.AddSeconds(5) });
        rig.AllApplied();
        rig.Seconds = 5;
        rig.Give("wakes", new Woke());
        rig.WriteUnknown();
        string all = rig.ToString();
        Assert.Contains("wake at", all[all.IndexOf(" wakes", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact]
    public void The_number_of_an_earlier_request_does_not_make_a_start_of_another_session_that_request()
    {
        CoordinatorScript rig = CoordinatorScript.Active(Session("OLD", DesiredState.Finished) with { RequestId = "a" });
        rig.Ask(1, Start("OLD", "a"));
        Assert.DoesNotContain("may cam0 record S", rig.ToString(), StringComparison.Ordinal);
        rig.Ask(2, Start("S", "a"));
        Assert.Contains("may cam0 record S", rig.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_conflict_makes_it_read_again()
    {
        CoordinatorScript rig = CoordinatorScript.Active();
        rig.Ask(1, Start(request: "a"));
        rig.AllPrepared();
        rig.Result("conflict", new WriteResult.Conflict(null));
        Transcripts.Same("conflict", rig);
    }

    [Fact]
    public void Wishes_of_a_node_that_was_away_are_reconciled_by_the_time_of_their_request()
    {
        CoordinatorScript rig = CoordinatorScript.Active(Session("S"));
        rig.AllApplied();
        rig.Written();
        DesiredSession stopped = Session("S");
        stopped = stopped with { Cameras = [stopped.Cameras[0] with { End = Noon.AddSeconds(-5), WishedAt = Noon.AddSeconds(-5) }] };
        rig.Ask(1, new ReportWishes("L", ["cam0"], stopped));
        rig.Written();
        rig.AllApplied();
        rig.Written();
        DesiredSession own = Session("S-R", requested: -2, cameras: ["R/cam0"]);
        rig.Ask(2, new ReportWishes("R", ["cam0"], own), from: "R");
        rig.Written();
        rig.Written();
        rig.Ask(3, new ReportWishes("R", ["cam0"], own), from: "L");
        Transcripts.Same("reports", rig);
    }

    [Fact]
    public void Old_finished_documents_are_deleted()
    {
        CoordinatorScript rig = CoordinatorScript.Active([
            .. Enumerable.Range(1, 22).Select(number => Session($"S{number:00}", DesiredState.Finished, number - 100)),
        ]);
        rig.Written();
        rig.Written();
        Transcripts.Same("pruned", rig);
    }
}
