using System.Text;
using System.Threading.Channels;

namespace Rig.Node.Tests.Recording;

/// <summary>What a command prints, a line at a time.</summary>
internal sealed class LineConsole : StringWriter
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly StringBuilder _line = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        if (value == '\n')
        {
            _lines.Writer.TryWrite(_line.ToString());
            _line.Clear();
        }
        else
        {
            _line.Append(value);
        }
    }

    public override void Write(char[] buffer, int index, int count)
    {
        foreach (char value in buffer.AsSpan(index, count))
        {
            Write(value);
        }
    }

    public override void Write(string? value) => Write((value ?? "").ToCharArray(), 0, value?.Length ?? 0);

    public override void WriteLine(string? value) => Write(value + "\n");

    public override Task WriteLineAsync(string? value)
    {
        WriteLine(value);
        return Task.CompletedTask;
    }

    /// <summary>The next line that fits.</summary>
    public async Task<string> LineAsync(Predicate<string> fits)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            string line = await _lines.Reader.ReadAsync(patience.Token);
            if (fits(line))
            {
                return line;
            }
        }
    }
}
