namespace Rig.Streams.Processes;

/// <summary>How a child ended.</summary>
/// <param name="Code">Its exit code, when it ended by itself.</param>
/// <param name="Signal">The signal that ended it.</param>
public readonly record struct ChildExit(int? Code, int? Signal)
{
    /// <summary>From the status of waitpid(2).</summary>
    internal static ChildExit FromStatus(int status)
    {
        int signal = status & 0x7F;
        return signal == 0 ? new ChildExit((status >> 8) & 0xFF, null) : new ChildExit(null, signal);
    }

    public bool IsSuccess => Code == 0;

    public override string ToString() => Code is { } code ? $"exit code {code}" : $"signal {Signal}";
}
