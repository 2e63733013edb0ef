using System.Collections.Concurrent;
using Rig.Actors.Flows;
using Rig.Contracts.Cameras;
using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Tests.Support;

/// <summary>The edge of the data plane: recordings that do what the test says.</summary>
internal sealed class FakeRecorder
{
    private readonly BlockingCollection<FakeRecordingFlow> _started = [];

    public StartRecordingFlow Start =>
        (order, _, signal) =>
        {
            FakeRecordingFlow flow = new(order, signal);
            _started.Add(flow);
            return flow;
        };

    /// <summary>The next flow that was started; waits for it.</summary>
    public FakeRecordingFlow Next() =>
        _started.TryTake(out FakeRecordingFlow? flow, TimeSpan.FromSeconds(20))
            ? flow
            : throw new TimeoutException("No recording was started.");
}

internal sealed class FakeRecordingFlow(RecordingOrder order, Action<RecordingSignal> signal) : IRecordingFlow
{
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DateTimeOffset> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _segments;

    public RecordingOrder Order => order;

    public RecorderStatus Measured { get; set; } = new() { State = RecorderState.Arming };

    public ConcurrentQueue<Mark> Marks { get; } = new();

    /// <summary>The end that it was told; waits for it.</summary>
    public DateTimeOffset Stopped => Wait(_stopped.Task);

    public Task Disposed => _disposed.Task.WaitAsync(TimeSpan.FromSeconds(20));

    public void Signal(RecordingSignal news) => signal(news);

    /// <summary>Begins a segment; its first picture lies at the order's start, or later.</summary>
    public Segment Open(double lateMs = 0, DateTimeOffset? first = null)
    {
        Segment segment = new() { File = FileName(_segments++), First = first ?? order.Start.AddMilliseconds(lateMs) };
        signal(new RecordingSignal.SegmentOpened(segment, Format, lateMs));
        return segment;
    }

    public void Close(Segment segment, long frames) =>
        signal(
            new RecordingSignal.SegmentClosed(
                segment with
                {
                    Closed = true,
                    Frames = frames,
                    Bytes = frames * 1000,
                    Last = segment.First!.Value.AddSeconds(frames / 25.0),
                }
            )
        );

    public void Finish() => signal(new RecordingSignal.Finished());

    public void Fail(string why) => signal(new RecordingSignal.Failed(new InvalidOperationException(why)));

    public RecorderStatus Measure() => Measured;

    public void Stop(DateTimeOffset end) => _stopped.TrySetResult(end);

    public void AddMark(Mark mark) => Marks.Enqueue(mark);

    public ValueTask DisposeAsync()
    {
        _disposed.TrySetResult();
        return ValueTask.CompletedTask;
    }

    private static RecordedFormat Format { get; } = new(new Resolution(1920, 1080), 25, "h264", "aac", "device", "h264 1920x1080 25 fps");

    private string FileName(int number) => $"{order.SessionId}_{order.Camera}_{number}.mp4";

    private static DateTimeOffset Wait(Task<DateTimeOffset> task) =>
        task.Wait(TimeSpan.FromSeconds(20)) ? task.GetAwaiter().GetResult() : throw new TimeoutException("The recording was not stopped.");
}
