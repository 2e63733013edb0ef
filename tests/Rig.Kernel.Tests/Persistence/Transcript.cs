using System.Threading.Channels;

namespace Rig.Kernel.Tests.Persistence;

/// <summary>What an actor has done so far, line by line, for tests that wait for the next lines and never sleep.</summary>
internal sealed class Transcript
{
    /// <summary>Only reached by a failing test; generous for a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    public void Add(string line) => Assert.True(_lines.Writer.TryWrite(line));

    /// <summary>Waits for as many lines as expected and compares them.</summary>
    public async Task ExpectAsync(params string[] expected)
    {
        using var timeout = new CancellationTokenSource(Patience);
        var actual = new List<string>();
        try
        {
            while (actual.Count < expected.Length)
            {
                actual.Add(await _lines.Reader.ReadAsync(timeout.Token));
            }
        }
        catch (OperationCanceledException)
        {
            actual.Add("(nothing more)");
        }

        Assert.Equal(expected, actual);
    }

    public void ExpectNothing() => Assert.False(_lines.Reader.TryRead(out var line), line);
}
