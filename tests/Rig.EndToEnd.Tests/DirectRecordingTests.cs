using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Rig.EndToEnd.Tests.Support;

namespace Rig.EndToEnd.Tests;

/// <summary><c>rig record</c> and <c>rig up</c>: no configuration, one command.</summary>
public sealed class DirectRecordingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rig-e2e-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Record_ends_with_its_file_and_the_recording_equals_it()
    {
        string clip = await Clips.MakeAsync(_folder, 4);
        await Programs.OutputAsync(Programs.Node, "record", $"file:{clip}", "--dir", Path.Combine(_folder, "out"), "--session", "ONE");
        await Probe.EqualAsync(clip, Recorded("ONE_cam0_*.mp4"));
    }

    [Fact]
    public async Task Record_makes_a_camera_of_every_sender_that_connects()
    {
        string clip = await Clips.MakeAsync(_folder, 4);
        int port = Ports.Free();
        ProcessStartInfo start = new(Programs.Node, ["record", $"tcp://:{port}", "--dir", Path.Combine(_folder, "out"), "--session", "TWO"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        using Process record = Process.Start(start)!;
        try
        {
            await ListensAsync(record);
            await Task.WhenAll(SendAsync(clip, port), SendAsync(clip, port));
            await InterruptAfterAsync(record, "both cameras got everything", text => text.Contains("2 cameras", StringComparison.Ordinal));
            Assert.Equal(0, record.ExitCode);
        }
        finally
        {
            record.Kill(entireProcessTree: true);
        }

        await Probe.EqualAsync(clip, Recorded("TWO_cam0_*.mp4"));
        await Probe.EqualAsync(clip, Recorded("TWO_cam1_*.mp4"));
    }

    [Fact]
    public async Task Up_brings_up_a_rig_and_says_what_to_open()
    {
        ProcessStartInfo start = new(Programs.Cli, ["up", "--port", "0", "--data", Path.Combine(_folder, "demo")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        start.Environment["RIG_NODE_EXE"] = Programs.Node;
        start.Environment["RIG_LIGHTHOUSE_EXE"] = Programs.Lighthouse;
        start.Environment["RIG_HOME"] = Programs.Root;
        using Process up = Process.Start(start)!;
        try
        {
            string text = "";
            while (!text.Contains("/openapi/v1.json", StringComparison.Ordinal))
            {
                string? line = await up.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(2));
                Assert.True(line is not null, text);
                text += line + "\n";
            }

            string address = text.Split("CAM_L   ")[1].Split('\n')[0].Trim();
            Assert.Contains($"./rig start --session DEMO --node {address}", text, StringComparison.Ordinal);
            using HttpClient client = new();
            using HttpResponseMessage stranger = await client.GetAsync(new Uri($"{address}/api/v1/rig"));
            Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
            string code = text.Split("/login#code=")[1].Split('\n')[0].Trim();
            using StringContent link = new($$"""{ "link": "{{code}}" }""", Encoding.UTF8, "application/json");
            using HttpResponseMessage login = await client.PostAsync(new Uri($"{address}/api/v1/login"), link);
            Assert.Equal(HttpStatusCode.OK, login.StatusCode);
            Assert.Contains("CAM_R", await client.GetStringAsync(new Uri($"{address}/api/v1/rig")), StringComparison.Ordinal);
            await Programs.OutputAsync("kill", "-TERM", up.Id.ToString(CultureInfo.InvariantCulture));
            await up.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
            Assert.Equal(0, up.ExitCode);
        }
        finally
        {
            up.Kill(entireProcessTree: true);
        }
    }

    private string[] Recorded(string pattern) =>
        [.. Directory.EnumerateFiles(Path.Combine(_folder, "out"), pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private static Task SendAsync(string clip, int port) =>
        Programs.OutputAsync(
            "ffmpeg",
            "-v",
            "error",
            "-nostdin",
            "-re",
            "-i",
            clip,
            "-c",
            "copy",
            "-f",
            "mpegts",
            $"tcp://127.0.0.1:{port}"
        );

    private static async Task ListensAsync(Process record)
    {
        string? line;
        do
        {
            line = await record.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
            Assert.NotNull(line);
        } while (!line.StartsWith("waiting for senders on port ", StringComparison.Ordinal));
    }

    /// <summary>Ctrl-C, once the program reported what is waited for.</summary>
    private static async Task InterruptAfterAsync(Process record, string what, Func<string, bool> reported)
    {
        string? line;
        do
        {
            line = await record.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
            Assert.True(line is not null, $"It ended before {what}.");
        } while (!reported(line));

        await Programs.OutputAsync("kill", "-TERM", record.Id.ToString(CultureInfo.InvariantCulture));
        await record.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await record.WaitForExitAsync();
    }
}
