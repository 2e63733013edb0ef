using Rig.Actors.Settings;

namespace Rig.Actors.Coordination;

/// <summary>Time limits of coordinator and nodes.</summary>
public sealed record CoordinationSettings
{
    /// <summary>How long a node may take to say whether its cameras may record.</summary>
    public TimeSpan PrepareTimeout { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long a node may take to say what became of a start: its cameras' own limit and the way.</summary>
    public TimeSpan ApplyTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a node may take to close its files, from T1 on, and the way.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(20.5);

    /// <summary>Between two attempts: to read the shared state, to tell a node that did not answer, to report a wish.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How old a session in the journal may be and still go on without word from the rig.</summary>
    public TimeSpan ResumeWithin { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Finished documents that are kept, so that nodes which were away and requests which are repeated find their end.</summary>
    public int KeepFinished { get; init; } = 20;

    /// <summary>The cameras' own limits as configured, with half a second for the way to a node and back.</summary>
    public static CoordinationSettings From(RecordingSettings recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        TimeSpan way = TimeSpan.FromSeconds(0.5);
        return new CoordinationSettings
        {
            PrepareTimeout = recording.StartTimeout,
            ApplyTimeout = recording.StartTimeout + way,
            StopTimeout = recording.StopTimeout + way,
            ResumeWithin = recording.ResumeWithin,
        };
    }
}
