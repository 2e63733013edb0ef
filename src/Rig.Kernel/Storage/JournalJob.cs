namespace Rig.Kernel.Storage;

/// <summary>One request to the journal's thread: runs there, completes on the pool.</summary>
internal abstract class JournalJob
{
    /// <summary>Whether the job changes the file, and so belongs in a transaction with its neighbours.</summary>
    public abstract bool Writes { get; }

    /// <summary>Does the work; may run a second time when the transaction around it was rolled back for another job's sake.</summary>
    public abstract void Execute(JournalDatabase database);

    /// <summary>The work is durable; completes the caller's task.</summary>
    public abstract void Succeed();

    /// <summary>The work was not done; fails the caller's task.</summary>
    public abstract void Fail(Exception cause);
}

/// <summary>A job with a result.</summary>
internal sealed class JournalJob<T>(bool writes, Func<JournalDatabase, T> work) : JournalJob
{
    // Continuations run elsewhere: an actor's callback must not hold up the journal's thread.
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Completion => _completion.Task;

    public override bool Writes => writes;

    public override void Execute(JournalDatabase database) => _result = work(database);

    public override void Succeed() => _completion.SetResult(_result!);

    public override void Fail(Exception cause) => _completion.SetException(cause);
}
