using Rig.Streams.Sources;

namespace Rig.Streams.Tests.Sources;

/// <summary>Runs a source in real time until it ends or enough came.</summary>
internal static class SourceRun
{
    /// <summary>Far beyond what any of these needs; a source that hangs must not hang the tests.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    public static async Task<RecordingOutput> ToEndAsync(string source, SourceContext? context = null)
    {
        var output = new RecordingOutput();
        await using ISource running = BuiltInSources.Registry().Create(source, context ?? new SourceContext());
        using var timeout = new CancellationTokenSource(Longest);
        await running.RunAsync(output, timeout.Token);
        return output;
    }

    public static async Task<RecordingOutput> UntilAsync(int units, string source, SourceContext? context = null)
    {
        var output = new RecordingOutput();
        await using ISource running = BuiltInSources.Registry().Create(source, context ?? new SourceContext());
        using var stop = new CancellationTokenSource(Longest);
        Task run = running.RunAsync(output, stop.Token);
        await Task.WhenAny(run, output.WhenUnits(units));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        return output;
    }
}
