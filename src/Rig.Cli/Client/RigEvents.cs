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
    /// <exception cref="CliException">The node has never answered.</exception>
    public static async IAsyncEnumerable<NodeEvent> FollowAsync(
        NodeClient client,
        string? node,
        TimeProvider time,
        Func<RigEvent, bool> wanted,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        string? last = null;
        var reached = false;
        while (true)
        {
            await using var events = client.EventsAsync(node, last, cancellation).GetAsyncEnumerator(cancellation);
            while (await NextAsync(events, reached))
            {
                reached = true;
                last = events.Current.Id ?? last;
                if (events.Current.Event is not { } known || wanted(known))
                {
                    yield return events.Current;
                }
            }

            await Task.Delay(Retry, time, cancellation);
        }
    }

    /// <summary>A node that was there comes back; one that never answered is told at once.</summary>
    private static async Task<bool> NextAsync(IAsyncEnumerator<NodeEvent> events, bool reached)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (CliException away) when (reached && away.Code == ExitCode.Unreachable)
        {
            return false;
        }
    }
}
