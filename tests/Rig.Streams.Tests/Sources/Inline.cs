namespace Rig.Streams.Tests.Sources;

/// <summary>
/// Runs work outside xunit's synchronisation context, so that what waits on a <see cref="ManualTime"/> goes on inside
/// <see cref="ManualTime.Advance"/>, on the test's own thread.
/// </summary>
public static class Inline
{
    public static Task Start(Func<Task> work)
    {
        Task started = Task.CompletedTask;
        Run(() => started = work());
        return started;
    }

    public static void Run(Action work)
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            work();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }
}
