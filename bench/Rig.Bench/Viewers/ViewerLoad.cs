using System.Net.WebSockets;
using System.Text;

namespace Rig.Bench.Viewers;

/// <summary>Many viewers of a node over real WebSockets, some of them slow; counts what they get.</summary>
internal sealed class ViewerLoad : IAsyncDisposable
{
    private const int BlockBytes = 16 << 10;

    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _running = [];
    private long _fragments;
    private long _slowFragments;
    private long _bytes;
    private long _drops;
    private long _slowDrops;
    private long _begun;
    private long _ended;

    /// <summary>Whole fragments that quick viewers got.</summary>
    public long Fragments => Volatile.Read(ref _fragments);

    public long SlowFragments => Volatile.Read(ref _slowFragments);
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Times that a quick viewer was told that it had missed something.</summary>
    public long Drops => Volatile.Read(ref _drops);

    public long SlowDrops => Volatile.Read(ref _slowDrops);

    /// <summary>Viewers that have got something.</summary>
    public long Begun => Volatile.Read(ref _begun);

    /// <summary>Viewers whose connection ended although they wanted more.</summary>
    public long Ended => Volatile.Read(ref _ended);

    /// <param name="slowBytes">Bytes a second that a slow viewer reads; null for a quick one.</param>
    public void Add(Uri address, double? slowBytes) => _running.Add(Task.Run(() => ViewAsync(address, slowBytes)));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_running);
        _end.Dispose();
    }

    private async Task ViewAsync(Uri address, double? slowBytes)
    {
        using ClientWebSocket socket = new();
        byte[] block = new byte[BlockBytes];
        bool begun = false;
        try
        {
            await socket.ConnectAsync(address, _end.Token);
            while (true)
            {
                ValueWebSocketReceiveResult part = await socket.ReceiveAsync(block.AsMemory(), _end.Token);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    Interlocked.Increment(ref _ended);
                    return;
                }

                Count(part, block.AsSpan(0, part.Count), slowBytes is not null);
                if (!begun)
                {
                    begun = true;
                    Interlocked.Increment(ref _begun);
                }

                if (slowBytes is { } rate)
                {
                    await Task.Delay(TimeSpan.FromSeconds(part.Count / rate), _end.Token);
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException)
        {
            Interlocked.Add(ref _ended, _end.IsCancellationRequested ? 0 : 1);
        }
    }

    private void Count(ValueWebSocketReceiveResult part, ReadOnlySpan<byte> bytes, bool slow)
    {
        Interlocked.Add(ref _bytes, part.Count);
        if (part.MessageType == WebSocketMessageType.Binary && part.EndOfMessage)
        {
            Interlocked.Increment(ref slow ? ref _slowFragments : ref _fragments);
        }
        else if (
            part.MessageType == WebSocketMessageType.Text
            && Encoding.UTF8.GetString(bytes).Contains("\"drop\"", StringComparison.Ordinal)
        )
        {
            Interlocked.Increment(ref slow ? ref _slowDrops : ref _drops);
        }
    }
}
