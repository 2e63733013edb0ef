using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Rig.Cluster.Processes;
using Rig.Lighthouse.Setup;
using Rig.Lighthouse.Tests.Support;

namespace Rig.Lighthouse.Tests;

/// <summary>The lighthouse and its child.</summary>
public sealed partial class GuardTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_etcd_that_is_killed_is_started_again_with_its_data()
    {
        await using RunningLighthouse lighthouse = await RunningLighthouse.StartAsync(_folder["one"]);
        await lighthouse.Etcd.PutAsync("/kept", "yes"u8.ToArray(), default);
        int before = lighthouse.Host.EtcdProcess!.Value;
        Process.GetProcessById(before).Kill();
        await Wait.UntilAsync(
            () => lighthouse.Host.EtcdProcess is { } now && now != before && lighthouse.Host.Monitor.View.IsHealthy,
            "etcd is back"
        );
        Assert.Equal("yes", Encoding.UTF8.GetString((await lighthouse.Etcd.GetAsync("/kept", default))!.Value.Span));
        Assert.Equal(1, lighthouse.Host.Facts.Status().Etcd.Restarts);
        Assert.Contains("ended with code", lighthouse.Host.Facts.Status().Etcd.LastEnd, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lighthouse_that_is_killed_takes_its_etcd_with_it_and_can_be_started_again()
    {
        string data = _folder["killed"];
        int etcd;
        using (Process first = Start(data))
        {
            try
            {
                await AnswersAsync(first);
                etcd = int.Parse(await ChildOfAsync(first.Id));
                Assert.True(Tool.IsAlive(etcd));
            }
            finally
            {
                first.Kill();
            }
        }

        await Wait.UntilAsync(() => !Tool.IsAlive(etcd), "etcd is gone too");
        using Process second = Start(data);
        try
        {
            string address = await AnswersAsync(second);
            using HttpClient http = new();
            await Wait.UntilAsync(
                async () => (await http.GetAsync(new Uri(address + "/healthz"))).StatusCode == HttpStatusCode.OK,
                "the second life is healthy"
            );
        }
        finally
        {
            second.Kill();
        }
    }

    [Fact]
    public async Task Sigterm_ends_the_lighthouse_and_its_etcd_in_order()
    {
        using Process lighthouse = Start(_folder["ended"]);
        await AnswersAsync(lighthouse);
        int etcd = int.Parse(await ChildOfAsync(lighthouse.Id));
        await Tool.OutputAsync("kill", "-TERM", $"{lighthouse.Id}");
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
        await lighthouse.WaitForExitAsync(limit.Token);
        Assert.Equal(0, lighthouse.ExitCode);
        Assert.False(Tool.IsAlive(etcd));
    }

    [Fact]
    public async Task Two_lighthouses_never_run_from_one_folder()
    {
        await using RunningLighthouse first = await RunningLighthouse.StartAsync(_folder["shared"]);
        SetupException refused = await Assert.ThrowsAsync<SetupException>(() => RunningLighthouse.StartAsync(_folder["shared"]));
        Assert.Contains("in use", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_etcd_program_the_lighthouse_says_so_and_keeps_trying()
    {
        LighthouseOptions options = RunningLighthouse.Options(_folder["none"]) with { EtcdProgram = "/nowhere/etcd" };
        await using LighthouseHost host = await LighthouseHost.StartAsync(
            options,
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance,
            default
        );
        await Wait.UntilAsync(() => host.Facts.Status().Etcd.Restarts > 1, "it was tried again");
        Assert.Contains(host.EtcdLog.Lines, line => line.Contains("/nowhere/etcd", StringComparison.Ordinal));
        using HttpClient http = new();
        using HttpResponseMessage health = await http.GetAsync(new Uri(host.Monitor.Facts.DiscoveryUrl + "/healthz"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
    }

    [Fact]
    public async Task Another_start_keeps_rig_name_and_ports_and_refuses_another_rig()
    {
        LighthouseFile before;
        await using (RunningLighthouse first = await RunningLighthouse.StartAsync(_folder["again"]))
        {
            before = first.Facts;
        }

        await using (RunningLighthouse second = await RunningLighthouse.StartAsync(_folder["again"]))
        {
            Assert.Equal((before.RigId, before.Name, before.Ports), (second.Facts.RigId, second.Facts.Name, second.Facts.Ports));
        }

        LighthouseOptions other = RunningLighthouse.Options(_folder["again"]) with { Rig = "other" };
        await Assert.ThrowsAsync<SetupException>(() => RunningLighthouse.StartAsync(other));
    }

    [Fact]
    public async Task A_lighthouse_beside_a_node_is_started_again_and_ends_with_it()
    {
        LighthouseChild child = new(Tool.Lighthouse, Flags(_folder["beside"]), TimeProvider.System);
        await using (child)
        {
            child.Start();
            await Wait.UntilAsync(() => child.Log.Lines.Any(line => Said().IsMatch(line)), "it answers");
            int first = child.ProcessId!.Value;
            Process.GetProcessById(first).Kill();
            await Wait.UntilAsync(() => child.Log.Lines.Count(line => Said().IsMatch(line)) > 1, "it answers again");
            Assert.NotEqual(first, child.ProcessId);
        }

        Assert.Null(child.ProcessId);
    }

    private static Process Start(string data) => Tool.Start(Tool.Lighthouse, ["lighthouse", .. Flags(data)]);

    private static string[] Flags(string data) =>
        [
            "--data",
            data,
            "--name=one",
            "--address=127.0.0.1",
            "--listen=127.0.0.1",
            "--discovery-port=0",
            "--join-port=0",
            "--etcd-client-port=0",
            "--etcd-peer-port=0",
        ];

    private static async Task<string> AnswersAsync(Process lighthouse)
    {
        string? line = await lighthouse.StandardOutput.ReadLineAsync();
        Match said = Said().Match(line ?? "");
        Assert.True(said.Success, $"{line} {(line is null ? await lighthouse.StandardError.ReadToEndAsync() : "")}");
        return said.Value;
    }

    private static async Task<string> ChildOfAsync(int parent)
    {
        string children = "";
        await Wait.UntilAsync(
            async () =>
            {
                (_, children, _) = await Tool.RunAsync("pgrep", "-P", $"{parent}", "-x", "etcd");
                return children.Length > 0;
            },
            "the lighthouse has an etcd"
        );
        return children.Trim();
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Said();
}
