using Rig.Streams.Sources;

namespace Rig.Streams.Processes;

/// <summary>The programs that sources start, found with a message that says what to install.</summary>
internal static class Programs
{
    /// <exception cref="SourceException">The program is not there.</exception>
    public static string Find(string name, SourceContext context)
    {
        string package = name switch
        {
            "v4l2-ctl" => "v4l-utils",
            "rpicam-vid" => "rpicam-apps",
            _ => name,
        };
        return ProgramPath.Find(name, context.ToolFolder)
            ?? throw new SourceException($"The program {name} is not installed. Install it with: apt install {package}");
    }
}
