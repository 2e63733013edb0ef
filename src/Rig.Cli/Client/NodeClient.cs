// The node's HTTP API, as far as the commands use it. Requests and answers are records of Rig.Contracts; nothing here formats for people.
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rig.Contracts.Access;
using Rig.Contracts.Cameras;
using Rig.Contracts.Cluster;
using Rig.Contracts.Configuration;
using Rig.Contracts.Json;
using Rig.Contracts.Nodes;
using Rig.Contracts.Operations;
using Rig.Contracts.Problems;
using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;

namespace Rig.Cli.Client;

/// <summary>A node at an address.</summary>
/// <param name="token">Says who asks; null for nobody.</param>
/// <param name="authority">PEM file of the rig's certificate authority; null where the machine knows the node's.</param>
internal sealed class NodeClient(Uri address, string? token, string? authority) : IDisposable
{
    /// <summary>A self-test records for 10 s and decodes every camera; a stop may wait for slow disks. Other answers come at once.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly HttpClient _http = new(NodeTrust.Handler(authority)) { BaseAddress = address, Timeout = Patience };

    public Uri Address { get; } = address;

    public Task<NodeStatus> StatusAsync(CancellationToken cancellation) =>
        GetAsync("api/v1/status", RigJson.Default.NodeStatus, cancellation);

    public Task<Me> MeAsync(CancellationToken cancellation) => GetAsync("api/v1/me", RigJson.Default.Me, cancellation);

    /// <summary>Signs in; the token is what a browser would keep as cookie.</summary>
    public async Task<(Me Me, string Token)> LoginAsync(Login login, CancellationToken cancellation)
    {
        using var content = JsonContent.Create(login, RigJson.Default.Login);
        using var answer = await SendAsync(
            new HttpRequestMessage(HttpMethod.Post, "api/v1/login") { Content = content },
            HttpCompletionOption.ResponseContentRead,
            cancellation
        );
        var me = await ReadAsync(answer, RigJson.Default.Me, cancellation);
        var cookie = answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.First().Split(';')[0].Split('=', 2)[1] : "";
        return (me, cookie);
    }

    public Task LogoutAsync(CancellationToken cancellation) => DoAsync(HttpMethod.Post, "api/v1/logout", cancellation);

    public Task<IReadOnlyList<UserInfo>> UsersAsync(CancellationToken cancellation) =>
        GetAsync("api/v1/users", RigJson.Default.UserInfoList, cancellation);

    public Task<UserInfo> PutUserAsync(NewUser user, CancellationToken cancellation) =>
        PostAsync("api/v1/users", user, RigJson.Default.NewUser, RigJson.Default.UserInfo, cancellation);

    public Task RemoveUserAsync(string name, CancellationToken cancellation) =>
        DoAsync(HttpMethod.Delete, $"api/v1/users/{Uri.EscapeDataString(name)}", cancellation);

    public Task<IReadOnlyList<TokenInfo>> TokensAsync(CancellationToken cancellation) =>
        GetAsync("api/v1/tokens", RigJson.Default.TokenInfoList, cancellation);

    public Task<TokenInfo> MakeTokenAsync(NewToken made, CancellationToken cancellation) =>
        PostAsync("api/v1/tokens", made, RigJson.Default.NewToken, RigJson.Default.TokenInfo, cancellation);

    public Task RevokeTokenAsync(string id, CancellationToken cancellation) =>
        DoAsync(HttpMethod.Delete, $"api/v1/tokens/{Uri.EscapeDataString(id)}", cancellation);

    public Task<OneTimeLink> MakeLinkAsync(NewLink link, CancellationToken cancellation) =>
        PostAsync("api/v1/links", link, RigJson.Default.NewLink, RigJson.Default.OneTimeLink, cancellation);

    public Task<RigStatus> RigAsync(CancellationToken cancellation) => GetAsync("api/v1/rig", RigJson.Default.RigStatus, cancellation);

    public Task<IReadOnlyList<CameraStatus>> CamerasAsync(CancellationToken cancellation) =>
        GetAsync("api/v1/cameras", RigJson.Default.CameraStatusList, cancellation);

    public Task<CameraStatus> CameraAsync(string id, CancellationToken cancellation) =>
        GetAsync($"api/v1/cameras/{Uri.EscapeDataString(id)}", RigJson.Default.CameraStatus, cancellation);

