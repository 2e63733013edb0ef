using Akka.Actor;
using Rig.Actors;
using Rig.Actors.Coordination;
using Rig.Cluster;
using Rig.Contracts.Cameras;
using Rig.Contracts.Cluster;
using Rig.Contracts.Operations;
using Rig.Node.Diagnostics;
using Rig.Node.Http;
using Rig.Node.Pictures;
using Rig.Node.Playback;

namespace Rig.Node.Control;

/// <summary>What a node answers to the others about itself.</summary>
public sealed class NodeAnswers(
    RigSystem rig,
    NodeControl control,
    LogBook book,
    SnapshotDesk snapshots,
    PlaybackDesk playback,
    TimeProvider time
) : IDisposable
{
    /// <summary>The remote path.</summary>
    public const string Path = "node";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private IDisposable? _handler;

    /// <summary>From here on the others are answered.</summary>
    public void Open() => _handler = rig.Rig.Remote.Handle(Path, (from, cancel) => AnswerAsync(from.Message, cancel));

    public void Dispose() => _handler?.Dispose();

    private async Task<RemoteMessage?> AnswerAsync(RemoteMessage message, CancellationToken cancel) =>
        message switch
        {
            AskNodeStatus => await StatusAsync(cancel),
            AskHierarchy => new HierarchyAnswer(rig.Hierarchy()),
            AskLog ask => new LogAnswer(new LogPage(book.Newest(ask))),
            AskTime ask => Time(ask),
            AskCamera ask => await ActAsync(ask, cancel),
            LeaveCluster => Leave(),
            AskSnapshots ask => await snapshots.AnswerAsync(ask, cancel),
            AskPlayback ask => new PlaybackAnswer(playback.Here(ask.SessionId)),
            _ => null,
        };

    private async Task<RemoteMessage> StatusAsync(CancellationToken cancel)
    {
        Task<CoordinatorState> coordinator = rig.Coordinator.Ask<CoordinatorState>(GetCoordinatorState.Instance, Limit, cancel);
        return new NodeStatusAnswer(await control.GetStatusAsync(cancel), await coordinator);
    }

    private async Task<RemoteMessage> ActAsync(AskCamera ask, CancellationToken cancel)
    {
        CameraStatus? status = ask.Action switch
        {
            CameraAction.Pause => await control.PauseAsync(ask.Camera, cancel),
            CameraAction.Resume => await control.ResumeAsync(ask.Camera, cancel),
            _ => null,
        };
        return status is null
            ? new ProblemAnswer(ProblemResults.UnknownCamera($"{control.NodeId}/{ask.Camera}"))
            : new CameraAnswer(status);
    }

    private TimeAnswer Time(AskTime ask)
    {
        DateTimeOffset received = time.GetUtcNow();
        return new TimeAnswer(ask.Sent, received, time.GetUtcNow());
    }

    /// <summary>The asker is answered before the connection to it ends.</summary>
    private Done Leave()
    {
        rig.System.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromMilliseconds(100), () => _ = rig.LeaveRigAsync());
        return new Done();
    }
}
