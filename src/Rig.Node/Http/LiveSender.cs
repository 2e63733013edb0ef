using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rig.Contracts.Json;
using Rig.Contracts.Live;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Streams.Live;
using Rig.Streams.Log;

namespace Rig.Node.Http;

/// <summary>Puts what happens in a camera's stream into the messages of <c>docs/reference/live.md</c>. One message at a time leaves; any thread may ask for one.</summary>
internal sealed class LiveSender : IDisposable
{
    /// <summary>Bytes of a message from a page: a ping takes about 30.</summary>
    public const int LargestRequest = 1 << 10;

    /// <summary>Up to so many bytes a head is copied to its picture, so that both leave in one frame of the WebSocket. A larger message leaves in several of this size: a slow viewer holds no more.</summary>
    private const int FrameBytes = 64 << 10;

    private static readonly MediaSpan TimePeriod = MediaSpan.FromSeconds(1);

    private readonly WebSocket _socket;
    private readonly LiveViewer _viewer;
    private readonly CancellationTokenSource _end;
    private readonly TimeProvider _time;
    private readonly SendLimit _limit;
    private readonly SemaphoreSlim _one = new(1, 1);
    private UtcInstant _lastTime = UtcInstant.Unknown;
    private UtcInstant _lastCapture = UtcInstant.Unknown;
    private long _missed;

    public LiveSender(WebSocket socket, LiveViewer viewer, CancellationTokenSource end, TimeProvider time)
    {
        (_socket, _viewer, _end, _time) = (socket, viewer, end, time);
        _limit = new SendLimit(viewer, end);
    }

    /// <summary>The viewer did not take a message in time.</summary>
    public bool IsTooSlow => _limit.IsExceeded;

    private long NowUs => UtcInstant.From(_time.GetUtcNow()).Microseconds;

    public ValueTask SendAsync(LivePiece piece) =>
        piece switch
        {
            LivePiece.Fragment fragment => FragmentAsync(fragment),
            LivePiece.Format format => FormatAsync(format.Value),
            LivePiece.Gap gap => GapAsync(gap.Value),
            LivePiece.Away away => AwayAsync(away),
            _ => TextAsync(new LiveBackMessage(), RigJson.Default.LiveBackMessage),
        };

    /// <summary>Answers a page's message when it is one to answer.</summary>
    public ValueTask AnswerAsync(ReadOnlyMemory<byte> text)
    {
        try
        {
            return JsonSerializer.Deserialize(text.Span, RigJson.Default.LiveRequest) is { Type: "ping", Id: var id }
                ? TextAsync(new LivePongMessage(id, NowUs), RigJson.Default.LivePongMessage)
                : ValueTask.CompletedTask;
        }
        catch (JsonException)
        {
            return ValueTask.CompletedTask;
        }
    }

    public void Dispose()
    {
        _limit.Dispose();
        _one.Dispose();
    }

    private async ValueTask FormatAsync(LiveFormat format)
    {
        LiveFormatMessage message = new(
            format.Generation,
            JsonNamingPolicy.SnakeCaseLower.ConvertName($"{format.Reason}"),
            format.Mime,
            [.. format.Tracks.Select(Track)],
            [.. format.Left.Select(left => Name(left.Codec))]
        );
        await TextAsync(message, RigJson.Default.LiveFormatMessage);
        if (format.Init.Length > 0)
        {
            await BinaryAsync(format.Init, ReadOnlyMemory<byte>.Empty);
            _lastTime = UtcInstant.Unknown;
        }
    }

    private async ValueTask FragmentAsync(LivePiece.Fragment fragment)
    {
        UtcInstant capture = fragment.Unit.Capture;
        _lastCapture = capture;
        if (fragment.IsKey && capture.IsKnown && (!_lastTime.IsKnown || (capture - _lastTime).Abs() >= TimePeriod))
        {
            _lastTime = capture;
            LiveTimeMessage time = new(Math.Round(fragment.MediaTime.Seconds, 6), capture.ToDateTimeOffset(), capture.Microseconds, NowUs);
            await TextAsync(time, RigJson.Default.LiveTimeMessage);
        }

        await BinaryAsync(fragment.Head, fragment.Unit.Memory);
    }

    private ValueTask GapAsync(LogGap gap)
    {
        _missed += gap.Units;
        string cause = gap.Cause == LogGapCause.Lag ? "lag" : "overtaken";
        return TextAsync(new LiveDropMessage(gap.Units, _missed, cause), RigJson.Default.LiveDropMessage);
    }

    private ValueTask AwayAsync(LivePiece.Away away)
    {
        long since = _lastCapture.IsKnown ? _lastCapture.Microseconds : NowUs;
        return TextAsync(new LiveAwayMessage(away.Restarting ? "restarting" : "no_pictures", since), RigJson.Default.LiveAwayMessage);
    }

    private async ValueTask TextAsync<T>(T message, JsonTypeInfo<T> type)
    {
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(message, type);
        await _one.WaitAsync(_end.Token);
        try
        {
            using (_limit.Begin())
            {
                await _socket.SendAsync(text.AsMemory(), WebSocketMessageType.Text, true, _end.Token);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    private async ValueTask BinaryAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> payload)
    {
        int length = head.Length + payload.Length;
        await _one.WaitAsync(_end.Token);
        try
        {
            using (_limit.Begin())
            {
                if (length <= FrameBytes)
                {
                    await CopiedAsync(head, payload, length);
                }
                else
                {
                    await PiecesAsync(head, isLast: payload.IsEmpty);
                    await PiecesAsync(payload, isLast: true);
                }
            }
        }
        finally
        {
            _one.Release();
        }

        _viewer.Sent(length);
    }

    private async ValueTask PiecesAsync(ReadOnlyMemory<byte> bytes, bool isLast)
    {
        while (!bytes.IsEmpty)
        {
            ReadOnlyMemory<byte> piece = bytes[..Math.Min(bytes.Length, FrameBytes)];
            bytes = bytes[piece.Length..];
            await _socket.SendAsync(piece, WebSocketMessageType.Binary, isLast && bytes.IsEmpty, _end.Token);
        }
    }

    private async ValueTask CopiedAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> payload, int length)
    {
        byte[] whole = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            head.CopyTo(whole);
            payload.CopyTo(whole.AsMemory(head.Length));
            await _socket.SendAsync(whole.AsMemory(0, length), WebSocketMessageType.Binary, true, _end.Token);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    private static LiveTrackMessage Track(LiveFormatTrack track) =>
        new(track.Id, track.Format.Kind.ToString().ToLowerInvariant(), track.Codec, Name(track.Format.Codec))
        {
            Width = track.Format.Video?.Width,
            Height = track.Format.Video?.Height,
            Fps = track.Format.Video?.FrameRate is { } rate ? Math.Round(rate.Value, 3) : null,
            SampleRate = track.Format.Audio?.SampleRate,
            Channels = track.Format.Audio?.Channels,
        };

    private static string Name(Codec codec) =>
        codec switch
        {
            Codec.H265 => "hevc",
            Codec.Jpeg => "mjpeg",
            Codec.PcmMuLaw => "pcm_mulaw",
            Codec.PcmALaw => "pcm_alaw",
            _ => codec.ToString().ToLowerInvariant(),
        };
}
