using Akka.TestKit;
using Rig.Actors.Cameras;
using Rig.Actors.Sessions;
using Rig.Actors.Tests.Support;
using Rig.Contracts.Cameras;
using Rig.Contracts.Events;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Tests.Sessions;

/// <summary>A process that ends without a word, and the next one on the same journal.</summary>
public sealed class SessionJournalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_session_that_was_cut_off_goes_on_by_itself()
    {
        DateTimeOffset start;
        using (SessionRun before = new(_folder))
        {
            start = before.Begin().Start;
            before.Ask(new AddMark { Name = "goal" }).ExpectMsg<Mark>();
        }

        using SessionRun after = new(_folder);
        IReadOnlyList<StartRecording> orders = after.Resumed();
        Assert.Equal(["cam0", "cam1"], orders.Select(order => order.Camera));
        Assert.All(
            orders,
            order => Assert.Equal(("DEMO-CAM_L", start, true), (order.Order.SessionId, order.Order.Start, order.Order.Resumed))
        );
        Assert.Equal("goal", after.Current.Session!.Marks.Single().Name);
        TestProbe stop = after.Ask(new StopSession { At = after.Clock.AddSeconds(1) });
        after.ObeyStop();
        after.ObeyStop();
        Assert.Equal(SessionState.Finished, stop.ExpectMsg<SessionOutcome>().State);
    }

    [Fact]
    public void A_session_older_than_twelve_hours_is_finished_instead()
    {
        using (SessionRun before = new(_folder))
        {
            before.Begin();
        }

        using (SessionRun after = new(_folder, away: TimeSpan.FromHours(12.1)))
        {
            Assert.Null(Finished(after));
        }

        using SessionRun later = new(_folder);
        later.Settled();
        Assert.Empty(later.News().OfType<SessionChanged>());
        Assert.False(later.Cameras.HasMessages);
    }

    [Fact]
    public void A_session_that_was_being_stopped_is_not_taken_up_again()
    {
        using (SessionRun before = new(_folder))
        {
            before.Begin();
            before.Pass(TimeSpan.FromSeconds(5));
            before.Ask(new StopSession());
            before.Cameras.ExpectMsg<StopRecording>();
        }

        using SessionRun after = new(_folder);
        Assert.Null(Finished(after));
        Assert.False(after.Cameras.HasMessages);
    }

    [Fact]
    public void A_session_whose_planned_end_went_by_meanwhile_is_not_taken_up_again()
    {
        using (SessionRun before = new(_folder))
        {
            before.Begin(new StartSession { DurationSeconds = 60 });
        }

        using SessionRun after = new(_folder, away: TimeSpan.FromSeconds(120));
        Assert.Null(Finished(after));
    }

    [Fact]
    public void A_planned_end_survives_a_restart()
    {
        DateTimeOffset end;
        using (SessionRun before = new(_folder))
        {
            end = before.Begin(new StartSession { DurationSeconds = 600 }).End!.Value;
        }

        using SessionRun after = new(_folder);
        after.Resumed();
        after.Settled();
        after.Pass(TimeSpan.FromSeconds(601));
        Assert.Equal(end, after.ObeyStop().End);
    }

    [Fact]
    public void A_finished_session_stays_finished()
    {
        using (SessionRun before = new(_folder))
        {
            before.Begin();
            before.Pass(TimeSpan.FromSeconds(5));
            TestProbe stop = before.Ask(new StopSession());
            before.ObeyStop();
            before.ObeyStop();
            stop.ExpectMsg<SessionOutcome>();
            Assert.Null(before.Current.Session);
        }

        using SessionRun after = new(_folder);
        Assert.Null(after.Current.Session);
        Assert.False(after.Cameras.HasMessages);
        after.Begin(new StartSession { SessionId = "NEXT" });
    }

    /// <summary>Waits for the word that the session has ended; the session that then runs.</summary>
    private static SessionStatus? Finished(SessionRun run)
    {
        run.AwaitFinished();
        return run.Current.Session;
    }
}
