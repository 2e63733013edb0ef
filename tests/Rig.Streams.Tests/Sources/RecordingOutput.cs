using Rig.Media;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Sources;

namespace Rig.Streams.Tests.Sources;

/// <summary>A unit as a test keeps it: its bytes copied, its memory released.</summary>
public sealed record KeptUnit(
    int Track,
    byte[] Bytes,
    long Decode,
    long Presentation,
    UtcInstant Capture,
    UnitFlags Flags,
    TrackFormat Format
)
{
    public bool IsKey => (Flags & UnitFlags.Key) != 0;
}

/// <summary>An output that keeps all it is given; any thread may look.</summary>
public sealed class RecordingOutput : ISourceOutput
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, TrackFormat> _formats = [];
    private readonly List<KeptUnit> _units = [];
    private readonly List<StreamFault> _faults = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waits = [];

    public IReadOnlyList<KeptUnit> Units => Copy(_units);

    public IReadOnlyList<KeptUnit> Video => [.. Units.Where(unit => unit.Format.Kind == TrackKind.Video)];

    public IReadOnlyList<KeptUnit> Audio => [.. Units.Where(unit => unit.Format.Kind == TrackKind.Audio)];

    public IReadOnlyList<StreamFault> Faults => Copy(_faults);

    /// <summary>What the source waits for before it goes on.</summary>
    public Func<CancellationToken, ValueTask> Writable { get; set; } = _ => ValueTask.CompletedTask;

    /// <summary>Completes when so many units came.</summary>
    public Task WhenUnits(int count)
    {
        lock (_gate)
        {
            if (_units.Count >= count)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((count, reached));
            return reached.Task;
        }
    }

    public void OnFormat(int track, TrackFormat format)
    {
        lock (_gate)
        {
            _formats[track] = format;
        }
    }

    public void OnUnit(in AccessUnit unit)
    {
        lock (_gate)
        {
            long decode = unit.DecodeTime.Ticks;
            long presentation = unit.PresentationTime.Ticks;
            TrackFormat format = _formats[unit.Track];
            _units.Add(new KeptUnit(unit.Track, unit.Span.ToArray(), decode, presentation, unit.Capture, unit.Flags, format));
            unit.Release();
            foreach ((int count, TaskCompletionSource reached) in _waits)
            {
                if (_units.Count >= count)
                {
                    reached.TrySetResult();
                }
            }
        }
    }

    public void OnFault(in StreamFault fault)
    {
        lock (_gate)
        {
            _faults.Add(fault);
        }
    }

    public ValueTask WaitUntilWritableAsync(CancellationToken cancellation) => Writable(cancellation);

    private IReadOnlyList<T> Copy<T>(List<T> list)
    {
        lock (_gate)
        {
            return [.. list];
        }
    }
}
