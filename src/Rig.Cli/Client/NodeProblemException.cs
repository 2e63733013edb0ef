using Rig.Contracts.Problems;

namespace Rig.Cli.Client;

/// <summary>The node answered with a problem.</summary>
internal sealed class NodeProblemException(Problem problem) : Exception(problem.Title)
{
    public Problem Problem { get; } = problem;

    /// <summary>Its own errors are failures; everything it blames on the request or its state is a refusal.</summary>
    public ExitCode ExitCode => Problem.Status is >= 400 and < 500 ? ExitCode.Refused : ExitCode.Failed;
}
