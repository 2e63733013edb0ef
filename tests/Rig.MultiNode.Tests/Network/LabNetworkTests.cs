using System.Diagnostics;
using System.Globalization;
using System.Net;
using Rig.EndToEnd.Tests.Support;

namespace Rig.MultiNode.Tests.Network;

/// <summary>The lab itself does to packets what the fault tests rely on.</summary>
public sealed class LabNetworkTests : IAsyncLifetime, IAsyncDisposable
{
    private LabNetwork? _network;
    private LabHost? _one;
    private LabHost? _two;
    private Process? _server;

    public async Task InitializeAsync()
    {
        Assert.True(LabNetwork.Missing is null, LabNetwork.Missing);
        _network = new LabNetwork();
        _one = await _network.AddHostAsync();
        _two = await _network.AddHostAsync();
        ProcessStartInfo start = _two.Start("python3", "-m", "http.server", "8000", "--directory", "/usr/share/doc/iproute2");
        start.RedirectStandardError = true;
        _server = Process.Start(start);
        await UntilAsync(() => AnswersAsync(TimeSpan.FromSeconds(5)));
    }

    public async Task DisposeAsync()
    {
        _server?.Kill();
        _server?.Dispose();
        await (_network?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());

    [Fact]
    public async Task What_is_parted_does_not_answer_until_it_is_healed()
    {
        _network!.Part([_one!], [_two!]);
        Assert.False(await AnswersAsync(TimeSpan.FromSeconds(1)));
        _network.Heal();
        Assert.True(await AnswersAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Delay_and_loss_reach_the_packets()
    {
        _network!.SetAll(new Wire(0.2, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100)));
        long began = Stopwatch.GetTimestamp();
        Assert.True(await AnswersAsync(TimeSpan.FromSeconds(60)));
        // Two round trips at the least: connecting, asking.
        Assert.True(Stopwatch.GetElapsedTime(began) >= TimeSpan.FromMilliseconds(190));
        for (int i = 0; i < 8; i++)
        {
            Assert.True(await AnswersAsync(TimeSpan.FromSeconds(60)));
        }

        (long passed, long lost) = _network.Counts;
        Assert.InRange(lost / (double)(lost + passed), 0.05, 0.4);
    }

    [Fact]
    public async Task Bytes_arrive_as_they_were_sent()
    {
        string file = Directory.EnumerateFiles("/usr/share/doc/iproute2").MaxBy(path => new FileInfo(path).Length)!;
        using HttpClient client = _one!.Client(TimeSpan.FromSeconds(60));
        _network!.SetAll(new Wire(0.05, TimeSpan.Zero, TimeSpan.FromMilliseconds(5)));
        byte[] got = await client.GetByteArrayAsync($"http://{_two!.Address}:8000/{Path.GetFileName(file)}");
        Assert.Equal(await File.ReadAllBytesAsync(file), got);
    }

    [Fact]
    public async Task Programs_run_where_they_were_started()
    {
        ProcessStartInfo start = _one!.Start("ip", "-4", "-o", "addr", "show", "scope", "global");
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        (int code, string output, _) = await Programs.RunAsync(start);
        Assert.Equal(0, code);
        Assert.Contains(_one.Address, output, StringComparison.Ordinal);
        Assert.Single(output.Trim().Split('\n'));
    }

    private async Task<bool> AnswersAsync(TimeSpan limit)
    {
        using HttpClient client = _one!.Client(limit);
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(
                string.Create(CultureInfo.InvariantCulture, $"http://{_two!.Address}:8000/")
            );
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        while (!await condition())
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
