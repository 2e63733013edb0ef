using Rig.Actors.Coordination;
using Rig.Actors.Tests.Support;
using Rig.Contracts.Cluster;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Tests.Coordination;

/// <summary>What node L does about what it hears.</summary>
public sealed class NodeReconciliationTests
{
    private static readonly DateTimeOffset Noon = Samples.Noon;

    private static DesiredSession Session(
        string id,
        DesiredState state = DesiredState.Recording,
        double requested = -60,
        params string[] cameras
    ) => CoordinatorTests.Session(id, state, requested, cameras);

    [Fact]
    public void A_session_is_in_the_journal_before_a_camera_starts_and_twice_told_changes_nothing()
    {
        NodeScript node = NodeScript.Of(["cam0", "cam1"]);
        node.Apply(1, Session("S", cameras: ["L/cam0", "R/cam0"]));
        node.Did();
        node.Apply(2, Session("S", cameras: ["L/cam0", "R/cam0"]));
        node.Seen(Session("S", cameras: ["L/cam0", "R/cam0"]));
        Transcripts.Same("node-start", node);
    }

    [Fact]
    public void A_stop_ends_every_camera_at_the_same_instant()
    {
        NodeScript node = NodeScript.Of(["cam0"]);
        node.Seen(Session("S"));
        node.Did();
        node.Apply(1, Session("S", DesiredState.Stopped, -1) with { Revision = 4 });
        node.Did();
        Transcripts.Same("node-stop", node);
    }

    [Fact]
    public void A_node_that_appears_late_begins_at_T0_and_reports_its_cameras()
    {
        NodeScript node = NodeScript.Of(["cam0", "cam1"]);
        node.Give("rig reachable", new RigReachable(true));
        node.Listed(Session("S"));
        Transcripts.Same("node-late", node);
    }

    [Fact]
    public void A_refused_camera_does_not_record_unless_it_is_joined()
    {
        NodeScript node = NodeScript.Of(["cam0"]);
        DesiredSession session = Session("S", cameras: ["L/cam0"]);
        DesiredCamera refused = session.Cameras[0] with
        {
            Outcome = new CameraOutcome { Camera = "L/cam0", Result = CameraResult.Refused },
        };
        node.Apply(1, session with { Cameras = [refused] });
        node.Apply(2, session with { Revision = 4, Cameras = [refused with { Outcome = null, Start = Noon, WishedAt = Noon }] });
        Transcripts.Same("node-refused", node);
    }

    [Fact]
    public void Neither_a_lost_rig_nor_a_missing_document_stops_anything()
    {
        NodeScript node = NodeScript.Of(["cam0"]);
        node.Give("rig reachable", new RigReachable(true));
        node.Listed(Session("S"));
        node.Did();
        node.Give("rig away", new RigReachable(false));
        node.Listed();
        node.Give("rig reachable", new RigReachable(true));
        Transcripts.Same("node-missing", node);
    }

    [Fact]
    public void A_local_stop_stands_against_the_rig_until_it_has_heard_of_it()
    {
        NodeScript node = NodeScript.Of(["cam0"]);
        node.Seen(Session("S"));
        node.Did();
        node.Give("stops locally", new LocalStop(1, new StopSession { Local = true }));
        node.Did();
        node.Seconds = 5;
        node.Apply(2, Session("S") with { Revision = 9 });
        node.Give("rig reachable", new RigReachable(true));
        node.Give("report taken", new ReportEnded("S", true));
        DesiredSession heard = Session("S") with { Revision = 10 };
        node.Seen(heard with { Cameras = [heard.Cameras[0] with { End = Noon, WishedAt = Noon }, heard.Cameras[1]] });
        Transcripts.Same("node-local-stop", node);
    }

    [Fact]
    public void A_local_start_is_reported_and_a_later_start_of_the_rig_takes_its_cameras()
    {
        NodeScript node = NodeScript.Of(["cam0"]);
        node.Give("starts locally", new LocalStart(1, new StartSession { SessionId = "GAME" }, CoordinatorScript.Ready("L", ["cam0"])));
        node.Did();
        node.Give("rig reachable", new RigReachable(true));
        node.Listed(Session("EARLIER", requested: -60));
        node.Seconds = 10;
        node.Seen(Session("LATER", requested: 9) with { Start = Noon.AddSeconds(9) });
        node.Did();
        node.Seconds = 20;
        node.Seen(Session("LATER", DesiredState.Stopped, requested: 20) with { Revision = 4 });
        Transcripts.Same("node-local-start", node);
    }

    [Fact]
    public void Between_wishes_of_one_instant_the_greater_session_id_holds()
    {
        NodeScript node = NodeScript.Of(["cam0"]);
        node.Seen(Session("B"));
        node.Seen(Session("A"));
        node.Seen(Session("C"));
        Transcripts.Same("node-tie", node);
    }

    [Fact]
    public void A_planned_end_comes_without_anybody_saying_so()
    {
        NodeScript node = NodeScript.Of(["cam0"]);
        node.Seen(Session("S") with { End = Noon.AddSeconds(30) });
        node.Did();
        node.Seconds = 30;
        node.Give("wakes", new NodeWoke());
        Transcripts.Same("node-planned-end", node);
    }

    [Fact]
    public void After_a_crash_a_young_session_goes_on_and_an_old_one_waits_for_the_rig()
    {
        NodeScript young = NodeScript.Of(["cam0"], Session("YOUNG"));
        Transcripts.Same("node-resume-young", young);
        DesiredSession session = Session("OLD") with { Start = Noon.AddHours(-13) };
        NodeScript old = NodeScript.Of(["cam0"], session);
        old.Seen(session with { Revision = 4 });
        Transcripts.Same("node-resume-old", old);
    }

    [Fact]
    public void An_older_revision_and_an_earlier_stop_are_told_apart()
    {
        NodeScript node = NodeScript.Of(["cam0"]);
        node.Seen(Session("S", DesiredState.Stopped, 3) with { Revision = 4 });
        node.Seen(Session("S"));
        DesiredSession marked = Session("T", requested: 4) with { Revision = 1 };
        node.Seen(marked);
        node.Did();
        node.Seen(marked with { Revision = 2, Marks = [new Mark("goal", Noon)] });
        node.Seen(Session("T", DesiredState.Stopped, 4) with { Revision = 3, End = Noon.AddSeconds(3) });
        node.Seen(Session("T", DesiredState.Stopped, 4) with { Revision = 4, End = Noon.AddSeconds(1) });
        Transcripts.Same("node-revisions", node);
    }
}
