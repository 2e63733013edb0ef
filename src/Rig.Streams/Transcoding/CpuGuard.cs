namespace Rig.Streams.Transcoding;

/// <summary>Levels of the guard.</summary>
/// <param name="StopAbove">Load of the machine, 0 to 1.</param>
/// <param name="StopAfter">How long it must stay above that.</param>
/// <param name="ReturnBelow">Lower than <paramref name="StopAbove"/>, so that what returns does not end itself at once.</param>
/// <param name="ReturnAfter">How long it must stay below that.</param>
public sealed record CpuGuardLevels(double StopAbove, TimeSpan StopAfter, double ReturnBelow, TimeSpan ReturnAfter)
{
    public static CpuGuardLevels Default { get; } = new(0.85, TimeSpan.FromSeconds(10), 0.60, TimeSpan.FromMinutes(1));
}

/// <summary>
/// Decides when work that is only convenient must make way for recordings: when the machine has been too busy for too long, until it has been idle enough
/// for long enough. Pure: it is told of the load and of the time that passed. One thread.
/// </summary>
public sealed class CpuGuard
{
    private TimeSpan _above;
    private TimeSpan _below;

    /// <summary>Whether the work must stop, or stay away.</summary>
    public bool IsSuspended { get; private set; }

    /// <summary>The load over the time since the last call. Gives whether the decision is another one now.</summary>
    public bool Step(double load, TimeSpan passed, CpuGuardLevels levels)
    {
        ArgumentNullException.ThrowIfNull(levels);
        _above = load > levels.StopAbove ? _above + passed : TimeSpan.Zero;
        _below = load < levels.ReturnBelow ? _below + passed : TimeSpan.Zero;
        bool before = IsSuspended;
        IsSuspended = IsSuspended ? _below < levels.ReturnAfter : _above >= levels.StopAfter;
        return IsSuspended != before;
    }
}
