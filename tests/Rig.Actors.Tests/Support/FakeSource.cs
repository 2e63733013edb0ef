using System.Collections.Concurrent;
using Rig.Actors.Flows;
using Rig.Contracts.Cameras;

namespace Rig.Actors.Tests.Support;

/// <summary>The edge of the data plane: sources that do what the test says.</summary>
internal sealed class FakeSource
{
    private readonly BlockingCollection<FakeIngestFlow> _started = [];

    /// <summary>Thrown by the next starts while it is set.</summary>
    public Exception? Refusal { get; set; }

    /// <summary>New flows stay open when they are disposed of, until the test releases them.</summary>
    public bool CloseSlowly { get; set; }

    public bool HasNew => _started.Count > 0;

    public StartIngest Start =>
        (_, _, signal) =>
        {
            if (Refusal is { } refusal)
            {
                throw refusal;
            }

            FakeIngestFlow flow = new(signal, CloseSlowly);
            _started.Add(flow);
            return flow;
        };

    /// <summary>The next flow that was started; waits for it.</summary>
    public FakeIngestFlow Next() =>
        _started.TryTake(out FakeIngestFlow? flow, TimeSpan.FromSeconds(20)) ? flow : throw new TimeoutException("No source was started.");
}

internal sealed class FakeIngestFlow(Action<IngestSignal> signal, bool closeSlowly) : IIngestFlow
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IngestStatus Measured { get; set; } = new() { State = IngestState.Streaming };

    /// <summary>Thrown when it is measured: a bug in the data plane.</summary>
    public Exception? Bug { get; set; }

    /// <summary>Completes when the flow was told to end.</summary>
    public Task Disposed => _asked.Task.WaitAsync(TimeSpan.FromSeconds(20));

    public bool IsDisposed => _asked.Task.IsCompleted;

    public void Signal(IngestSignal news) => signal(news);

    public void Stream() => signal(new IngestSignal.Streaming());

    public void End(string? error = null) => signal(new IngestSignal.Ended(error, null));

    /// <summary>The process or socket is gone at last.</summary>
    public void Close() => _gone.TrySetResult();

    public IngestStatus Measure() => Bug is null ? Measured : throw Bug;

    public async ValueTask DisposeAsync()
    {
        _asked.TrySetResult();
        if (closeSlowly)
        {
            await _gone.Task;
        }
    }
}
