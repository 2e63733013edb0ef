using Rig.Streams.Processes;

namespace Rig.Streams.Sources;

/// <summary><c>exec:COMMAND</c>: any program that writes MPEG-TS, Annex B, ADTS, IVF or JPEG pictures to its output. No shell: quotes group, nothing else is special.</summary>
public sealed class ExecScheme : ISourceScheme
{
    public IReadOnlyList<string> Names => ["exec"];

    public string Example => "exec:ffmpeg -i INPUT -c copy -f mpegts pipe:1";

    public ISource Create(SourceUri uri, SourceContext context)
    {
        IReadOnlyList<string>? words = CommandLine.Split(uri.Rest);
        if (words is null or [])
        {
            string wrong = words is null ? "has a quote that is not closed" : "names no program";
            throw new SourceException($"'{uri}' {wrong}. It is written {Example}.");
        }

        string program = words[0];
        return new ChildSource(
            $"exec:{program}",
            context,
            _ =>
                Task.FromResult(
                    new ChildPlan(new ChildCommand { Program = Programs.Find(program, context), Arguments = [.. words.Skip(1)] })
                )
        );
    }
}
