// What is wrong with a configuration, the same for a file at start and for a change by API.
using Rig.Node.Configuration.Hocon;

namespace Rig.Node.Configuration;

/// <summary>One thing wrong.</summary>
/// <param name="Origin">File, line and column, or where else it came from.</param>
/// <param name="Key">Dotted key; empty when the text itself is broken.</param>
/// <param name="Text">What is wrong.</param>
/// <param name="Allowed">What is allowed instead; empty when <paramref name="Text"/> says it.</param>
public sealed record ConfigurationProblem(HoconOrigin Origin, string Key, string Text, string Allowed = "")
{
    /// <summary><c>file:line:column: key: what is wrong; allowed: what is</c>.</summary>
    public override string ToString() =>
        $"{Origin}: {(Key.Length == 0 ? "" : Key + ": ")}{Text}{(Allowed.Length == 0 ? "" : "; allowed: " + Allowed)}";
}

/// <summary>A configuration with which no node starts.</summary>
public sealed class ConfigurationException(IReadOnlyList<ConfigurationProblem> problems)
    : Exception(string.Join(Environment.NewLine, problems.Select(problem => problem.ToString())))
{
    /// <summary>All that is wrong, in the order of the keys.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems { get; } = problems;
}
