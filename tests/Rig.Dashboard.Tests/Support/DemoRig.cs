using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Rig.Dashboard.Tests.Support;

/// <summary>A real <c>rig up</c>: a lighthouse and three nodes with two test cameras each, rights in force. Ended by its id, whatever happens.</summary>
internal sealed partial class DemoRig : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("rig-dashboard-").FullName;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;

    /// <summary>By node: <c>http://127.0.0.1:port</c>.</summary>
    public Dictionary<string, string> Addresses { get; } = new(StringComparer.Ordinal);

    /// <summary>Signs one browser in as admin.</summary>
    public string Link { get; private set; } = "";

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

    public async Task StartAsync()
    {
        ProcessStartInfo start = new(Checkout.Node, ["up", "--data", _folder, "--port", "0"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["RIG_HOME"] = Checkout.Root;
        start.Environment["RIG_LIGHTHOUSE_EXE"] = Checkout.Lighthouse;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.Exited += (_, _) => _up.TrySetException(new InvalidOperationException($"rig up ended: {Output}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await _up.Task.WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            if (!process.HasExited)
            {
                using Process terminate = Process.Start("kill", ["-TERM", $"{process.Id}"]);
                await terminate.WaitForExitAsync();
                using CancellationTokenSource limit = new(TimeSpan.FromSeconds(45));
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

        Directory.Delete(_folder, recursive: true);
    }

    private void Note(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (Address().Match(line) is { Success: true } address)
        {
            Addresses[address.Groups["node"].Value] = address.Groups["url"].Value;
        }
        else if (OneTimeLink().Match(line) is { Success: true } link)
        {
            Link = link.Groups["url"].Value;
            _up.TrySetResult();
        }
    }

    [GeneratedRegex(@"^\s+(?<node>CAM_\w+)\s+(?<url>http://\S+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();

    [GeneratedRegex(@"(?<url>http://\S+/login#code=\S+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OneTimeLink();
}
