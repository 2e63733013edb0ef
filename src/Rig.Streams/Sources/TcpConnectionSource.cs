using System.Net.Sockets;

namespace Rig.Streams.Sources;

/// <summary>One TCP connection that carries MPEG-TS (or anything else that is detected), whoever made it.</summary>
internal sealed class TcpConnectionSource(Socket socket, string description, SourceContext context) : ISource
{
    private readonly SourceCounters _counters = new();

    public string Description => description;

    public SourceStatistics Statistics => _counters.Read();

    public async Task RunAsync(ISourceOutput output, CancellationToken cancellation)
    {
        using var demuxer = new DetectingDemuxer(new CountingSink(output, _counters), context.Pool);
        string name = $"source {context.CameraId}";
        await BytePump.RunAsync(name, new SocketReader(socket), demuxer, output, _counters, context.Time, cancellation);
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
