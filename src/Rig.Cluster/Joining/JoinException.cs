namespace Rig.Cluster.Joining;

/// <summary>Joining or renewing did not work.</summary>
/// <param name="code">One of <see cref="JoinProblems"/>, or <see cref="Unreachable"/>, <see cref="ForeignCa"/>, ...</param>
/// <param name="remedy">What to do about it.</param>
public sealed class JoinException(string code, string message, string remedy, Exception? inner = null)
    : Exception($"{message} {remedy}", inner)
{
    public const string BadToken = "bad_token";
    public const string Unreachable = "lighthouse_unreachable";
    public const string ForeignCa = "foreign_ca";
    public const string BadAnswer = "bad_answer";
    public const string Joined = "already_joined";
    public const string ClockWrong = "clock_wrong";
    public const string Storage = "storage";

    public string Code { get; } = code;

    public string Remedy { get; } = remedy;
}
