namespace Rig.Cluster.Tests.Etcd;

internal static class Sequences
{
    public static async Task<T> FirstAsync<T>(this IAsyncEnumerable<T> source, CancellationToken cancel)
    {
        await foreach (T item in source.WithCancellation(cancel))
        {
            return item;
        }

        throw new InvalidOperationException("the sequence is empty");
    }

    public static async Task<IReadOnlyList<T>> TakeAsync<T>(
        this IAsyncEnumerable<IReadOnlyList<T>> source,
        int count,
        CancellationToken cancel
    )
    {
        List<T> taken = [];
        await foreach (IReadOnlyList<T> items in source.WithCancellation(cancel))
        {
            taken.AddRange(items);
            if (taken.Count >= count)
            {
                break;
            }
        }

        return taken;
    }
}
