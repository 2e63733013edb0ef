using Akka.Actor;
using Akka.Event;
using Rig.Actors;
using Rig.Contracts.Events;
using Rig.Contracts.Sessions;
using Rig.Node.Control;
using Rig.Node.Events;

namespace Rig.Node.Hosting;

/// <summary>Starts the control plane before the server answers and stops it after, and connects its event stream to the outside.</summary>
public sealed class RigLifetime(
    RigSystem rig,
    NodeAnswers answers,
    EventHub hub,
    ConfigurationApplier applier,
    ILoggerFactory loggers,
    TimeProvider time
) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        answers.Open();
        IActorRef events = rig.System.ActorOf(Props.Create(() => new EventsActor(hub, applier, loggers)), "events");
        rig.System.EventStream.Subscribe(events, typeof(RigEvent));
        rig.System.EventStream.Subscribe(events, typeof(LogEvent));
        return rig.JoinAsync(time);
    }

    public Task StopAsync(CancellationToken cancellationToken) => rig.DisposeAsync().AsTask();

    /// <summary>Passes on everything noteworthy: to clients, and to the program's log.</summary>
    private sealed class EventsActor : ReceiveActor
    {
        public EventsActor(EventHub hub, ConfigurationApplier applier, ILoggerFactory loggers)
        {
            Microsoft.Extensions.Logging.ILogger log = loggers.CreateLogger("rig");
            Receive<SessionChanged>(changed =>
            {
                hub.Publish(changed);
                NodeLog.Session(log, changed.Session.SessionId, changed.Session.State);
                ApplyPostponed(applier, changed.Session.State == SessionState.Finished);
            });
            Receive<RecordingStopped>(stopped =>
            {
                hub.Publish(stopped);
                ApplyPostponed(applier, due: true);
            });
            Receive<AlarmRaised>(alarm =>
            {
                hub.Publish(alarm);
                NodeLog.Alarm(log, alarm.Text, alarm.Remedy);
            });
            Receive<RigEvent>(hub.Publish);
            Receive<Error>(error => NodeLog.ActorError(log, error.Cause, error.LogSource, error.Message));
            Receive<Warning>(warning => NodeLog.ActorWarning(log, warning.LogSource, warning.Message));
            ReceiveAny(_ => { });
        }

        /// <summary>Whichever comes last: the session's end, or the last file's.</summary>
        private static void ApplyPostponed(ConfigurationApplier applier, bool due)
        {
            if (due)
            {
                applier.ApplyPostponedAsync(CancellationToken.None).PipeTo(ActorRefs.Nobody);
            }
        }
    }
}
