using System.Text;

namespace Rig.Streams.Processes;

/// <summary>The last lines of a byte stream. Bounded: long lines are cut, old ones forgotten. One writer, any reader.</summary>
internal sealed class LineLog
{
    /// <summary>What is shown with a fault: ffmpeg's last words fit, its banner may scroll away.</summary>
    public const int MaxLines = 50;

    /// <summary>Beyond this a line is a progress bar or binary.</summary>
    private const int MaxLineBytes = 1000;

    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = [];
    private readonly List<byte> _line = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return _line.Count == 0 ? [.. _lines] : [.. _lines, Decode()];
            }
        }
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            foreach (byte value in bytes)
            {
                if (value is (byte)'\n' or (byte)'\r')
                {
                    EndLine();
                }
                else if (_line.Count < MaxLineBytes)
                {
                    _line.Add(value);
                }
            }
        }
    }

    private void EndLine()
    {
        if (_line.Count == 0)
        {
            return;
        }

        _lines.Enqueue(Decode());
        _line.Clear();
        if (_lines.Count > MaxLines)
        {
            _lines.Dequeue();
        }
    }

    private string Decode() => Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_line));
}
