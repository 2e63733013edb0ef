using Akka.Actor;
using Akka.Event;
using Rig.Actors.Cameras;
using Rig.Actors.Coordination;
using Rig.Actors.Flows;
using Rig.Actors.Health;
using Rig.Contracts.Cameras;
using Rig.Contracts.Cluster;
using Rig.Contracts.Nodes;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Sessions;

// What the session asks of this node's cameras, each with its own time limit.
public sealed partial class SessionActor
{
    private void Start(StartCamera start)
    {
        RecordingOrder order = new()
        {
            SessionId = start.Session.SessionId,
            Camera = start.Camera,
            Start = start.Start,
            Session = start.Session with { GateOverrides = [.. Overrides(start)] },
            Cursor = new RecordingCursor(),
            Resumed = start.Resumed,
        };
        TimeSpan timeout = _setup.Settings.Current.Recording.StartTimeout;
        AskCamera(
            start.Order,
            start.Camera,
            new StartRecording(start.Camera, order),
            timeout,
            "it goes on trying and the manifest will tell"
        );
    }

    /// <summary>The camera's own, as its manifest names them: without the node.</summary>
    private IEnumerable<GateReading> Overrides(StartCamera start) =>
        start
            .Session.GateOverrides.Where(gate => gate.Camera == Qualified(start.Camera))
            .Select(gate => gate with { Camera = start.Camera });

    private void Stop(StopCamera stop)
    {
        TimeSpan ahead = stop.End > Now() ? stop.End - Now() : TimeSpan.Zero;
        TimeSpan timeout = _setup.Settings.Current.Recording.StopTimeout + ahead;
        AskCamera(
            stop.Order,
            stop.Camera,
            new StopRecording(stop.Camera, stop.SessionId, stop.End),
            timeout,
            "its file is still being closed"
        );
    }

    private void AskCamera(long order, string camera, object command, TimeSpan timeout, string meanwhile)
    {
        IActorRef cameras = _setup.Cameras;
        Ask().PipeTo(Self, success: outcome => new CameraDid(order, outcome));

        async Task<CameraOutcome> Ask()
        {
            try
            {
                object answer = await cameras.Ask<object>(command, timeout);
                return answer as CameraOutcome ?? Outcome(camera, CameraResult.Failed, "The camera is no longer configured.");
            }
            catch (AskTimeoutException)
            {
                return Outcome(camera, CameraResult.Timeout, $"No answer within {timeout.TotalSeconds:0.#} s; {meanwhile}.");
            }
        }
    }

    /// <summary>Nothing is started: the answer goes to the asker when cameras and machine have told theirs.</summary>
    private void OnPrepare(PrepareSession prepare)
    {
        IActorRef asker = Sender;
        PrepareAsync(prepare).PipeTo(asker, Self, success: node => node, failure: error => new ProblemAnswer(Silent(error)));
    }

    private async Task<PreparedNode> PrepareAsync(PrepareSession prepare)
    {
        TimeSpan limit = _setup.Settings.Current.Recording.StartTimeout;
        Task<IReadOnlyList<CameraStatus>> cameras = _setup.Cameras.Ask<IReadOnlyList<CameraStatus>>(GetCameras.Instance, limit);
        Task<GatesAnswer> gates = _setup.Health.Ask<GatesAnswer>(new GetGates(prepare.DurationMinutes), limit);
        return Preparation.Of(_setup.NodeId, prepare, await cameras, await gates, HasFiles(prepare.SessionId));
    }

    private void OnLocalStart(StartSession request)
    {
        // Preparing takes time; the session begins when it was asked for.
        DateTimeOffset pressed = request.RequestedAt ?? Now();
        StartSession timed = request with { RequestedAt = pressed };
        PrepareSession prepare = new(
            _machine.LocalId(timed, pressed),
            Cameras: null,
            SessionRules.StartOf(timed, pressed),
            timed.DurationSeconds / 60
        );
        if (_machine.Current is not null || _machine.Sessions.Any(known => known.RequestId is { } id && id == timed.RequestId))
        {
            // Nothing will be started: the gates need not be asked.
            Step(new LocalStart(Asker(), timed, new PreparedNode(_setup.NodeId, [])));
            return;
        }

        IActorRef asker = Sender;
        _preparing = true;
        PrepareAsync(prepare)
            .PipeTo(
                Self,
                success: node => new LocalPrepared(timed, node, null, asker),
                failure: error => new LocalPrepared(timed, null, error, asker)
            );
    }

    private void OnLocalPrepared(LocalPrepared prepared)
    {
        _preparing = false;
        if (prepared.Node is { } node)
        {
            _askers.Add(++_lastAsker, prepared.Asker);
            Step(new LocalStart(_lastAsker, prepared.Request, node));
        }
        else
        {
            _log.Error(prepared.Error!, "A start could not be prepared.");
            prepared.Asker.Tell(Silent(prepared.Error!));
        }

        Stash.UnstashAll();
    }

    /// <summary>A session's name is used once: its files and manifests are never mixed with another's.</summary>
    private bool HasFiles(string sessionId) =>
        SessionRules.IsSessionId(sessionId) && Directory.Exists(Path.Combine(_setup.Settings.Current.RecordingsFolder, sessionId));

    private static CameraOutcome Outcome(string camera, CameraResult result, string reason) =>
        new()
        {
            Camera = camera,
            Result = result,
            Reason = reason,
        };

    private sealed record LocalPrepared(StartSession Request, PreparedNode? Node, Exception? Error, IActorRef Asker);
}
