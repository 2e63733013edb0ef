namespace Akka.Actor.Internal;

/// <summary>Why a cell waits for children to stop, and therefore what it does once they have.</summary>
internal abstract record SuspendReason
{
    /// <summary>The user stopped a child; nothing follows.</summary>
    public sealed record UserRequest : SuspendReason;

    /// <summary>The first instance could not be made; make another.</summary>
    public sealed record Creation : SuspendReason;

    /// <summary>Restart because of <paramref name="Cause"/>.</summary>
    public sealed record Recreation(Exception Cause) : SuspendReason;

    /// <summary>Stop for good.</summary>
    public sealed record Termination : SuspendReason;
}
