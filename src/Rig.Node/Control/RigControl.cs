using Akka.Actor;
using Rig.Actors;
using Rig.Actors.Cluster;
using Rig.Actors.Coordination;
using Rig.Cluster;
using Rig.Contracts.Cameras;
using Rig.Contracts.Cluster;
using Rig.Contracts.Operations;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;
using Rig.Node.Hosting;
using Rig.Node.Http;
using Rig.Node.Pictures;

namespace Rig.Node.Control;

/// <summary>
/// The whole rig's commands and questions, the same on every node: sessions through the coordinator, wherever it lives, and what only another node can
/// answer through its messages. A refusal comes back as <see cref="Problem"/>.
/// </summary>
public sealed class RigControl(RigSystem rig, NodeControl node, TimeProvider time, ILogger<RigControl> log)
{
    /// <summary>A coordinator asks nodes twice (prepare, apply) and writes twice; a slow rig takes a few seconds.</summary>
    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(15);

    /// <summary>What an answer takes on its way back.</summary>
    private static readonly TimeSpan Way = TimeSpan.FromSeconds(2);

    /// <summary>One node that hangs does not hold up the picture of the rig.</summary>
    private static readonly TimeSpan StatusLimit = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan NodeLimit = TimeSpan.FromSeconds(5);

    /// <summary>The session whose start was told by a tone: a command that is sent twice sounds once.</summary>
    private string? _beeped;

    public string NodeId => node.NodeId;

    /// <summary><see cref="SessionOutcome"/> or <see cref="Problem"/>. The press is now unless the request says otherwise.</summary>
    public async Task<object> StartAsync(StartSession request, CancellationToken cancel)
    {
        StartSession pressed = request with { RequestedAt = request.RequestedAt ?? Press(), RequestId = request.RequestId ?? NewRequest() };
        object answer = pressed.Local
            ? await node.StartLocalAsync(pressed, cancel)
            : await CommandAsync(new StartCommand(pressed), CommandLimit, cancel);
        if (pressed.Beep && answer is SessionOutcome started && started.Cameras.Any(camera => camera.Result == CameraResult.Recording))
        {
            _ = BeepAsync(started.SessionId);
        }

        return answer;
    }

    /// <summary>The answer does not wait for it, nor does anything else.</summary>
    private async Task BeepAsync(string session)
    {
        if (Interlocked.Exchange(ref _beeped, session) != session && await Tone.SoundAsync(CancellationToken.None) is { } silent)
        {
            NodeLog.NoTone(log, session, silent);
        }
    }

    /// <summary><see cref="SessionOutcome"/> or <see cref="Problem"/>; waits until the files are closed.</summary>
    public Task<object> StopAsync(StopSession request, CancellationToken cancel)
    {
        StopSession pressed = request with { RequestedAt = request.RequestedAt ?? Press(), RequestId = request.RequestId ?? NewRequest() };
        return pressed.Local
            ? node.StopLocalAsync(pressed, cancel)
            : CommandAsync(new StopCommand(pressed), node.StopPatience(pressed), cancel);
    }

    /// <summary><see cref="Mark"/> or <see cref="Problem"/>. While the rig is away it is a mark of this node's recordings.</summary>
    public async Task<object> MarkAsync(AddMark request, CancellationToken cancel)
    {
        AddMark pressed = request with { At = request.At ?? Press() };
        object answer = await CommandAsync(new MarkCommand(pressed), CommandLimit, cancel);
        return answer is Problem { Code: ProblemCodes.ClusterAway or ProblemCodes.NoCoordinator }
            ? await node.MarkLocalAsync(pressed, cancel)
            : answer;
    }

    /// <summary>One camera more for the running session. <see cref="SessionOutcome"/> or <see cref="Problem"/>.</summary>
    public Task<object> JoinAsync(string camera, CancellationToken cancel) =>
        CommandAsync(new JoinCommand(Qualified(camera), Press()), CommandLimit, cancel);

    /// <summary>One camera ends; the last one ends the session. <see cref="SessionOutcome"/> or <see cref="Problem"/>.</summary>
    public Task<object> LeaveAsync(string camera, CancellationToken cancel) =>
        CommandAsync(new LeaveCommand(Qualified(camera), Press()), node.StopPatience(new StopSession()), cancel);

    public Task<RigStatus> GetRigAsync(CancellationToken cancel) =>
        rig.Cluster.Ask<RigStatus>(new GetRig(StatusLimit), StatusLimit + NodeLimit, cancel);

    public Task<ClusterNow> GetClusterAsync(CancellationToken cancel) =>
        rig.Cluster.Ask<ClusterNow>(GetCluster.Instance, NodeLimit, cancel);

