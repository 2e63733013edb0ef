namespace Rig.Streams.Sources.Files;

/// <summary>
/// <c>file:clip.ts</c>: plays MPEG-TS, MP4, Annex B, ADTS or IVF in real time by its own clock. Options: <c>loop</c> (times go on over the
/// repetitions), <c>speed</c> (2 is twice as fast; 0 as fast as it is taken).
/// </summary>
public sealed class FileScheme : ISourceScheme
{
    private const double MaxSpeed = 1000;

    public IReadOnlyList<string> Names => ["file"];

    public string Example => "file:/path/clip.ts?loop";

    public ISource Create(SourceUri uri, SourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        (string path, SourceOptions options) = uri.SplitOptions("loop", "speed");
        string file = path.StartsWith("//", StringComparison.Ordinal) ? path[2..] : path;
        if (file.Length == 0)
        {
            throw new SourceException($"'{uri}' names no file. It is written {Example}.");
        }

        return new FileSource(file, options.Flag("loop"), options.Number("speed", "x", 1, 0, MaxSpeed), context);
    }
}
