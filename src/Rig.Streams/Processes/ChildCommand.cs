using System.Buffers;

namespace Rig.Streams.Processes;

/// <summary>A program to start as a child, without a shell: each argument arrives as it is written here.</summary>
public sealed record ChildCommand
{
    private static readonly SearchValues<char> Special = SearchValues.Create(" '\"\\$*?;&|<>()");

    /// <summary>Path of the program; see <see cref="ProgramPath"/>.</summary>
    public required string Program { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Whether the child reads what is written to <see cref="ChildProcess.Input"/>; otherwise its input is empty.</summary>
    public bool HasInput { get; init; }

    /// <summary>As one would type it, for logs and messages.</summary>
    public override string ToString() => string.Join(' ', Arguments.Prepend(Program).Select(Quote));

    private static string Quote(string argument) =>
        argument.Length > 0 && !argument.AsSpan().ContainsAny(Special) ? argument : $"'{argument.Replace("'", "'\\''")}'";
}