    public Task<RecordingsPage> RecordingsAsync(CancellationToken cancellation) =>
        GetAsync("api/v1/recordings", RigJson.Default.RecordingsPage, cancellation);

    public Task<ConfigurationView> ConfigurationAsync(CancellationToken cancellation) =>
        GetAsync("api/v1/config", RigJson.Default.ConfigurationView, cancellation);

    public Task<SessionOutcome> StartAsync(StartSession start, CancellationToken cancellation) =>
        PostAsync("api/v1/start", start, RigJson.Default.StartSession, RigJson.Default.SessionOutcome, cancellation);

    public Task<SessionOutcome> StopAsync(StopSession stop, CancellationToken cancellation) =>
        PostAsync("api/v1/stop", stop, RigJson.Default.StopSession, RigJson.Default.SessionOutcome, cancellation);

    public Task<Mark> MarkAsync(AddMark mark, CancellationToken cancellation) =>
        PostAsync("api/v1/marks", mark, RigJson.Default.AddMark, RigJson.Default.Mark, cancellation);

    /// <summary>Pictures of cameras at one instant; some may be missing, with the reason.</summary>
    public Task<SnapshotsTaken> SnapshotsAsync(TakeSnapshots take, CancellationToken cancellation) =>
        PostAsync("api/v1/snapshots", take, RigJson.Default.TakeSnapshots, RigJson.Default.SnapshotsTaken, cancellation);

    /// <summary>Fetches what lies at a path of the node into a file.</summary>
    public async Task FetchAsync(string path, string file, CancellationToken cancellation)
    {
        using var answer = await SendAsync(
            new HttpRequestMessage(HttpMethod.Get, path.TrimStart('/')),
            HttpCompletionOption.ResponseHeadersRead,
            cancellation
        );
        await using var target = File.Create(file);
        await answer.Content.CopyToAsync(target, cancellation);
    }

    public Task<ConfigurationChanged> ConfigureAsync(ConfigurationChange change, CancellationToken cancellation) =>
        PostAsync("api/v1/config", change, RigJson.Default.ConfigurationChange, RigJson.Default.ConfigurationChanged, cancellation);

    public Task<ConfigurationChanged> RevertAsync(long version, CancellationToken cancellation) =>
        PostAsync(
            string.Create(CultureInfo.InvariantCulture, $"api/v1/config/revert/{version}"),
            RigJson.Default.ConfigurationChanged,
            cancellation
        );

    public Task<SelfTestReport> SelfTestAsync(CancellationToken cancellation) =>
        PostAsync("api/v1/selftest", RigJson.Default.SelfTestReport, cancellation);

    public Task<ClusterChanged> JoinClusterAsync(ClusterJoin join, CancellationToken cancellation) =>
        PostAsync("api/v1/cluster/join", join, RigJson.Default.ClusterJoin, RigJson.Default.ClusterChanged, cancellation);

    public Task<ClusterChanged> LeaveClusterAsync(string node, CancellationToken cancellation) =>
        ChangeClusterAsync("api/v1/cluster/leave", node, cancellation);

    public Task<ClusterChanged> DownAsync(string node, CancellationToken cancellation) =>
        ChangeClusterAsync("api/v1/cluster/down", node, cancellation);

    /// <param name="node">Null for the node that is asked.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<ActorNode> ActorsAsync(string? node, CancellationToken cancellation) =>
        GetAsync($"api/v1/actors{Query(("node", node))}", RigJson.Default.ActorNode, cancellation);

    /// <param name="node">Null for the node that is asked.</param>
    /// <param name="level">Least level; null for all.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="after">Only lines with a greater number; null for all.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<LogPage> LogAsync(string? node, string? level, int limit, long? after, CancellationToken cancellation) =>
        GetAsync(
            $"logs{Query(("node", node), ("level", level), ("limit", Invariant(limit)), ("after", after is { } number ? Invariant(number) : null))}",
            RigJson.Default.LogPage,
            cancellation
        );

