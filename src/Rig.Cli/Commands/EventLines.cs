// Events into a pipe or terminal, a line each, until Ctrl-C.
using System.CommandLine;
using Rig.Cli.Client;
using Rig.Cli.Output;

namespace Rig.Cli.Commands;

internal static class EventLines
{
    /// <summary>Prints events until it is cancelled, which is no error here.</summary>
    public static async Task PrintAsync(
        CommandContext context,
        ParseResult parsed,
        IAsyncEnumerable<NodeEvent> events,
        CancellationToken cancellation
    )
    {
        var json = parsed.GetValue(context.Json);
        var output = context.Host.Output;
        try
        {
            await foreach (var happened in events.WithCancellation(cancellation))
            {
                await output.WriteLineAsync(json ? happened.Json : EventText.Line(happened));
                await output.FlushAsync(cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C is how one stops watching.
        }
    }
}
