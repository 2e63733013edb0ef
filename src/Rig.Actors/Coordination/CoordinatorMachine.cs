using Rig.Contracts.Cluster;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Coordination;

/// <summary>
/// Decides for the whole rig while its node leads: one machine a leadership. Pure but for its own memory: inputs and the clock in, effects out, in order;
/// the same inputs give the same effects.
/// </summary>
public sealed partial class CoordinatorMachine(CoordinationSettings settings)
{
    private readonly CoordinationSettings _settings = settings;

    /// <summary><see cref="CoordinatorState.TakingOver"/> or <see cref="CoordinatorState.Active"/>; standby is to have no machine.</summary>
    public CoordinatorState State { get; private set; } = CoordinatorState.TakingOver;

    /// <summary>The documents as written, newest wish first.</summary>
    public IReadOnlyList<DesiredSession> Sessions => [];

    public IReadOnlyList<CoordinatorEffect> Handle(CoordinatorInput input, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(input);
        _ = _settings;
        return [];
    }
}
