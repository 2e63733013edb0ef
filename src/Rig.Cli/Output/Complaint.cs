// How errors look, the same everywhere: what is wrong, then what to do.
using Rig.Contracts.Problems;

namespace Rig.Cli.Output;

internal static class Complaint
{
    public static async Task WriteAsync(TextWriter error, string message, string? remedy)
    {
        await error.WriteLineAsync($"rig: {message}");
        if (remedy is not null)
        {
            await error.WriteLineAsync($"  {remedy}");
        }
    }

    /// <summary>Title, detail, failing gates, outcome of each camera, remedy.</summary>
    public static async Task WriteAsync(TextWriter error, Problem problem)
    {
        await error.WriteLineAsync($"rig: {problem.Title} ({problem.Code})");
        if (problem.Detail is not null)
        {
            await error.WriteLineAsync($"  {problem.Detail}");
        }

        foreach (var gate in problem.Gates ?? [])
        {
            var camera = gate.Camera is null ? "" : $" {gate.Camera}";
            await error.WriteLineAsync($"  {gate.Gate}{camera}: {gate.Value}, needed {gate.Limit}. {gate.Remedy}");
        }

        foreach (var camera in problem.Outcome?.Cameras ?? [])
        {
            await error.WriteLineAsync(
                $"  {camera.Camera}: {Show.Word(camera.Result)}{(camera.Reason is null ? "" : $": {camera.Reason}")}"
            );
        }

        if (problem.Remedy is not null)
        {
            await error.WriteLineAsync($"  {problem.Remedy}");
        }
    }
}
