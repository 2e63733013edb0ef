using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rig.Contracts.Cameras;
using Rig.Contracts.Json;
using Rig.Contracts.Nodes;
using Rig.Contracts.Problems;
using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;

namespace Rig.EndToEnd.Tests.Support;

/// <summary>A real node process with a folder and a port of its own. It is ended by its id, whatever happens.</summary>
internal sealed class RunningNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _configuration;
    private readonly StringBuilder _output = new();
    private Process? _process;
    private HttpClient? _client;

    private RunningNode(string folder, string recordings, string configuration)
    {
        Folder = folder;
        Recordings = recordings;
        _configuration = configuration;
    }

    /// <summary>All that the node writes.</summary>
    public string Folder { get; }

    public string Recordings { get; }

    public HttpClient Http => _client ?? throw new InvalidOperationException("The node does not run.");

    public Process Process => _process ?? throw new InvalidOperationException("The node does not run.");

    /// <summary>All that it printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts a node.</summary>
    /// <param name="cameras">HOCON: <c>cam0.source = "test:640x360@25"</c>, a line each.</param>
    /// <param name="settings">More HOCON.</param>
    /// <param name="folder">Where it writes; a new folder when left out.</param>
    /// <param name="recordings">Where its recordings go; in that folder when left out.</param>
    public static async Task<RunningNode> StartAsync(string cameras, string settings = "", string? folder = null, string? recordings = null)
    {
        folder ??= Directory.CreateTempSubdirectory("rig-e2e-").FullName;
        recordings ??= Path.Combine(folder, "recordings");
        string configuration = Path.Combine(folder, "node.conf");
        await File.WriteAllTextAsync(
            configuration,
            $$"""
            node { id = E2E, data = "{{folder}}", recordings = "{{recordings}}" }
            http.port = 0
            rtsp.port = 0
            gates { clockBlock = warn, diskWarn = 2%, diskBlock = 1% }
            cameras { {{cameras}} }
            {{settings}}
            """
        );
        RunningNode node = new(folder, recordings, configuration);
        await node.StartAgainAsync();
        return node;
    }

    /// <summary>Starts the process (again) on the same folder, and waits until it answers.</summary>
    public async Task StartAgainAsync()
    {
        string uri = await Launch().WaitAsync(Patience);
        _client?.Dispose();
        _client = new HttpClient { BaseAddress = new Uri(uri), Timeout = TimeSpan.FromMinutes(2) };
    }

    /// <summary>Starts the process and waits for nothing.</summary>
    /// <returns>Its address once it answers.</returns>
    public Task<string> Launch()
    {
        TaskCompletionSource<string> address = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(Programs.Node, ["node", _configuration])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = Folder,
            },
            EnableRaisingEvents = true,
        };
        _process.OutputDataReceived += (_, line) => Note(line.Data, address);
        _process.ErrorDataReceived += (_, line) => Note(line.Data, address);
        _process.Exited += (_, _) => address.TrySetException(new InvalidOperationException($"The node ended: {Output}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        return address.Task;
    }

    /// <summary>SIGKILL: no chance to tidy up.</summary>
    public async Task KillAsync()
    {
        Process.Kill(entireProcessTree: false);
        await Process.WaitForExitAsync();
        Process.Dispose();
        _process = null;
    }

    /// <summary>SIGTERM, as a service manager sends it.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        using Process terminate = Process.Start("kill", ["-TERM", $"{Process.Id}"]);
        await terminate.WaitForExitAsync();
        using CancellationTokenSource limit = new(Patience);
        await Process.WaitForExitAsync(limit.Token);
        int code = Process.ExitCode;
        Process.Dispose();
        _process = null;
        return code;
    }

    public Task<NodeStatus> StatusAsync() => GetAsync("/api/v1/status", RigJson.Default.NodeStatus);

    public async Task<CameraStatus> CameraAsync(string id) => (await StatusAsync()).Cameras.Single(camera => camera.Id == id);

    public async Task<SessionOutcome> StartAsync(StartSession request)
    {
        using HttpResponseMessage answer = await Http.PostAsJsonAsync("/api/v1/start", request, RigJson.Default.StartSession);
        return await ReadAsync(answer, RigJson.Default.SessionOutcome);
    }

    public async Task<SessionOutcome> StopAsync(StopSession? request = null)
    {
        using HttpResponseMessage answer = await Http.PostAsJsonAsync(
            "/api/v1/stop",
            request ?? new StopSession(),
            RigJson.Default.StopSession
        );
        return await ReadAsync(answer, RigJson.Default.SessionOutcome);
    }

    /// <summary>A request with a JSON body as it is written.</summary>
    public async Task<(HttpStatusCode Code, string Body)> PostAsync(string path, string json)
    {
        using StringContent content = new(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await Http.PostAsync(path, content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>A request that must be refused with problem details.</summary>
    public async Task<Problem> RefusedAsync(HttpMethod method, string path, string? json = null)
    {
        using HttpRequestMessage request = new(method, path);
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await Http.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.Content.Headers.ContentType?.MediaType == "application/problem+json", $"{path}: {answer.StatusCode} {text}");
        Problem problem = JsonSerializer.Deserialize(text, RigJson.Default.Problem)!;
        Assert.Equal((int)answer.StatusCode, problem.Status);
        return problem;
    }

    /// <summary>Stops the session and waits until the manifests are complete and every segment has its hash.</summary>
    public async Task<IReadOnlyDictionary<string, Manifest>> FinishAsync(string session)
    {
        await StopAsync();
        return await ManifestsAsync(
            session,
            manifest => manifest.Complete && manifest.Segments.All(segment => segment.Closed && segment.Sha256 is not null)
        );
    }

    /// <summary>The manifests of a session by camera, once a condition holds for each.</summary>
    public async Task<IReadOnlyDictionary<string, Manifest>> ManifestsAsync(string session, Func<Manifest, bool> condition)
    {
        IReadOnlyList<Manifest> found = [];
        await UntilAsync(
            $"the manifests of {session} are as wanted",
            _ =>
            {
                found = [.. Directory.EnumerateFiles(Path.Combine(Recordings, session), "*.json").Select(Read)];
                return found.Count > 0 && found.All(condition);
            }
        );
        return found.ToDictionary(manifest => manifest.Camera, StringComparer.Ordinal);
    }

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type)
    {
        using HttpResponseMessage answer = await Http.GetAsync(path);
        return await ReadAsync(answer, type);
    }

    /// <summary>Waits until every camera streams and its log spans so many seconds.</summary>
    public Task<NodeStatus> StreamingAsync(double logSeconds = 0.5) =>
        UntilAsync(
            $"all cameras stream with {logSeconds} s in the log",
            status => status.Cameras.All(camera => camera.Ingest.State == IngestState.Streaming && camera.Log.SpanSeconds >= logSeconds)
        );

    /// <summary>Polls the status until a condition holds.</summary>
    public async Task<NodeStatus> UntilAsync(string what, Func<NodeStatus, bool> condition)
    {
        NodeStatus status = await StatusAsync();
        Stopwatch clock = Stopwatch.StartNew();
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        while (!condition(status))
        {
            Assert.True(
                clock.Elapsed < Patience,
                $"Not within {Patience}: {what}.\n{JsonSerializer.Serialize(status, RigJson.Indented.NodeStatus)}\n{Output}"
            );
            await timer.WaitForNextTickAsync();
            status = await StatusAsync();
        }

        return status;
    }

    /// <summary>Waits until a session has recorded for so long, by the frames of one of its cameras.</summary>
    public Task<NodeStatus> RecordedAsync(string camera, long frames) =>
        UntilAsync(
            $"{camera} has {frames} frames on disk",
            status => status.Cameras.Any(each => each.Id == camera && each.Recorder.Frames >= frames && each.Recorder.DurableBytes > 0)
        );

    public Manifest Manifest(string session, string camera) => Read(Path.Combine(Recordings, session, $"{session}_{camera}.json"));

    public IReadOnlyList<string> Files(string session, string camera) =>
        [.. Directory.EnumerateFiles(Path.Combine(Recordings, session), $"{session}_{camera}_*.mp4").Order(StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_process is { } process)
        {
            if (!process.HasExited)
            {
                using Process terminate = Process.Start("kill", ["-TERM", $"{process.Id}"]);
                await terminate.WaitForExitAsync();
                using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
                try
                {
                    await process.WaitForExitAsync(limit.Token);
                }
                catch (OperationCanceledException)
                {
                    process.Kill(entireProcessTree: true);
                }
            }

            process.Dispose();
        }

        Directory.Delete(Folder, recursive: true);
    }

    private void Note(string? line, TaskCompletionSource<string> address)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        const string Marker = " answers at ";
        if (line.IndexOf(Marker, StringComparison.Ordinal) is var at and >= 0)
        {
            address.TrySetResult(line[(at + Marker.Length)..].Trim());
        }
    }

    public static Manifest Read(string path) => JsonSerializer.Deserialize(File.ReadAllBytes(path), RigJson.Default.Manifest)!;

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type)
    {
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{answer.RequestMessage?.RequestUri}: {answer.StatusCode} {text}");
        return JsonSerializer.Deserialize(text, type)!;
    }
}
