using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rig.Contracts.Cluster;
using Rig.Contracts.Json;
using Rig.Contracts.Nodes;
using Rig.Contracts.Problems;
using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;
using Rig.EndToEnd.Tests.Support;
using Rig.MultiNode.Tests.Network;

namespace Rig.MultiNode.Tests.Support;

/// <summary>A node on a host of its own, asked from that host itself: what becomes of its wires does not touch the asking.</summary>
internal sealed class LabNode : IAsyncDisposable
{
    /// <summary>A stop waits for files, a command for a new coordinator.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

    /// <summary>Every node of the lab takes it.</summary>
    private const string Token = "rig_lab_admin";

    private static readonly string TokenHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Token)));

    private readonly HttpClient _http;

    private LabNode(LabHost host, string id, string folder)
    {
        (Host, Id, Folder) = (host, id, folder);
        Process = new LabProcess(host, Programs.Node);
        _http = host.Client(Longest);
        _http.BaseAddress = new Uri($"http://{host.Address}:8080");
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    public LabHost Host { get; }
    public string Id { get; }
    public LabProcess Process { get; }
    private string Folder { get; }
    private string Configuration => Path.Combine(Folder, "node.conf");

    /// <param name="cameras">HOCON, a line each.</param>
    public static LabNode Create(LabHost host, string id, string root, string cameras)
    {
        LabNode node = new(host, id, Path.Combine(root, id));
        Directory.CreateDirectory(node.Folder);
        File.WriteAllText(
            node.Configuration,
            $$"""
            node { id = {{id}}, data = "{{node.Folder}}" }
            http { addresses = ["0.0.0.0"], port = 8080, tls.mode = off }
            access.adminTokens = ["{{TokenHash}}"]
            cluster.link.advertise = "{{host.Address}}"
            gates { clockBlock = warn, diskWarn = 2%, diskBlock = 1% }
            log.preRoll = 40s
            cameras { {{cameras}} }
            """
        );
        return node;
    }

    /// <summary>The first start, with a token.</summary>
    public void Join(string lighthouse, string token) => Process.Start("node", Configuration, "--join", lighthouse, "--token", token);

    /// <summary>After a kill or an end.</summary>
    public void StartAgain() => Process.Start("node", Configuration);

    public async Task<SessionOutcome> StartAsync(StartSession? request = null) => Done(await TryStartAsync(request ?? new StartSession()));

    public async Task<SessionOutcome> StopAsync(StopSession? request = null) => Done(await TryStopAsync(request ?? new StopSession()));

    /// <summary><see cref="SessionOutcome"/> or <see cref="Problem"/>.</summary>
    public Task<object> TryStartAsync(StartSession request) =>
        CommandAsync("start", request, RigJson.Default.StartSession, RigJson.Default.SessionOutcome);

    /// <summary><see cref="SessionOutcome"/> or <see cref="Problem"/>.</summary>
    public Task<object> TryStopAsync(StopSession request) =>
        CommandAsync("stop", request, RigJson.Default.StopSession, RigJson.Default.SessionOutcome);

    /// <summary><see cref="Mark"/> or <see cref="Problem"/>.</summary>
    public Task<object> MarkAsync(string name) =>
        CommandAsync("marks", new AddMark { Name = name }, RigJson.Default.AddMark, RigJson.Default.Mark);

    /// <summary>The node says goodbye to the rig.</summary>
    public async Task LeaveAsync()
    {
        object answer = await CommandAsync(
            "cluster/leave",
            new ClusterRequest(Id),
            RigJson.Default.ClusterRequest,
            RigJson.Default.ClusterChanged
        );
        Assert.IsType<ClusterChanged>(answer);
    }

    /// <summary>Null while it does not answer.</summary>
    public Task<RigStatus?> RigAsync() => GetAsync("/api/v1/rig", RigJson.Default.RigStatus);

    /// <summary>Null while it does not answer.</summary>
    public Task<NodeStatus?> StatusAsync() => GetAsync("/api/v1/status", RigJson.Default.NodeStatus);

    /// <summary>The manifests of a session by camera.</summary>
    public IReadOnlyDictionary<string, Manifest> Manifests(string session) =>
        Directory.Exists(Session(session))
            ? Directory
                .EnumerateFiles(Session(session), "*.json")
                .Select(file => JsonSerializer.Deserialize(File.ReadAllBytes(file), RigJson.Default.Manifest)!)
                .ToDictionary(manifest => $"{Id}/{manifest.Camera}", StringComparer.Ordinal)
            : new Dictionary<string, Manifest>();

    /// <summary>The files of a session, all cameras.</summary>
    public IEnumerable<string> Files(string session) => Directory.EnumerateFiles(Session(session), "*.mp4");

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return Process.DisposeAsync();
    }

    private string Session(string session) => Path.Combine(Folder, "recordings", session);

    private SessionOutcome Done(object answer) =>
        answer as SessionOutcome
        ?? throw new InvalidOperationException($"{Id} refused: {JsonSerializer.Serialize(answer)}\n{Process.LastWords}");

    private async Task<object> CommandAsync<TRequest, TAnswer>(
        string name,
        TRequest request,
        JsonTypeInfo<TRequest> requestType,
        JsonTypeInfo<TAnswer> answerType
    )
    {
        using HttpResponseMessage answer = await _http.PostAsJsonAsync($"/api/v1/{name}", request, requestType);
        string text = await answer.Content.ReadAsStringAsync();
        return answer.Content.Headers.ContentType?.MediaType == "application/problem+json"
            ? JsonSerializer.Deserialize(text, RigJson.Default.Problem)!
            : JsonSerializer.Deserialize(text, answerType)!;
    }

    private async Task<T?> GetAsync<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(10));
        try
        {
            return await _http.GetFromJsonAsync(path, type, limit.Token);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException or JsonException)
        {
            return null;
        }
    }
}