    /// <summary>Events of the rig as they happen, until the node ends the stream.</summary>
    /// <param name="node">Only this node's; null for all.</param>
    /// <param name="after">Id of the last event seen, to be told what came since.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="CliException">The node cannot be reached, or broke off.</exception>
    public async IAsyncEnumerable<NodeEvent> EventsAsync(
        string? node,
        string? after,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/events{Query(("node", node))}");
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (after is not null)
        {
            request.Headers.Add("Last-Event-ID", after);
        }

        using var answer = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellation);
        await using var items = SseParser.Create(stream).EnumerateAsync(cancellation).GetAsyncEnumerator(cancellation);
        while (await TryAsync(() => items.MoveNextAsync().AsTask(), cancellation))
        {
            yield return new NodeEvent(items.Current.EventId, items.Current.Data);
        }
    }

    public void Dispose() => _http.Dispose();

    private Task<ClusterChanged> ChangeClusterAsync(string path, string node, CancellationToken cancellation) =>
        PostAsync(path, new ClusterRequest(node), RigJson.Default.ClusterRequest, RigJson.Default.ClusterChanged, cancellation);

    private static string Invariant(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Query(params ReadOnlySpan<(string Name, string? Value)> parts)
    {
        var query = "";
        foreach (var (name, value) in parts)
        {
            if (value is not null)
            {
                query += $"{(query.Length == 0 ? '?' : '&')}{name}={Uri.EscapeDataString(value)}";
            }
        }

        return query;
    }

    private async Task DoAsync(HttpMethod method, string path, CancellationToken cancellation)
    {
        using var answer = await SendAsync(new HttpRequestMessage(method, path), HttpCompletionOption.ResponseContentRead, cancellation);
    }

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var answer = await SendAsync(
            new HttpRequestMessage(HttpMethod.Get, path),
            HttpCompletionOption.ResponseContentRead,
            cancellation
        );
        return await ReadAsync(answer, type, cancellation);
    }

    private async Task<T> PostAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var answer = await SendAsync(
            new HttpRequestMessage(HttpMethod.Post, path),
            HttpCompletionOption.ResponseContentRead,
            cancellation
        );
        return await ReadAsync(answer, type, cancellation);
    }

    private async Task<TAnswer> PostAsync<TBody, TAnswer>(
        string path,
        TBody body,
        JsonTypeInfo<TBody> bodyType,
        JsonTypeInfo<TAnswer> type,
        CancellationToken cancellation
    )
    {
        using var content = JsonContent.Create(body, bodyType);
        using var answer = await SendAsync(
            new HttpRequestMessage(HttpMethod.Post, path) { Content = content },
            HttpCompletionOption.ResponseContentRead,
            cancellation
        );
        return await ReadAsync(answer, type, cancellation);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        HttpCompletionOption completion,
        CancellationToken cancellation
    )
    {
        using (request)
        {
            if (token is not null)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }

            var answer = await TryAsync(() => _http.SendAsync(request, completion, cancellation), cancellation);
            if (answer.IsSuccessStatusCode)
            {
                return answer;
            }

            using (answer)
            {
                throw new NodeProblemException(await ProblemAsync(answer, cancellation));
            }
        }
    }

    private async Task<T> TryAsync<T>(Func<Task<T>> talk, CancellationToken cancellation)
    {
        try
        {
            return await talk();
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            throw new CliException(
                ExitCode.Unreachable,
                $"No node answers at {Address} ({failed.Message.TrimEnd('.')}).",
                "Start one with: rig up (a demo) or rig node CONFIG; or name another with --node URL."
            );
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CliException(ExitCode.Unreachable, $"The node at {Address} did not answer within {Patience.TotalMinutes} minutes.");
        }
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        try
        {
            return await answer.Content.ReadFromJsonAsync(type, cancellation) ?? throw new JsonException("The answer is null.");
        }
        catch (JsonException broken)
        {
            throw new CliException(
                ExitCode.Failed,
                $"{Address} gave an answer that this program cannot read: {broken.Message}",
                "Is a node at this address, of the same version as this program?"
            );
        }
    }

    /// <summary>The problem in an error's body; of a server that is no node, one made of its status.</summary>
    private static async Task<Problem> ProblemAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        try
        {
            if (await answer.Content.ReadFromJsonAsync(RigJson.Default.Problem, cancellation) is { } problem)
            {
                return problem;
            }
        }
        catch (JsonException)
        {
            // No problem details: the status line has to do.
        }

        return new Problem
        {
            Title = $"The node answered {(int)answer.StatusCode} {answer.ReasonPhrase}",
            Status = (int)answer.StatusCode,
            Detail = $"{answer.RequestMessage?.Method} {answer.RequestMessage?.RequestUri}",
            Code = ProblemCodes.Internal,
        };
    }
}
