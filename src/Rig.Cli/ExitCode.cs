namespace Rig.Cli;

/// <summary>What the program's exit code means; documented in docs/reference/cli.md. Scripts may rely on it.</summary>
public enum ExitCode
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>It was tried and failed: an error of the node, of a file, of a program.</summary>
    Failed = 1,

    /// <summary>The command line is wrong; nothing was tried.</summary>
    Usage = 2,

    /// <summary>The node refused: a gate, a conflict with its state, an unknown camera or a wrong value.</summary>
    Refused = 3,

    /// <summary>No node answers at the address.</summary>
    Unreachable = 4,

    /// <summary>Done for some cameras, not for all.</summary>
    Partly = 5,

    /// <summary>Interrupted by the keyboard before the end.</summary>
    Interrupted = 130,
}
