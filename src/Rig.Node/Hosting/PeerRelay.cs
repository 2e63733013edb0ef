using System.Collections.Concurrent;
using System.Net.Http;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Net.Http.Headers;
using Rig.Cluster.Joining;
using Rig.Cluster.Remote;
using Rig.Contracts.Access;
using Rig.Contracts.Problems;
using Rig.Node.Http;
using Rig.Node.Rights;
using Rig.Streams.Live;

namespace Rig.Node.Hosting;

/// <summary>
/// Answers a request with what another node of the rig answers to the same path: a GET or HEAD with its range and conditions, a command with its
/// body, or a WebSocket, as bytes and messages that pass through. For routes of what only one node has (a camera's pictures, a file):
/// <code>
/// if (id.Node != rig.NodeId) { await relay.ForwardAsync(http, id.Node, "/live/cam0"); return; }
/// </code>
/// The path must be one of <see cref="RelayedPaths"/>; the query goes along when the path has none of its own. The caller checks its client's right before: the other
/// node believes it (<see cref="RelayedRequest"/>). Goes over the other node's link port with both certificates. Nothing is buffered beyond one block, so that a slow
/// client slows its own stream only.
/// </summary>
public sealed class PeerRelay : IDisposable
{
    /// <summary>A relayed stream costs a connection and a block each.</summary>
    public const int MostRelays = 1000;

    private const int BlockBytes = 64 << 10;

    /// <summary>A peer on the rig's network connects in milliseconds; on Wi-Fi in a second at most.</summary>
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(3);

    /// <summary>An answer's head; the longest honest wait is a blocking playlist.</summary>
    private static readonly TimeSpan HeadLimit = TimeSpan.FromSeconds(30);

    /// <summary>The head of a command's answer; a self-test of a minute with its decoding is the longest.</summary>
    private static readonly TimeSpan CommandLimit = TimeSpan.FromMinutes(3);

    /// <summary>Connections are made anew so often, that a certificate which no longer counts is not used for long.</summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    /// <summary>A client that takes longer to take one block does not read.</summary>
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(15);

    private static readonly string[] RequestHeaders =
    [
        HeaderNames.Range,
        HeaderNames.IfRange,
        HeaderNames.IfNoneMatch,
        HeaderNames.IfModifiedSince,
        HeaderNames.IfMatch,
        HeaderNames.Accept,
        HeaderNames.AcceptEncoding,
        "Want-Digest",
    ];

