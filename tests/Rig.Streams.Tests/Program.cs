using Rig.Streams.Tests.Processes;

namespace Rig.Streams.Tests;

/// <summary>What this assembly does when a test starts it as a process of its own, to be killed from outside.</summary>
public static class Program
{
    public static Task<int> Main(string[] arguments) =>
        arguments switch
        {
            ["hold-child", var program, .. var rest] => NodeLikeProcess.HoldChildAsync(program, rest),
            _ => Task.FromResult(0),
        };
}
