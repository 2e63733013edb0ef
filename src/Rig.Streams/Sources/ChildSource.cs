using Rig.Media;
using Rig.Streams.Processes;

namespace Rig.Streams.Sources;

/// <summary>What a child source starts, once it is known.</summary>
/// <param name="Command">The program and its arguments.</param>
/// <param name="Encoder">The encoder it runs, if any.</param>
/// <param name="HasDeviceClock">Whether its presentation times are Unix time modulo 2^33 ticks of 90 kHz, taken by the device.</param>
internal sealed record ChildPlan(ChildCommand Command, EncoderSetting? Encoder = null, bool HasDeviceClock = false);

/// <summary>
/// A source that is a child process writing MPEG-TS or an elementary stream to its output: <c>exec:</c>, capture devices, and network
/// protocols that ffmpeg speaks. Not reading makes the child wait.
/// </summary>
internal sealed class ChildSource : ISource
{
    /// <summary>Lines of error output that go into the message of a failure; the rest is in the statistics.</summary>
    private const int QuotedLines = 3;

    private readonly SourceContext _context;
    private readonly Func<CancellationToken, Task<ChildPlan>> _plan;
    private readonly SourceCounters _counters = new();
    private ChildProcess? _child;

    /// <param name="description">See <see cref="ISource.Description"/>.</param>
    /// <param name="plan">Finds out what to start, asking the device first where that is needed.</param>
    public ChildSource(string description, SourceContext context, Func<CancellationToken, Task<ChildPlan>> plan)
    {
        Description = description;
        _context = context;
        _plan = plan;
    }

    public string Description { get; }

    public EncoderSetting? Encoder { get; private set; }

    public SourceStatistics Statistics =>
        _counters.Read() with
        {
            ErrorOutput = _child?.ErrorOutput ?? [],
            ChildProcessId = _child is { Exited.IsCompleted: false } child ? child.Id : null,
        };

    public async Task RunAsync(ISourceOutput output, CancellationToken cancellation)
    {
        ChildPlan plan = await _plan(cancellation);
        Encoder = plan.Encoder;
        _child = Start(plan.Command);
        var counting = new CountingSink(output, _counters);
        IAccessUnitSink sink = plan.HasDeviceClock ? new DeviceClockSink(counting) : counting;
        using var demuxer = new DetectingDemuxer(sink, _context.Pool);
        try
        {
            var reader = new ChildReader(_child);
            await BytePump.RunAsync($"source {_context.CameraId}", reader, demuxer, output, _counters, _context.Time, cancellation);
        }
        catch (OperationCanceledException)
        {
            await _child.DisposeAsync();
            throw;
        }

        await CheckExitAsync(_child, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_child is not null)
        {
            await _child.DisposeAsync();
        }
    }

    private static ChildProcess Start(ChildCommand command)
    {
        try
        {
            return ChildProcess.Start(command);
        }
        catch (IOException refused)
        {
            throw new SourceException(refused.Message, refused);
        }
    }

    /// <summary>The output is closed: a child that ended well is a source that ended; anything else is a failure with the child's last words.</summary>
    private async Task CheckExitAsync(ChildProcess child, CancellationToken cancellation)
    {
        await Task.WhenAny(child.Exited, Task.Delay(ChildProcess.DefaultGrace, cancellation));
        await child.StopAsync(ChildProcess.DefaultGrace);
        if (child.Exited.IsCompletedSuccessfully && (await child.Exited).IsSuccess)
        {
            return;
        }

        string how = child.Exited.IsCompletedSuccessfully ? $"with {await child.Exited}" : "and does not end";
        string words = string.Join(" | ", child.ErrorOutput.TakeLast(QuotedLines));
        string said = words.Length == 0 ? "It said nothing." : $"It said: {words}";
        throw new SourceException(
            $"{Description}: {Path.GetFileName(child.Command.Program)} ended {how}. {said} Started as: {child.Command}"
        );
    }
}
