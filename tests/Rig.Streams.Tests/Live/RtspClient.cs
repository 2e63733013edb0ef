using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rig.Streams.Tests.Live;

/// <summary>A client that sends requests as text and takes answers and interleaved packets as they come.</summary>
internal sealed class RtspClient : IDisposable
{
    private readonly TcpClient _tcp = new();
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));
    private readonly byte[] _buffer = new byte[1 << 20];
    private readonly Queue<(byte Channel, byte[] Packet)> _packets = [];
    private int _length;
    private int _sequence;

    public static async Task<RtspClient> ConnectAsync(IPEndPoint server)
    {
        RtspClient client = new();
        await client._tcp.ConnectAsync(server);
        return client;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _tcp.GetStream().WriteAsync(bytes, _limit.Token);

    public async Task<(int Status, Dictionary<string, string> Headers, string Body)> AskAsync(
        string method,
        string uri,
        params string[] headers
    )
    {
        string lines = string.Concat(headers.Select(header => header + "\r\n"));
        await SendAsync(Encoding.UTF8.GetBytes($"{method} {uri} RTSP/1.0\r\nCSeq: {++_sequence}\r\n{lines}\r\n"));
        return await AnswerAsync();
    }

    public async Task<(int Status, Dictionary<string, string> Headers, string Body)> AnswerAsync()
    {
        while (true)
        {
            if (TakePacket())
            {
                continue;
            }

            int end = _buffer.AsSpan(0, _length).IndexOf("\r\n\r\n"u8);
            if (end >= 0 && _buffer[0] != (byte)'$')
            {
                string[] lines = Encoding.UTF8.GetString(_buffer, 0, end).Split("\r\n");
                Dictionary<string, string> headers = lines
                    .Skip(1)
                    .Select(line => line.Split(": ", 2))
                    .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
                int body = headers.TryGetValue("Content-Length", out string? text) ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
                if (_length >= end + 4 + body)
                {
                    string content = Encoding.UTF8.GetString(_buffer, end + 4, body);
                    Consume(end + 4 + body);
                    return (int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), headers, content);
                }
            }

            Assert.True(await FillAsync(), "The server closed the connection.");
        }
    }

    public async Task<(byte Channel, byte[] Packet)> PacketAsync()
    {
        while (_packets.Count == 0)
        {
            if (!TakePacket())
            {
                Assert.True(await FillAsync(), "The server closed the connection.");
            }
        }

        return _packets.Dequeue();
    }

    /// <summary>Reads until the server closes; what it still sent.</summary>
    public async Task<string> EndAsync()
    {
        try
        {
            while (await FillAsync()) { }
        }
        catch (IOException)
        {
            // Closed with bytes of ours unread.
        }

        return Encoding.Latin1.GetString(_buffer, 0, _length);
    }

    public void Dispose()
    {
        _tcp.Dispose();
        _limit.Dispose();
    }

    private bool TakePacket()
    {
        if (_length < 4 || _buffer[0] != (byte)'$')
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(2));
        if (_length < 4 + length)
        {
            return false;
        }

        _packets.Enqueue((_buffer[1], _buffer[4..(4 + length)]));
        Consume(4 + length);
        return true;
    }

    private void Consume(int count)
    {
        _buffer.AsSpan(count, _length - count).CopyTo(_buffer);
        _length -= count;
    }

    private async Task<bool> FillAsync()
    {
        int count = await _tcp.GetStream().ReadAsync(_buffer.AsMemory(_length), _limit.Token);
        _length += count;
        return count > 0;
    }
}
