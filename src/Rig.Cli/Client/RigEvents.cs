// Events of the whole rig as one stream: the asked node tells those of the others too.
using System.Runtime.CompilerServices;
using Rig.Contracts.Events;

namespace Rig.Cli.Client;

/// <summary>Follows a rig through one of its nodes.</summary>
internal static class RigEvents
{
    /// <summary>Wait before a node that went away is tried again.</summary>
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    /// <summary>Events without end, over the node's restarts: each once, from the last one seen. Those that this program does not know are always given.</summary>
    /// <param name="node">Only this node's; null for all.</param>
    public static async IAsyncEnumerable<NodeEvent> FollowAsync(
        NodeClient client,
        string? node,
        TimeProvider time,
        Func<RigEvent, bool> wanted,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        string? last = null;
        while (true)
        {
            await using var events = client.EventsAsync(node, last, cancellation).GetAsyncEnumerator(cancellation);
            while (await NextAsync(events))
            {
                last = events.Current.Id ?? last;
                if (events.Current.Event is not { } known || wanted(known))
                {
                    yield return events.Current;
                }
            }

            await Task.Delay(Retry, time, cancellation);
        }
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<NodeEvent> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (CliException away) when (away.Code == ExitCode.Unreachable)
        {
            return false;
        }
    }
}
