namespace Rig.Streams.Transcoding;

/// <summary>
/// The newest picture for any number of viewers: whoever is slow finds the newest one when it comes back, never a queue. Any thread; one writes.
/// </summary>
public sealed class LatestPicture
{
    private Slot _slot = new(0, default);

    /// <summary>Pictures so far.</summary>
    public long Count => Volatile.Read(ref _slot).Number;

    /// <summary>Completes with the newest picture and its number as soon as there is one after <paramref name="seen"/>; with null when no more come.</summary>
    public async ValueTask<(long Number, ReadOnlyMemory<byte> Jpeg)?> NextAsync(long seen, CancellationToken cancellation)
    {
        Slot slot = Volatile.Read(ref _slot);
        while (slot.Number <= seen && !slot.IsLast)
        {
            await slot.Replaced.Task.WaitAsync(cancellation);
            slot = Volatile.Read(ref _slot);
        }

        return slot.Number > seen ? (slot.Number, slot.Jpeg) : null;
    }

    internal void Put(ReadOnlyMemory<byte> jpeg) => Replace(new Slot(_slot.Number + 1, jpeg));

    internal void End() => Replace(_slot with { IsLast = true, Replaced = new(TaskCreationOptions.RunContinuationsAsynchronously) });

    private void Replace(Slot next)
    {
        Slot before = _slot;
        Volatile.Write(ref _slot, next);
        before.Replaced.TrySetResult();
    }

    private sealed record Slot(long Number, ReadOnlyMemory<byte> Jpeg, bool IsLast = false)
    {
        public TaskCompletionSource Replaced { get; init; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
