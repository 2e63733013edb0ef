using System.Net;
using System.Net.Sockets;
using Rig.Media;
using Rig.Media.Time;

namespace Rig.Streams.Sources;

/// <summary>Receives MPEG-TS from a UDP port, in batches, on a thread of its own. A sender over UDP cannot be made to wait.</summary>
internal sealed class UdpSource(IPAddress? address, int port, IPAddress? local, int buffer, string description, SourceContext context)
    : ISource
{
    /// <summary>Pause after a batch that was not full, as in <see cref="BytePump"/>; the kernel's buffer holds a hundred times that.</summary>
    private const int CoalesceMilliseconds = 5;

    private const int PatienceMilliseconds = 250;

    private readonly SourceCounters _counters = new();
    private int? _sequence;

    public bool WaitsForSender => true;

    public string Description => description;

    public SourceStatistics Statistics => _counters.Read();

    public Task RunAsync(ISourceOutput output, CancellationToken cancellation)
    {
        var sink = new CountingSink(output, _counters);
        Socket socket = Open();
        return BytePump.OnThread(
            $"source {context.CameraId}",
            () =>
            {
                using (socket)
                using (IDemuxer demuxer = Demuxers.Create(StreamKind.MpegTs, sink, context.Pool))
                {
                    Receive(socket, demuxer, sink, cancellation);
                }
            },
            cancellation
        );
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Socket Open()
    {
        bool multicast = address is not null && IsMulticast(address);
        IPAddress bound = address ?? (Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any);
        var endPoint = new IPEndPoint(bound, port);
        var socket = new Socket(bound.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (address is null && bound.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = true;
            }

            socket.ReceiveBufferSize = buffer;
            if (multicast)
            {
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
            }

            socket.Bind(endPoint);
            if (multicast)
            {
                Join(socket);
            }

            return socket;
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw NetworkAddress.CannotListen("udp", endPoint, failure);
        }
    }

    private static bool IsMulticast(IPAddress address) =>
        address.IsIPv6Multicast
        || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes()[0] is >= 224 and < 240);

    private void Join(Socket socket)
    {
        if (address!.AddressFamily == AddressFamily.InterNetworkV6)
        {
            var option = new IPv6MulticastOption(address, local?.ScopeId ?? 0);
            socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, option);
        }
        else
        {
            var option = new MulticastOption(address, local ?? IPAddress.Any);
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, option);
        }
    }

    private void Receive(Socket socket, IDemuxer demuxer, CountingSink sink, CancellationToken cancellation)
    {
        var batch = new DatagramBatch(socket);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = batch.Receive();
            var arrival = UtcInstant.From(context.Time.GetUtcNow());
            for (int i = 0; i < count; i++)
            {
                Take(batch[i], arrival, demuxer, sink);
            }

            if (count == 0)
            {
                socket.Poll(TimeSpan.FromMilliseconds(PatienceMilliseconds), SelectMode.SelectRead);
            }
            else if (!batch.IsFull)
            {
                cancellation.WaitHandle.WaitOne(CoalesceMilliseconds);
            }
        }
    }

    private void Take(ReadOnlySpan<byte> datagram, UtcInstant arrival, IDemuxer demuxer, CountingSink sink)
    {
        _counters.CountRead(datagram.Length);
        ReadOnlySpan<byte> payload = RtpFrame.Payload(datagram, out int? sequence);
        if (payload.IsEmpty)
        {
            sink.OnFault(
                new StreamFault(StreamFaultKind.Garbage, -1, _counters.Packets, "a datagram that is neither MPEG-TS nor RTP version 2")
            );
            return;
        }

        if (sequence is { } number)
        {
            CheckSequence(number, sink);
        }

        demuxer.Push(payload, arrival);
    }

    /// <summary>RFC 3550 5.1: sequence numbers rise by one, modulo 2^16. What is lost the continuity counters inside say too; this says it once a datagram.</summary>
    private void CheckSequence(int number, CountingSink sink)
    {
        int step = _sequence is { } last ? (number - last) & 0xFFFF : 1;
        if (step == 0)
        {
            sink.OnFault(
                new StreamFault(StreamFaultKind.PacketDuplicated, -1, _counters.Packets, "RTP sequence number twice (RFC 3550 5.1)")
            );
        }
        else if (step != 1)
        {
            sink.OnFault(
                new StreamFault(StreamFaultKind.PacketLost, -1, _counters.Packets, "RTP sequence numbers left out (RFC 3550 5.1)")
            );
        }

        _sequence = number;
    }
}