    /// <summary>Of one connection only (RFC 9110 7.6.1), or this server's own to say.</summary>
    private static readonly HashSet<string> HopHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        HeaderNames.Connection,
        HeaderNames.KeepAlive,
        HeaderNames.TransferEncoding,
        HeaderNames.Upgrade,
        HeaderNames.Trailer,
        HeaderNames.Date,
        HeaderNames.Server,
        HeaderNames.SetCookie,
    };

    private readonly ConcurrentDictionary<string, Lazy<HttpMessageInvoker>> _peers = new(StringComparer.Ordinal);
    private readonly NodeIdentity? _identity;
    private readonly PeerTrust? _trust;
    private readonly Func<string, string?> _address;
    private readonly TimeProvider _time;
    private int _active;
    private long _requests;
    private long _failed;
    private long _bytes;

    public PeerRelay(NodeCluster cluster, TimeProvider time)
        : this(
            cluster.Identity,
            cluster.Links?.Trust,
            node => cluster.Cluster.Members.Current.FirstOrDefault(view => view.Member.NodeId == node)?.Member.LinkAddress,
            time
        ) { }

    /// <param name="identity">Null while the node is alone, with <paramref name="trust"/>.</param>
    /// <param name="address">The link address of a member, empty when it has said none; null when there is no such member.</param>
    internal PeerRelay(NodeIdentity? identity, PeerTrust? trust, Func<string, string?> address, TimeProvider time) =>
        (_identity, _trust, _address, _time) = (identity, trust, address, time);

    /// <summary>Requests and sockets being relayed now.</summary>
    public int Active => Volatile.Read(ref _active);

    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Of them those that the other node could not be asked.</summary>
    public long Failed => Volatile.Read(ref _failed);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Answers the request with another node's answer; a problem when it cannot be had.</summary>
    /// <param name="node">Another node, by id.</param>
    /// <param name="path">The path there; the request's own when left out.</param>
    public async Task ForwardAsync(HttpContext http, string node, string? path = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        Interlocked.Increment(ref _requests);
        if (Refusal(http, node, out Uri? address) is { } refusal)
        {
            await refusal.ToResult().ExecuteAsync(http);
            return;
        }

        string wanted = path ?? http.Request.Path.ToUriComponent();
        string query = wanted.Contains('?', StringComparison.Ordinal) ? "" : http.Request.QueryString.ToUriComponent();
        Uri target = new(address!, RelayedPaths.Prefix + wanted + query);
        if (Interlocked.Increment(ref _active) > MostRelays)
        {
            Interlocked.Decrement(ref _active);
            await Unreachable(node, $"{MostRelays} streams of other nodes are relayed already").ToResult().ExecuteAsync(http);
            return;
        }

        try
        {
            await (http.WebSockets.IsWebSocketRequest ? SocketAsync(http, node, target) : AskAsync(http, node, target));
        }
        finally
        {
            Interlocked.Decrement(ref _active);
        }
    }

    /// <summary>What another node gives for a path of <see cref="RelayedPaths"/>, for this node's own use; null when it cannot be had or is larger than <paramref name="most"/>.</summary>
    public async Task<byte[]?> FetchAsync(string node, string path, int most, CancellationToken cancel)
    {
        if (_identity is null || !Uri.TryCreate(_address(node), UriKind.Absolute, out Uri? address))
        {
            return null;
        }

        using CancellationTokenSource limit = new(HeadLimit, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, new Uri(address, RelayedPaths.Prefix + path));
            using HttpResponseMessage answer = await Peer(node).SendAsync(request, either.Token);
            if (!answer.IsSuccessStatusCode || answer.Content.Headers.ContentLength is not { } length || length > most)
            {
                return null;
            }

            byte[] bytes = new byte[length];
            await using Stream body = await answer.Content.ReadAsStreamAsync(either.Token);
            await body.ReadExactlyAsync(bytes, either.Token);
            return bytes;
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            Interlocked.Increment(ref _failed);
            return null;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            Interlocked.Increment(ref _failed);
            return null;
        }
    }

    public void Dispose()
    {
        foreach (Lazy<HttpMessageInvoker> peer in _peers.Values.Where(peer => peer.IsValueCreated))
        {
            peer.Value.Dispose();
        }
    }

    private Problem? Refusal(HttpContext http, string node, out Uri? address)
    {
        address = null;
        if (http.Features.Get<RelayedRequest>() is not null)
        {
            return ProblemResults.NotFound($"{node} is another node; what another node asks for is not relayed on.", "Ask that node.");
        }

        if (_identity is null || _address(node) is not { } link)
        {
            return ProblemResults.NotFound($"There is no node '{node}' in the rig.", "GET /api/v1/rig lists them.");
        }

        return Uri.TryCreate(link, UriKind.Absolute, out address) ? null : Unreachable(node, "it has not said where");
    }

    private async Task AskAsync(HttpContext http, string node, Uri target)
    {
        using HttpRequestMessage request = new(new HttpMethod(http.Request.Method), target);
        request.Headers.Add(RelayedRequest.RoleHeader, $"{http.Caller()?.Role ?? Role.Viewer}");
        if (HttpMethods.IsPost(http.Request.Method))
        {
            request.Content = new StreamContent(http.Request.Body);
            request.Content.Headers.ContentLength = http.Request.ContentLength;
            request.Content.Headers.TryAddWithoutValidation(HeaderNames.ContentType, http.Request.ContentType);
        }

        foreach (string name in RequestHeaders)
        {
            if (http.Request.Headers.TryGetValue(name, out var values))
            {
                request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        using HttpResponseMessage? answer = await HeadAsync(http, node, request);
        if (answer is null)
        {
            return;
        }

        http.Response.StatusCode = (int)answer.StatusCode;
        foreach ((string name, IEnumerable<string> values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (!HopHeaders.Contains(name))
            {
                http.Response.Headers[name] = values.ToArray();
            }
        }

        ShortSendQueue.Set(http.Features.Get<IConnectionSocketFeature>()?.Socket);
        try
        {
            await using Stream body = await answer.Content.ReadAsStreamAsync(http.RequestAborted);
            await CopyAsync(body, http);
        }
        catch (Exception error) when (error is IOException or HttpRequestException or OperationCanceledException)
        {
            // The answer has begun: what can still be said is that it is not whole.
            http.Abort();
        }
    }

    private async Task<HttpResponseMessage?> HeadAsync(HttpContext http, string node, HttpRequestMessage request)
    {
        using CancellationTokenSource limit = new(HttpMethods.IsPost(http.Request.Method) ? CommandLimit : HeadLimit, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);
        try
        {
            return await Peer(node).SendAsync(request, either.Token);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            await FailAsync(http, node, limit.IsCancellationRequested ? "it does not answer" : error.GetBaseException().Message);
            return null;
        }
    }

    private async Task CopyAsync(Stream body, HttpContext http)
    {
        while (true)
        {
            Memory<byte> block = http.Response.BodyWriter.GetMemory(BlockBytes);
            int count = await body.ReadAsync(block, http.RequestAborted);
            if (count == 0)
            {
                return;
            }

            http.Response.BodyWriter.Advance(count);
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
            Interlocked.Add(ref _bytes, count);
        }
    }

    private async Task SocketAsync(HttpContext http, string node, Uri target)
    {
        using ClientWebSocket upstream = new();
        upstream.Options.KeepAliveInterval = TimeSpan.Zero;
        upstream.Options.CollectHttpResponseDetails = true;
        using CancellationTokenSource limit = new(HeadLimit, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);
        try
        {
            await upstream.ConnectAsync(new UriBuilder(target) { Scheme = Uri.UriSchemeWss }.Uri, Peer(node), either.Token);
        }
        catch (Exception error) when (error is WebSocketException or HttpRequestException or IOException or OperationCanceledException)
        {
            if ((int)upstream.HttpStatusCode is >= 400 and < 600 and var status)
            {
                // The other node was reached and refused: its status says why.
                http.Response.StatusCode = status;
                return;
            }

            await FailAsync(http, node, limit.IsCancellationRequested ? "it does not answer" : error.GetBaseException().Message);
            return;
        }

        ShortSendQueue.Set(http.Features.Get<IConnectionSocketFeature>()?.Socket);
        using WebSocket client = await http.WebSockets.AcceptWebSocketAsync();
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        Task down = PumpAsync(upstream, client, counted: true, end.Token);
        Task up = PumpAsync(client, upstream, counted: false, end.Token);
        await Task.WhenAny(down, up);

        // The one that ended has passed on the closing; the other gets a moment to answer it.
        end.CancelAfter(TimeSpan.FromSeconds(1));
        await Task.WhenAll(down, up);
    }

    /// <summary>Passes messages on, as they are cut, until one side closes or is gone.</summary>
    private async Task PumpAsync(WebSocket from, WebSocket to, bool counted, CancellationToken cancel)
    {
        byte[] block = GC.AllocateUninitializedArray<byte>(counted ? BlockBytes : 4 << 10);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult part = await from.ReceiveAsync(block.AsMemory(), cancel);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    await to.CloseOutputAsync(from.CloseStatus ?? WebSocketCloseStatus.NormalClosure, from.CloseStatusDescription, cancel);
                    return;
                }

                limit.CancelAfter(SendLimit);
                await to.SendAsync(block.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, limit.Token);
                limit.CancelAfter(Timeout.InfiniteTimeSpan);
                Interlocked.Add(ref _bytes, counted ? part.Count : 0);
            }
        }
        catch (Exception error) when (error is WebSocketException or IOException or OperationCanceledException or InvalidOperationException)
        {
            to.Abort();
        }
    }

    private Task FailAsync(HttpContext http, string node, string reason)
    {
        Interlocked.Increment(ref _failed);
        return http.RequestAborted.IsCancellationRequested ? Task.CompletedTask : Unreachable(node, reason).ToResult().ExecuteAsync(http);
    }

    private static Problem Unreachable(string node, string reason) =>
        new()
        {
            Status = StatusCodes.Status502BadGateway,
            Code = ProblemCodes.NodeUnreachable,
            Title = "The node cannot be reached",
            Detail = $"{node}: {reason}.",
            Remedy = "Look whether it runs and is on the network, or open its own page.",
        };

    /// <summary>One handler a peer: its connections are used again, and it takes nobody else's certificate.</summary>
    private HttpMessageInvoker Peer(string node) =>
        _peers
            .GetOrAdd(
                node,
                id => new Lazy<HttpMessageInvoker>(() =>
                {
                    SocketsHttpHandler handler = PeerHandler.Create(id, _identity!, _trust!, ConnectLimit, _time, _ => { });
                    handler.PooledConnectionLifetime = ConnectionLifetime;
                    return new HttpMessageInvoker(handler);
                })
            )
            .Value;
}
