using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Rig.Kernel.Storage;

/// <summary>
/// The one thread that touches the database. Takes requests in order; writes that wait together become one transaction and
/// so one disk flush (group commit). A thread of its own, because a flush may take seconds on a bad card and must not
/// occupy the pool that actors run on.
/// </summary>
/// <remarks>
/// The queue is bounded by its users: a persistent actor has at most one write, one recovery step and its own snapshot and
/// delete requests waiting.
/// </remarks>
internal sealed class JournalWorker : IAsyncDisposable
{
    /// <summary>The most requests in one transaction; keeps the wait of the first of them and the size of a rollback small.</summary>
    private const int LargestGroup = 256;

    private readonly JournalDatabase _database;
    private readonly BlockingCollection<JournalJob> _jobs = new(new ConcurrentQueue<JournalJob>());
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public JournalWorker(JournalDatabase database)
    {
        _database = database;
        new Thread(Run) { IsBackground = true, Name = $"journal {Path.GetFileName(database.File)}" }.Start();
    }

    public Task<T> Enqueue<T>(bool writes, Func<JournalDatabase, T> work)
    {
        var job = new JournalJob<T>(writes, work);
        try
        {
            _jobs.Add(job);
        }
        catch (InvalidOperationException)
        {
            job.Fail(new ObjectDisposedException(_database.File, $"The journal {_database.File} is closed."));
        }

        return job.Completion;
    }

    /// <summary>Finishes what was asked for before, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _jobs.CompleteAdding();
        await _stopped.Task;
    }

    private void Run()
    {
        var group = new List<JournalJob>(LargestGroup);
        foreach (var first in _jobs.GetConsumingEnumerable())
        {
            var next = first;
            while (next is { Writes: true } && group.Count < LargestGroup)
            {
                group.Add(next);
                _jobs.TryTake(out next);
            }

            CommitTogether(group);
            group.Clear();
            if (next is not null)
            {
                RunOne(next);
            }
        }

        Close();
    }

    private void CommitTogether(List<JournalJob> group)
    {
        if (group.Count <= 1)
        {
            group.ForEach(RunOne);
            return;
        }

        try
        {
            _database.InTransaction(() => group.ForEach(job => job.Execute(_database)));
        }
        catch (Exception)
        {
            // One of them cannot be written; the others must not suffer, so each gets its own transaction and its own error.
            group.ForEach(RunOne);
            return;
        }

        group.ForEach(job => job.Succeed());
    }

    private void RunOne(JournalJob job)
    {
        try
        {
            if (job.Writes)
            {
                _database.InTransaction(() => job.Execute(_database));
            }
            else
            {
                job.Execute(_database);
            }
        }
        catch (SqliteException error)
        {
            job.Fail(JournalFile.Translate(_database.File, job.Writes ? "written" : "read", error));
            return;
        }
        catch (Exception error)
        {
            // Whatever it is belongs to whoever asked; the thread serves the others.
            job.Fail(error);
            return;
        }

        job.Succeed();
    }

    private void Close()
    {
        try
        {
            _database.Dispose();
            _jobs.Dispose();
            _stopped.SetResult();
        }
        catch (Exception error)
        {
            _stopped.SetException(error);
        }
    }
}
