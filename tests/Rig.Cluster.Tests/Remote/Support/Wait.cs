namespace Rig.Cluster.Tests.Remote.Support;

internal static class Wait
{
    /// <summary>Generous: the machine may be busy with anything.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Until it holds, looked at again and again.</summary>
    public static async Task Until(Func<bool> holds, string what)
    {
        using CancellationTokenSource limit = new(Patience);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(5));
        while (!holds())
        {
            try
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Not within {Patience}: {what}");
            }
        }
    }
}
