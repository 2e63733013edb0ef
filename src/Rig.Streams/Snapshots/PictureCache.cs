using Rig.Streams.Log;

namespace Rig.Streams.Snapshots;

/// <summary>What makes two requests the same picture.</summary>
internal readonly record struct PictureKey(GopLog Log, long Sequence, SnapshotOptions Options);

/// <summary>
/// The JPEGs made last, and those being made: the same picture is decoded once. A failure is not kept. Any thread.
/// </summary>
internal sealed class PictureCache
{
    /// <summary>A picture of each camera of a large rig, and some of another size; about 10 MB at 1080p.</summary>
    private const int Most = 32;

    private readonly Lock _gate = new();
    private readonly Dictionary<PictureKey, Task<(byte[] Jpeg, bool Warm)>> _made = [];
    private readonly Queue<PictureKey> _order = new();

    /// <summary>The picture, and whether this call is the one that makes it.</summary>
    public (Task<(byte[] Jpeg, bool Warm)> Made, bool IsNew) GetOrAdd(PictureKey key, Func<Task<(byte[] Jpeg, bool Warm)>> make)
    {
        lock (_gate)
        {
            if (_made.TryGetValue(key, out Task<(byte[] Jpeg, bool Warm)>? known) && !known.IsFaulted)
            {
                return (known, false);
            }

            Forget();
            // Starts no decoding under the lock: that happens on a thread of its own.
            Task<(byte[] Jpeg, bool Warm)> made = Task.Run(make);
            _made[key] = made;
            _order.Enqueue(key);
            return (made, true);
        }
    }

    /// <summary>Makes room; logs that have ended are not kept alive.</summary>
    private void Forget()
    {
        while (_order.Count >= Most || (_order.TryPeek(out PictureKey oldest) && oldest.Log.HasEnded))
        {
            _made.Remove(_order.Dequeue());
        }
    }
}
