using Akka.Actor;
using Akka.Event;
using Rig.Actors;
using Rig.Contracts.Events;
using Rig.Contracts.Sessions;
using Rig.Node.Control;
using Rig.Node.Events;

namespace Rig.Node.Hosting;

/// <summary>Starts the control plane before the server answers and stops it after, and connects its event stream to the outside.</summary>
public sealed class RigLifetime(RigSystem rig, EventBroker broker, ConfigurationApplier applier, ILoggerFactory loggers) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        IActorRef events = rig.System.ActorOf(Props.Create(() => new EventsActor(broker, applier, loggers)), "events");
        rig.System.EventStream.Subscribe(events, typeof(RigEvent));
        rig.System.EventStream.Subscribe(events, typeof(LogEvent));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => rig.DisposeAsync().AsTask();

    /// <summary>Passes on everything noteworthy: to clients, and to the program's log.</summary>
    private sealed class EventsActor : ReceiveActor
    {
        public EventsActor(EventBroker broker, ConfigurationApplier applier, ILoggerFactory loggers)
        {
            Microsoft.Extensions.Logging.ILogger log = loggers.CreateLogger("rig");
            Receive<SessionChanged>(changed =>
            {
                broker.Publish(changed);
                NodeLog.Session(log, changed.Session.SessionId, changed.Session.State);
                if (changed.Session.State == SessionState.Finished)
                {
                    applier.ApplyPostponedAsync(CancellationToken.None).PipeTo(ActorRefs.Nobody);
                }
            });
            Receive<AlarmRaised>(alarm =>
            {
                broker.Publish(alarm);
                NodeLog.Alarm(log, alarm.Text, alarm.Remedy);
            });
            Receive<RigEvent>(broker.Publish);
            Receive<Error>(error => NodeLog.ActorError(log, error.Cause, error.LogSource, error.Message));
            Receive<Warning>(warning => NodeLog.ActorWarning(log, warning.LogSource, warning.Message));
            ReceiveAny(_ => { });
        }
    }
}
