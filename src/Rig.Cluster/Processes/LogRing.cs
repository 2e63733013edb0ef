namespace Rig.Cluster.Processes;

/// <summary>The last lines that a child said. Bounded: long lines are cut, old ones forgotten. Any thread.</summary>
/// <param name="capacity">Lines kept.</param>
public sealed class LogRing(int capacity = LogRing.DefaultCapacity)
{
    /// <summary>An etcd that fails to start says why within its last 50 lines; four times that shows what led to it.</summary>
    public const int DefaultCapacity = 200;

    /// <summary>Beyond this a line is a dump that nobody reads.</summary>
    private const int LongestLine = 2000;

    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = [];
    private long _count;

    /// <summary>Lines ever said.</summary>
    public long Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>The newest lines, oldest first.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    public void Add(string line)
    {
        lock (_gate)
        {
            _count++;
            _lines.Enqueue(line.Length > LongestLine ? line[..LongestLine] : line);
            if (_lines.Count > capacity)
            {
                _lines.Dequeue();
            }
        }
    }

    /// <summary>Adds every line until the end of the stream.</summary>
    internal async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            Add(line);
        }
    }
}
