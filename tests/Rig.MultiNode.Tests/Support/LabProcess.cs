using System.Diagnostics;
using System.Text;
using Rig.EndToEnd.Tests.Support;
using Rig.MultiNode.Tests.Network;

namespace Rig.MultiNode.Tests.Support;

/// <summary>A program on a host of the lab that is killed, frozen and started again; always by its process id.</summary>
internal sealed class LabProcess(LabHost host, string program) : IAsyncDisposable
{
    private const int LinesInReport = 40;

    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(40);

    private readonly Queue<string> _lines = [];
    private Process? _process;

    public bool Runs => _process is { HasExited: false };

    /// <summary>What it printed last, over all its lives.</summary>
    public string LastWords
    {
        get
        {
            lock (_lines)
            {
                return new StringBuilder().AppendJoin('\n', _lines).ToString();
            }
        }
    }

    public void Start(params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = host.Start(program, arguments);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        Process process = new() { StartInfo = start };
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
    }

    /// <summary>SIGKILL: no chance to tidy up, no farewell.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    /// <summary>SIGTERM, as a service manager sends it; killed when it does not end.</summary>
    public async Task TerminateAsync()
    {
        if (_process is not { HasExited: false } process)
        {
            await KillAsync();
            return;
        }

        await SignalAsync("TERM");
        using CancellationTokenSource limit = new(EndPatience);
        await process.WaitForExitAsync(limit.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        await KillAsync();
    }

    /// <summary>The process stands still; its connections stay open.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>It goes on as if nothing had been.</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    public async ValueTask DisposeAsync()
    {
        if (Runs)
        {
            await ThawAsync();
            await TerminateAsync();
        }

        await KillAsync();
    }

    private Task SignalAsync(string signal) => Programs.OutputAsync("kill", $"-{signal}", $"{_process!.Id}");

    private void Note(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            _lines.Enqueue(line);
            while (_lines.Count > LinesInReport)
            {
                _lines.Dequeue();
            }
        }
    }
}
