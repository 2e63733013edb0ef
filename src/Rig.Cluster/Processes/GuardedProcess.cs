using System.Diagnostics;

namespace Rig.Cluster.Processes;

/// <summary>
/// Keeps one child program running: started again with backoff when it ends, ended in order with this object, and by the kernel when this process
/// is killed. What it says goes to a <see cref="LogRing"/>.
/// </summary>
public sealed class GuardedProcess : IAsyncDisposable
{
    private readonly Func<GuardedCommand> _command;
    private readonly RestartBackoff _backoff;
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Process? _child;
    private Task _run = Task.CompletedTask;

    /// <param name="command">Asked before each start, so that it may change from life to life.</param>
    /// <param name="patience">How long the child may take to end after SIGTERM before it is killed.</param>
    public GuardedProcess(Func<GuardedCommand> command, LogRing log, TimeProvider time, TimeSpan patience, RestartBackoff? backoff = null)
    {
        _command = command;
        Log = log;
        _time = time;
        _patience = patience;
        _backoff = backoff ?? RestartBackoff.Default;
    }

    public LogRing Log { get; }

    /// <summary>Hears of every end that was not asked for, with the reason.</summary>
    public Action<string>? Ended { get; init; }

    /// <summary>The child's process id; null while none runs.</summary>
    public int? ProcessId
    {
        get
        {
            lock (_gate)
            {
                return _child?.Id;
            }
        }
    }

    /// <summary>Starts after the first.</summary>
    public int Restarts { get; private set; }

    /// <summary>When the present or last life began.</summary>
    public DateTimeOffset? Since { get; private set; }

    /// <summary>Why the child ended the last time or could not be started; null before.</summary>
    public string? LastEnd { get; private set; }

    /// <summary>Begins; returns at once. Only once.</summary>
    public void Start() => _run = RunAsync();

    /// <summary>Kills a child that hangs; it is started again with backoff.</summary>
    public void Restart(string reason)
    {
        Log.Add($"guard: {reason}; the program is ended and started again");
        lock (_gate)
        {
            _child?.Kill();
        }
    }

    /// <summary>Ends the child in order, and for good.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        int shortLives = 0;
        for (bool first = true; !_stop.IsCancellationRequested; first = false)
        {
            Restarts += first ? 0 : 1;
            Since = _time.GetUtcNow();
            long began = _time.GetTimestamp();
            await LiveAsync();
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            (TimeSpan wait, shortLives) = _backoff.Next(shortLives, _time.GetElapsedTime(began));
            Ended?.Invoke(LastEnd!);
            Log.Add($"guard: {LastEnd}; next start in {wait.TotalSeconds:0.#} s");
            await Task.Delay(wait, _time, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    /// <summary>One life, from start to end.</summary>
    private async Task LiveAsync()
    {
        try
        {
            GuardedCommand command = _command();
            using Process child = await ChildStart.Shared.StartAsync(command);
            child.StandardInput.Close();
            Hold(child);
            Task reading = Task.WhenAll(Log.ReadAsync(child.StandardOutput), Log.ReadAsync(child.StandardError));
            await EndedAsync(child);
            await reading;
            Hold(null);
            LastEnd = $"{Path.GetFileName(command.Program)} ended with code {child.ExitCode}";
        }
        catch (IOException error)
        {
            LastEnd = error.Message;
        }
    }

    private void Hold(Process? child)
    {
        lock (_gate)
        {
            _child = child;
        }
    }

    private async Task EndedAsync(Process child)
    {
        try
        {
            await child.WaitForExitAsync(_stop.Token);
            return;
        }
        catch (OperationCanceledException)
        {
            ChildStart.Terminate(child);
        }

        using CancellationTokenSource limit = new(_patience, _time);
        try
        {
            await child.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Log.Add($"guard: not ended {_patience.TotalSeconds:0} s after SIGTERM; killed");
            child.Kill();
            await child.WaitForExitAsync(CancellationToken.None);
        }
    }
}
