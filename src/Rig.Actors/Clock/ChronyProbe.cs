using Rig.Streams.Processes;

namespace Rig.Actors.Clock;

/// <summary>What chronyd knows of the clock.</summary>
/// <param name="Sources">Empty when only they could not be read.</param>
internal sealed record ChronyReading(ChronyTracking Tracking, IReadOnlyList<ChronySource> Sources);

/// <summary>Asks chronyd through the program <c>chronyc</c>. Null when there is none, it does not run, or it says nothing that makes sense.</summary>
/// <param name="address">chronyd's command socket or host; null for chronyc's defaults.</param>
internal sealed class ChronyProbe(string? address)
{
    /// <summary>chronyc gives up on a silent chronyd after some seconds; a healthy one answers in milliseconds.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public async Task<ChronyReading?> ReadAsync(CancellationToken cancel)
    {
        // Not everybody's PATH has the folder of system programs.
        if ((ProgramPath.Find("chronyc") ?? ProgramPath.Find("/usr/sbin/chronyc")) is not { } program)
        {
            return null;
        }

        if (await AskAsync(program, "tracking", cancel) is not { } tracking || ChronyTracking.Parse(tracking) is not { } parsed)
        {
            return null;
        }

        return new ChronyReading(parsed, await AskAsync(program, "sources", cancel) is { } sources ? ChronySource.Parse(sources) : []);
    }

    private async Task<string?> AskAsync(string program, string question, CancellationToken cancel)
    {
        ChildCommand command = new()
        {
            Program = program,
            // -n: names are not looked up, which could take as long as the name server likes.
            Arguments = address is null ? ["-n", "-c", question] : ["-h", address, "-n", "-c", question],
        };
        try
        {
            ToolAnswer answer = await ToolRun.RunAsync(command, Limit, cancel);
            return answer.Exit.Code == 0 ? answer.Output : null;
        }
        catch (IOException)
        {
            // It cannot be started: as good as not installed.
            return null;
        }
    }
}
