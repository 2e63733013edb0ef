using System.Net;
using System.Net.Sockets;
using System.Text;
using Rig.Media.Rtsp;

namespace Rig.Streams.Live.Rtsp;

/// <summary>
/// One client: reads its requests one after the other into one bounded buffer, answers each, and lets the session's packets share the socket. Ends with the client,
/// by its silence, or when it sends what no player sends.
/// </summary>
internal sealed class RtspConnection
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(5);

    private readonly byte[] _buffer = new byte[RtspParser.LargestPiece];
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly Socket _socket;
    private readonly RtspContext _context;
    private readonly RtspSession _session;
    private readonly CancellationTokenSource _end = new();
    private int _start;
    private int _length;
    private long _lastSeen;

    public RtspConnection(Socket socket, IPEndPoint remote, UdpPair udp, RtspContext context)
    {
        (_socket, Remote, Udp, _context) = (socket, remote, udp, context);
        _session = new RtspSession(this, context);
        _lastSeen = context.Time.GetTimestamp();
    }

    public IPEndPoint Remote { get; }

    public UdpPair Udp { get; }

    /// <summary>Cancelled when the connection ends.</summary>
    public CancellationToken Ended => _end.Token;

    /// <summary>The client lives.</summary>
    public void Seen() => Volatile.Write(ref _lastSeen, _context.Time.GetTimestamp());

    public void End() => _end.Cancel();

    /// <summary>Lives with the client until it ends. Never throws.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await using CancellationTokenRegistration registration = stop.UnsafeRegister(
            static connection => ((RtspConnection)connection!).End(),
            this
        );
        ITimer timer = _context.Time.CreateTimer(static connection => ((RtspConnection)connection!).Look(), this, LookPeriod, LookPeriod);
        try
        {
            _socket.NoDelay = true;
            ShortSendQueue.Set(_socket);
            await ServeAsync();
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client or the server is gone.
        }
        catch (Exception)
        {
            // One client's fault must not be the others': counted, and shown in the metrics.
            _context.CountFailed();
        }
        finally
        {
            End();
            await timer.DisposeAsync();
            await _session.DisposeAsync();
            _socket.Dispose();
            _sending.Dispose();
        }
    }

    /// <summary>Sends bytes whole, one sender at a time.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel);
        try
        {
            while (!bytes.IsEmpty)
            {
                int sent = await _socket.SendAsync(bytes, SocketFlags.None, cancel);
                bytes = bytes[sent..];
            }
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            switch (RtspParser.Read(_buffer.AsSpan(_start, _length), out int consumed, out RtspRequest? request))
            {
                case RtspPiece.Incomplete:
                    if (!await ReceiveAsync())
                    {
                        return;
                    }

                    continue;
                case RtspPiece.Malformed:
                    _context.CountMalformed();
                    await AnswerAsync(new RtspAnswer(400, "Bad Request"), null);
                    return;
                case RtspPiece.Request:
                    await AnswerAsync(await _session.HandleAsync(request!, Ended), request);
                    break;
                default:
                    break;
            }

            Seen();
            _start += consumed;
            _length -= consumed;
        }
    }

    private async Task<bool> ReceiveAsync()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _length).CopyTo(_buffer);
            _start = 0;
        }

        int count = await _socket.ReceiveAsync(_buffer.AsMemory(_length), SocketFlags.None, Ended);
        _length += count;
        return count > 0;
    }

    private async Task AnswerAsync(RtspAnswer answer, RtspRequest? request)
    {
        StringBuilder text = new(512);
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $"RTSP/1.0 {answer.Status} {answer.Reason}\r\n");
        if (request?.Sequence is { } sequence)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"CSeq: {sequence}\r\n");
        }

        foreach ((string name, string value) in answer.Headers)
        {
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        if (answer.Body.Length > 0)
        {
            text.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"Content-Length: {Encoding.UTF8.GetByteCount(answer.Body)}\r\n"
            );
        }

        text.Append("\r\n").Append(answer.Body);
        await SendAsync(Encoding.UTF8.GetBytes(text.ToString()), Ended);
        answer.Then?.Invoke();
    }

    private void Look()
    {
        TimeSpan silence = _context.Time.GetElapsedTime(Volatile.Read(ref _lastSeen));
        if (silence > _context.Options.Timeout && !_session.ProvesItselfByReading)
        {
            End();
        }
    }
}

/// <summary>An answer to a request.</summary>
/// <param name="Status">RFC 7826 17.</param>
internal sealed record RtspAnswer(int Status, string Reason)
{
    public List<(string Name, string Value)> Headers { get; } = [];
    public string Body { get; init; } = "";

    /// <summary>What happens once the answer has left.</summary>
    public Action? Then { get; init; }

    public static RtspAnswer Ok() => new(200, "OK");

    public RtspAnswer With(string name, string value)
    {
        Headers.Add((name, value));
        return this;
    }
}
