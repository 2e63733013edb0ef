// When the person pressed.
namespace Rig.Cli.Commands;

internal static class Press
{
    /// <summary>
    /// This machine's time when it is the node's clock too, so that a command that took long to arrive still acts at the press. Null for a
    /// node elsewhere: the two clocks may differ by more than the way takes, so that the node's arrival time is the better one.
    /// </summary>
    public static DateTimeOffset? At(Uri node, TimeProvider time) => node.IsLoopback ? time.GetUtcNow() : null;

    /// <summary>One press has one effect, however often its request is sent.</summary>
    public static string Id() => Guid.NewGuid().ToString("N");
}
