using Rig.Media;
using Rig.Media.Time;

namespace Rig.Streams.Sources;

/// <summary>
/// Moves bytes from a reader into a demuxer, on a thread of its own: blocking reads into one buffer, at most one every 10 ms, so that a
/// read takes a bunch of segments and the thread sleeps in between. A thread for each source costs less than the wake-ups that an
/// asynchronous read has for every segment, and one source cannot hold up another.
/// </summary>
internal static class BytePump
{
    /// <summary>Bytes of the buffer: 40 ms of 50 Mbit/s.</summary>
    private const int BufferBytes = 256 << 10;

    /// <summary>Pause after a read that did not fill the buffer: 100 reads a second at most, and less delay than a third of a frame period at 30 fps.</summary>
    private const int CoalesceMilliseconds = 10;

    /// <summary>How soon a waiting thread notices that it is to end.</summary>
    private const int PatienceMilliseconds = 250;

    /// <summary>Runs until the reader ends, or the task is cancelled.</summary>
    public static Task RunAsync(
        string name,
        IByteReader reader,
        IDemuxer demuxer,
        ISourceOutput output,
        SourceCounters counters,
        TimeProvider time,
        CancellationToken cancellation
    ) => OnThread(name, () => Run(reader, demuxer, output, counters, time, cancellation), cancellation);

    /// <summary>Runs a source's loop on a thread of its own; whatever it throws ends the task, never the process.</summary>
    public static Task OnThread(string name, Action loop, CancellationToken cancellation)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                loop();
                ended.SetResult();
            }
            catch (OperationCanceledException)
            {
                ended.SetCanceled(cancellation);
            }
            catch (Exception failure)
            {
                ended.SetException(failure);
            }
        })
        {
            IsBackground = true,
            Name = name,
        };
        thread.Start();
        return ended.Task;
    }

    private static void Run(
        IByteReader reader,
        IDemuxer demuxer,
        ISourceOutput output,
        SourceCounters counters,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (reader.CanWait)
            {
                WaitUntilWritable(output, cancellation);
            }

            int count = reader.Read(buffer, PatienceMilliseconds);
            if (count == 0)
            {
                demuxer.Flush();
                return;
            }

            if (count > 0)
            {
                counters.CountRead(count);
                demuxer.Push(buffer.AsSpan(0, count), UtcInstant.From(time.GetUtcNow()));
                if (!reader.Gathers)
                {
                    Coalesce(count, buffer.Length, cancellation);
                }
            }
        }
    }

    /// <summary>Blocks this thread, which is the source's own, as long as the output asks for.</summary>
    private static void WaitUntilWritable(ISourceOutput output, CancellationToken cancellation)
    {
        ValueTask writable = output.WaitUntilWritableAsync(cancellation);
        if (!writable.IsCompletedSuccessfully)
        {
            writable.AsTask().GetAwaiter().GetResult();
        }
    }

    private static void Coalesce(int count, int capacity, CancellationToken cancellation)
    {
        if (count < capacity)
        {
            cancellation.WaitHandle.WaitOne(CoalesceMilliseconds);
        }
    }
}
