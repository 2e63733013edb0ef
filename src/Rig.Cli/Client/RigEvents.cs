// Events of every node of the rig as one stream: a connection to each member, those that come later too.
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Rig.Contracts.Cluster;
using Rig.Contracts.Events;

namespace Rig.Cli.Client;

/// <summary>Follows the nodes of a rig, found through the one that is asked.</summary>
internal static class RigEvents
{
    /// <summary>Wait before a node that went away is tried again.</summary>
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    /// <summary>How often it is looked for nodes that came later.</summary>
    private static readonly TimeSpan LookAround = TimeSpan.FromSeconds(5);

    /// <summary>Events that wait for a slow terminal; more and the followed nodes wait, which they bound themselves.</summary>
    private const int Waiting = 1000;

    /// <summary>Events of all nodes without end, as they arrive. Those that this program does not know are always given.</summary>
    public static async IAsyncEnumerable<NodeEvent> FollowAllAsync(
        NodeClient asked,
        TimeProvider time,
        Func<RigEvent, bool> wanted,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var events = Channel.CreateBounded<NodeEvent>(Waiting);
        var look = LookAroundAsync(asked, time, wanted, events.Writer, stop.Token);
        try
        {
            await foreach (var happened in events.Reader.ReadAllAsync(cancellation))
            {
                yield return happened;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await look.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Events of one node without end, over its restarts: each once, from the last one seen.</summary>
    public static async IAsyncEnumerable<NodeEvent> FollowAsync(
        NodeClient client,
        TimeProvider time,
        Func<RigEvent, bool> wanted,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        string? last = null;
        while (true)
        {
            await using var events = client.EventsAsync(last, cancellation).GetAsyncEnumerator(cancellation);
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

    private static async Task LookAroundAsync(
        NodeClient asked,
        TimeProvider time,
        Func<RigEvent, bool> wanted,
        ChannelWriter<NodeEvent> events,
        CancellationToken cancellation
    )
    {
        var followers = new ConcurrentDictionary<string, Task>(StringComparer.Ordinal);
        try
        {
            while (true)
            {
                foreach (var (node, address) in await NodesAsync(asked, followers.IsEmpty, cancellation))
                {
                    _ = followers.GetOrAdd(node, _ => PassOnAsync(new NodeClient(address), time, wanted, events, cancellation));
                }

                await Task.Delay(LookAround, time, cancellation);
            }
        }
        finally
        {
            await Task.WhenAll(followers.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The asked node by the address that worked; the others by what they announce.</summary>
    private static async Task<IEnumerable<(string Node, Uri Address)>> NodesAsync(
        NodeClient asked,
        bool first,
        CancellationToken cancellation
    )
    {
        try
        {
            var rig = await asked.RigAsync(cancellation);
            return rig
                .Members.Where(member => member.View.State == MemberState.Up)
                .Select(member => member.View.Member)
                .Select(member => (member.NodeId, member.NodeId == rig.AnsweredBy ? asked.Address : new Uri(member.HttpAddress)));
        }
        catch (CliException away) when (away.Code == ExitCode.Unreachable && !first)
        {
            return [];
        }
    }

    private static async Task PassOnAsync(
        NodeClient client,
        TimeProvider time,
        Func<RigEvent, bool> wanted,
        ChannelWriter<NodeEvent> events,
        CancellationToken cancellation
    )
    {
        using (client)
        {
            await foreach (var happened in FollowAsync(client, time, wanted, cancellation))
            {
                await events.WriteAsync(happened, cancellation);
            }
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
