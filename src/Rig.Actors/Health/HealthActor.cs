using Akka.Actor;
using Rig.Actors.Cameras;
using Rig.Actors.Clock;
using Rig.Actors.Settings;
using Rig.Contracts.Cameras;
using Rig.Contracts.Events;
using Rig.Contracts.Nodes;

namespace Rig.Actors.Health;

/// <summary>Looks at machine and cameras every few seconds, raises and clears alarms, and answers with the gates as they stand.</summary>
public sealed class HealthActor : ReceiveActor, IWithTimers, IWithUnboundedStash
{
    private static readonly TimeSpan ClockTimeout = TimeSpan.FromSeconds(1);

    private readonly HealthSetup _setup;
    private readonly AlarmBook _alarms;
    private MachineReadings? _readings;
    private IReadOnlyList<GateReading> _published = [];
    private bool _looking;

    public HealthActor(HealthSetup setup)
    {
        _setup = setup;
        _alarms = new AlarmBook(setup.NodeId);
        Receive<Look>(_ => OnLook());
        Receive<Looked>(OnLooked);
        // Before the first look there is nothing to say, and to look here could take seconds.
        Receive<GetGates>(_ => _readings is null, _ => Stash.Stash());
        Receive<GetHealth>(_ => _readings is null, _ => Stash.Stash());
        Receive<GetGates>(get =>
            Sender.Tell(new GatesAnswer(Gates.OfNode(_readings!, _setup.Settings.Current.Gates, get.PlannedMinutes), _readings!.Clock))
        );
        Receive<GetHealth>(_ =>
            Sender.Tell(new HealthAnswer(_readings!, Gates.OfNode(_readings!, _setup.Settings.Current.Gates), [.. _alarms.Raised]))
        );
    }

    public IStash Stash { get; set; } = null!;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(HealthSetup setup) => Akka.Actor.Props.Create(() => new HealthActor(setup));

    protected override void PreStart()
    {
        Self.Tell(Look.Instance);
    }

    private void OnLook()
    {
        Timers.StartSingleTimer(nameof(Look), Look.Instance, _setup.Settings.Current.Gates.Interval);
        if (_looking)
        {
            return;
        }

        _looking = true;
        Collect().PipeTo(Self, success: looked => looked, failure: _ => new Looked(null, []));

        async Task<Looked> Collect()
        {
            IReadOnlyList<CameraStatus> cameras = await _setup.Cameras.Ask<IReadOnlyList<CameraStatus>>(
                GetCameras.Instance,
                TimeSpan.FromSeconds(5)
            );
            ClockAnswer? clock = await AskClock();
            long bitrate = cameras.Sum(camera => camera.Ingest.Bitrate ?? 0);
            // Off the actor's thread: a dying disk may take seconds to answer.
            MachineReadings machine = await Task.Run(() => _setup.Probe(bitrate));
            return new Looked(clock is null ? machine : machine with { Clock = clock.Clock, HasPeers = clock.HasPeers }, cameras);
        }
    }

    /// <summary>A clock that cannot be asked is an unknown one.</summary>
    private async Task<ClockAnswer?> AskClock()
    {
        try
        {
            return _setup.Clock is { } clock ? await clock.Ask<ClockAnswer>(GetClock.Instance, ClockTimeout) : null;
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    private void OnLooked(Looked looked)
    {
        _looking = false;
        if (looked.Readings is not { } readings)
        {
            return;
        }

        _readings = readings;
        Stash.UnstashAll();
        GateReading[] gates = [.. Gates.OfNode(readings, _setup.Settings.Current.Gates), .. looked.Cameras.SelectMany(Gates.OfCamera)];
        IEnumerable<Alarm> wrong = gates.Where(gate => !IsExpected(gate, looked.Cameras)).Select(Alarm);
        foreach (RigEvent news in _alarms.Update(wrong.Concat(looked.Cameras.SelectMany(Pressure)), Now()))
        {
            Context.System.EventStream.Publish(news);
        }

        if (!gates.SequenceEqual(_published))
        {
            _published = gates;
            Context.System.EventStream.Publish(new HealthChanged(gates) { Time = Now(), Node = _setup.NodeId });
        }
    }

    /// <summary>A camera that starts, or was paused by somebody, may not record but is no alarm.</summary>
    private static bool IsExpected(GateReading gate, IReadOnlyList<CameraStatus> cameras) =>
        gate.Camera is { } id
        && cameras.FirstOrDefault(camera => camera.Id == id)?.Ingest.State
            is IngestState.Idle
                or IngestState.Starting
                or IngestState.Paused;

    private static Alarm Alarm(GateReading gate) =>
        new(
            gate.Camera is { } camera ? $"camera.{camera}.{gate.Gate}" : gate.Gate,
            gate.Camera,
            gate.Level,
            $"{gate.Gate}: {gate.Value} ({gate.Limit})",
            gate.Remedy
        );

    private static IEnumerable<Alarm> Pressure(CameraStatus camera)
    {
        if (camera.Log.Pressure)
        {
            yield return new Alarm(
                $"camera.{camera.Id}.pressure",
                camera.Id,
                GateLevel.Warn,
                $"{camera.Id}: the disk is slower than the camera; {camera.Log.Bytes >> 20} of {camera.Log.LimitBytes >> 20} MiB wait in memory.",
                "Use a faster disk or lower the bitrate; pictures are lost when the memory is full."
            );
        }
    }

    private DateTimeOffset Now() => _setup.Time.GetUtcNow();

    private sealed record Look
    {
        public static readonly Look Instance = new();
    }

    private sealed record Looked(MachineReadings? Readings, IReadOnlyList<CameraStatus> Cameras);
}

/// <summary>What health works with.</summary>
/// <param name="Probe">Reads the machine; takes the bits a second of all cameras, for the estimate of minutes.</param>
/// <param name="Clock">Answers <see cref="GetClock"/>; null where nothing is known of the clock.</param>
public sealed record HealthSetup(
    string NodeId,
    LiveSettings Settings,
    IActorRef Cameras,
    Func<long, MachineReadings> Probe,
    TimeProvider Time,
    IActorRef? Clock = null
);

/// <summary>Answers with <see cref="GatesAnswer"/>.</summary>
public sealed record GetGates(double? PlannedMinutes);

/// <summary>The node's gates that do not pass, and its clock.</summary>
public sealed record GatesAnswer(IReadOnlyList<GateReading> Readings, ClockStatus? Clock = null);

/// <summary>Answers with <see cref="HealthAnswer"/>.</summary>
public sealed record GetHealth
{
    public static readonly GetHealth Instance = new();
}

public sealed record HealthAnswer(MachineReadings Machine, IReadOnlyList<GateReading> Gates, IReadOnlyList<Alarm> Alarms);
