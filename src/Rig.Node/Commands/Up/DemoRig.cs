using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Rig.Cluster.Joining;
using Rig.Cluster.Processes;
using Rig.Contracts.Cluster;
using Rig.Contracts.Json;

namespace Rig.Node.Commands.Up;

/// <summary>
/// A whole rig as child processes: a lighthouse and nodes that join it with real tokens. Children end with this object, and with this process whatever
/// happens to it; one that crashes is started again.
/// </summary>
internal sealed class DemoRig(string data, string home, UpPlan plan, string? clip, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Names the lighthouse's program elsewhere.</summary>
    private const string LighthouseVariable = "RIG_LIGHTHOUSE_EXE";

    /// <summary>A node closes every file before it ends.</summary>
    private static readonly TimeSpan NodePatience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LighthousePatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly Dictionary<string, GuardedProcess> _children = new(StringComparer.Ordinal);

    private string Discovery => $"http://127.0.0.1:{plan.Lighthouse.Discovery}";

    /// <summary>Brings everything up; returns when every node is a member and a coordinator acts.</summary>
    /// <exception cref="IOException">A program of it ends again and again; says which and its last words.</exception>
    public async Task StartAsync(Action<string> progress, CancellationToken cancel)
    {
        progress("lighthouse ...");
        Guard("lighthouse", LighthouseCommand(LighthouseFlags()), LighthousePatience);
        await UntilAsync("lighthouse", () => AnswersAsync($"{Discovery}/.well-known/rig", cancel), cancel);
        foreach (NodePlan node in plan.Nodes)
        {
            progress($"{node.Id} ...");
            Guard(node.Id, await NodeAsync(node, cancel), NodePatience);
        }

        foreach (NodePlan node in plan.Nodes)
        {
            await UntilAsync(node.Id, () => AnswersAsync($"{node.Http}/healthz", cancel), cancel);
        }

        progress("waiting for the coordinator ...");
        await UntilAsync(plan.Nodes[0].Id, () => WholeAsync(cancel), cancel);
    }

    /// <summary>Ends the nodes first, so that their farewells find the lighthouse.</summary>
    public async ValueTask DisposeAsync()
    {
        IEnumerable<GuardedProcess> nodes = _children.Where(child => child.Key != "lighthouse").Select(child => child.Value);
        await Task.WhenAll(nodes.Select(node => node.DisposeAsync().AsTask()));
        if (_children.TryGetValue("lighthouse", out GuardedProcess? lighthouse))
        {
            await lighthouse.DisposeAsync();
        }

        _http.Dispose();
    }

    private void Guard(string name, GuardedCommand command, TimeSpan patience)
    {
        GuardedProcess child = new(() => command, new LogRing(), time, patience);
        _children.Add(name, child);
        child.Start();
    }

    private async Task<GuardedCommand> NodeAsync(NodePlan node, CancellationToken cancel)
    {
        string folder = Path.Combine(data, node.Id);
        List<string> words = ["node", Path.Combine(home, "hocon", "demo.conf")];
        if (!NodeIdentity.Exists(Path.Combine(folder, "state", "identity")))
        {
            words.AddRange(["--join", Discovery, "--token", await TokenAsync(cancel)]);
        }

        Dictionary<string, string> environment = new(StringComparer.Ordinal)
        {
            ["RIG_ID"] = node.Id,
            ["RIG_DATA"] = folder,
            ["RIG_PORT"] = $"{node.HttpPort}",
            ["RIG_LINK_PORT"] = $"{node.LinkPort}",
            ["RIG_RTSP_PORT"] = $"{node.RtspPort}",
        };
        if (clip is not null && node == plan.Nodes[0])
        {
            environment["RIG_CLIP"] = $"file:{Path.GetFullPath(clip)}?loop";
        }

        return new GuardedCommand(Environment.ProcessPath!, words) { Environment = environment };
    }

    private GuardedCommand LighthouseCommand(params IEnumerable<string> words) =>
        new(
            Environment.GetEnvironmentVariable(LighthouseVariable) ?? Path.Combine(AppContext.BaseDirectory, "rig-lighthouse"),
            ["lighthouse", .. words, "--data", Path.Combine(data, "lighthouse")]
        );

    private IEnumerable<string> LighthouseFlags() =>
        [
            .. (string[])["--rig", "demo", "--name", "lighthouse", "--listen", "127.0.0.1", "--address", "127.0.0.1"],
            .. (string[])["--discovery-port", $"{plan.Lighthouse.Discovery}", "--join-port", $"{plan.Lighthouse.Join}"],
            .. (string[])["--etcd-client-port", $"{plan.Lighthouse.EtcdClient}", "--etcd-peer-port", $"{plan.Lighthouse.EtcdPeer}"],
        ];

    /// <summary>A one-use token, made by the lighthouse's own command.</summary>
    private async Task<string> TokenAsync(CancellationToken cancel)
    {
        GuardedCommand command = LighthouseCommand("token", "--role", "camera", "--ttl", "10m");
        ProcessStartInfo info = new(command.Program, command.Arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(info)!;
        Task<string> error = process.StandardError.ReadToEndAsync(cancel);
        string output = await process.StandardOutput.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return process.ExitCode == 0 ? output.Trim() : throw new IOException($"The lighthouse gives no token: {(await error).Trim()}");
    }

    private async Task UntilAsync(string child, Func<Task<bool>> condition, CancellationToken cancel)
    {
        const int tooManyRestarts = 3;
        while (!await condition())
        {
            if (_children[child].Restarts >= tooManyRestarts)
            {
                string said = string.Join('\n', _children[child].Log.Lines.TakeLast(20));
                throw new IOException($"{child} ends again and again. Its last words:\n{said}");
            }

            await Task.Delay(Poll, time, cancel);
        }
    }

    private async Task<bool> AnswersAsync(string address, CancellationToken cancel)
    {
        try
        {
            using HttpResponseMessage answer = await _http.GetAsync(address, cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception error)
            when (error is HttpRequestException || (error is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return false;
        }
    }

    private async Task<bool> WholeAsync(CancellationToken cancel)
    {
        try
        {
            RigStatus? rig = await _http.GetFromJsonAsync($"{plan.Nodes[0].Http}/api/v1/rig", RigJson.Default.RigStatus, cancel);
            return rig is { Cluster.CoordinatorState: CoordinatorState.Active }
                && rig.Members.Count(member => member.View is { State: MemberState.Up, Reachable: true }) >= plan.Nodes.Count;
        }
        catch (Exception error)
            when (error is HttpRequestException or JsonException || (error is OperationCanceledException && !cancel.IsCancellationRequested)
            )
        {
            return false;
        }
    }
}
