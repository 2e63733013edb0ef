namespace Rig.Lighthouse.Tests.Support;

/// <summary>Waits for conditions, with a limit that only a failure reaches.</summary>
internal static class Wait
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    public static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using CancellationTokenSource limit = new(Limit);
        using PeriodicTimer timer = new(Step);
        while (!await condition())
        {
            Assert.False(limit.IsCancellationRequested, $"Waited {Limit.TotalMinutes} min until {what}");
            await timer.WaitForNextTickAsync();
        }
    }
}
