namespace Rig.Cli;

/// <summary>Ends a command with a sentence for the person and an exit code.</summary>
internal sealed class CliException(ExitCode code, string message, string? remedy = null) : Exception(message)
{
    public ExitCode Code { get; } = code;

    /// <summary>What to do about it.</summary>
    public string? Remedy { get; } = remedy;
}