    /// <summary>A camera anywhere in the rig: <see cref="CameraStatus"/> or <see cref="Problem"/>.</summary>
    public async Task<object> GetCameraAsync(CameraId id, CancellationToken cancel)
    {
        if (id.Node == node.NodeId)
        {
            return await node.GetCameraAsync(id.Camera, cancel) ?? (object)ProblemResults.UnknownCamera($"{id}");
        }

        return await AskAsync(id.Node, new AskNodeStatus(), cancel) switch
        {
            NodeStatusAnswer answer => answer.Status.Cameras.FirstOrDefault(camera => camera.Id == id.Camera)
                ?? (object)ProblemResults.UnknownCamera($"{id}"),
            var other => other,
        };
    }

    /// <summary><see cref="CameraStatus"/> or <see cref="Problem"/>.</summary>
    public async Task<object> ActAsync(CameraId id, CameraAction action, CancellationToken cancel) =>
        await AskAsync(id.Node, new AskCamera(id.Camera, action), cancel) switch
        {
            CameraAnswer(var status) => status,
            var other => other,
        };

    /// <summary>The tree of actors of a node; this one when null. <see cref="ActorNode"/> or <see cref="Problem"/>.</summary>
    public async Task<object> GetActorsAsync(string? nodeId, CancellationToken cancel) =>
        await AskAsync(nodeId ?? node.NodeId, new AskHierarchy(), cancel) switch
        {
            HierarchyAnswer(var root) => root,
            var other => other,
        };

    /// <summary>Log lines of a node; this one when null. <see cref="LogPage"/> or <see cref="Problem"/>.</summary>
    public async Task<object> GetLogAsync(string? nodeId, AskLog ask, CancellationToken cancel) =>
        await AskAsync(nodeId ?? node.NodeId, ask, cancel) switch
        {
            LogAnswer(var page) => page,
            var other => other,
        };

    /// <summary>
    /// A member whose lease ran out is out of the rig by that alone; one that keeps its lease lives, whether this node reaches it or not.
    /// <see cref="ClusterChanged"/> or <see cref="Problem"/>.
    /// </summary>
    public async Task<object> StrikeOffAsync(string nodeId, CancellationToken cancel)
    {
        MemberView? member = (await GetClusterAsync(cancel)).Members.FirstOrDefault(view => view.Member.NodeId == nodeId);
        return member switch
        {
            null => ProblemResults.NotFound($"There is no member {nodeId}.", "GET /api/v1/rig lists the members."),
            { State: not MemberState.Up } => new ClusterChanged(
                [nodeId],
                "Its lease has run out: the rig does without it. It joins again by itself when it is started."
            ),
            { Reachable: true } => ProblemResults.Conflict(
                ProblemCodes.InvalidRequest,
                "The node is there",
                $"{nodeId} is up and can be reached.",
                $"Let it leave: rig cluster leave {nodeId}."
            ),
            _ => ProblemResults.Conflict(
                ProblemCodes.NodeUnreachable,
                "The node lives",
                $"{nodeId} keeps its lease and cannot be reached from {NodeId}.",
                "Check the network between the two, or end the node on its own machine; without a lease it is out within seconds."
            ),
        };
    }

    /// <summary>The answer, or a <see cref="Problem"/> that says why there is none.</summary>
    public Task<object> AskAsync(string nodeId, RemoteMessage message, CancellationToken cancel) =>
        AskAsync(nodeId, message, NodeLimit, cancel);

    /// <summary>The same with another time limit.</summary>
    public async Task<object> AskAsync(string nodeId, RemoteMessage message, TimeSpan limit, CancellationToken cancel)
    {
        try
        {
            RemoteMessage answer = await rig.Rig.Remote.AskAsync(nodeId, NodeAnswers.Path, message, limit, cancel);
            return answer is ProblemAnswer(var problem) ? problem : answer;
        }
        catch (Exception silent) when (silent is UnreachableException or TimeoutException or RemoteFaultException)
        {
            return new Problem
            {
                Status = StatusCodes.Status502BadGateway,
                Code = ProblemCodes.NodeUnreachable,
                Title = "That node does not answer",
                Detail = silent.Message,
                Remedy = "GET /api/v1/rig lists the nodes and who can be reached; check its power and network.",
            };
        }
    }

    private async Task<object> CommandAsync(RemoteMessage command, TimeSpan limit, CancellationToken cancel) =>
        await rig.Commands.Ask<RemoteMessage>(
            new ForCoordinator(command, limit),
            CoordinatorProxy.Patience + limit + limit + Way,
            cancel
        ) switch
        {
            OutcomeAnswer(var outcome) => outcome,
            MarkAnswer(var mark) => mark,
            ProblemAnswer(var problem) => problem,
            var other => throw new InvalidOperationException($"The coordinator answered with {other.GetType().Name}."),
        };

    private string Qualified(string camera) => CameraId.TryParse(camera, node.NodeId, out CameraId id) ? id.ToString() : camera;

    /// <summary>Now, in the whole microseconds in which instants travel and are kept.</summary>
    private DateTimeOffset Press()
    {
        DateTimeOffset now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    private static string NewRequest() => Guid.NewGuid().ToString("N");
}
