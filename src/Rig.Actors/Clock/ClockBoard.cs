using Rig.Contracts.Nodes;

namespace Rig.Actors.Clock;

/// <summary>The newest reading of the clock, for whoever notes it without waiting: manifests at the start of a recording. Any thread.</summary>
public sealed class ClockBoard
{
    private ClockStatus _newest = new() { Source = "none" };

    public ClockStatus Newest
    {
        get => Volatile.Read(ref _newest);
        set => Volatile.Write(ref _newest, value);
    }
}
