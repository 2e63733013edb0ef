using System.Text.Json;
using Rig.Contracts.Cluster;
using Rig.Contracts.Json;

namespace Rig.Cluster.Remote;

/// <summary>Frames to bytes and back. What it reads is whole and belongs to its kind, or is a <see cref="FrameException"/>.</summary>
internal static class FrameCodec
{
    /// <summary>Characters of a path; those in use have about ten.</summary>
    private const int LongestPath = 128;

    /// <summary>Characters of a fault's reason: an exception's message, which may quote anything.</summary>
    private const int LongestReason = 2000;

    private static readonly byte[] HeartbeatBytes = Serialize(new LinkFrame(LinkFrameKind.Heartbeat));

    public static ReadOnlyMemory<byte> Heartbeat => HeartbeatBytes;

    /// <exception cref="FrameException">It is larger than a frame may be, or JSON cannot carry it.</exception>
    /// <exception cref="ArgumentException">It lacks what its kind needs, or its path is too long.</exception>
    public static ReadOnlyMemory<byte> Write(LinkFrame frame)
    {
        LinkFrame sent = frame.Reason is { Length: > LongestReason } ? frame with { Reason = Cut(frame.Reason) } : frame;
        if (!IsWhole(sent))
        {
            throw new ArgumentException($"A frame \"{sent.Kind}\" to path \"{sent.Path}\" has not what its kind needs.", nameof(frame));
        }

        byte[] bytes;
        try
        {
            bytes = Serialize(sent);
        }
        // A required part that is null, a number that is none, a message that is not in the closed set.
        catch (Exception error) when (error is JsonException or NotSupportedException or ArgumentException)
        {
            throw new FrameException(LinkCount.DroppedUnsendable, $"the message cannot be written: {Cut(error.Message)}");
        }

        return bytes.Length <= LinkOptions.LargestFrame
            ? bytes
            : throw new FrameException(
                LinkCount.DroppedUnsendable,
                $"the message has {bytes.Length} bytes, a frame {LinkOptions.LargestFrame} at most"
            );
    }

    /// <exception cref="FrameException">It is no frame.</exception>
    public static LinkFrame Read(ReadOnlySpan<byte> bytes)
    {
        LinkFrame? frame;
        try
        {
            frame = JsonSerializer.Deserialize(bytes, RigJson.Default.LinkFrame);
        }
        // A message without its type is "not supported", text that is no Unicode an "invalid operation": all of them mean that the bytes are wrong.
        catch (Exception error)
            when (error is JsonException or NotSupportedException or InvalidOperationException or ArgumentException or FormatException)
        {
            throw new FrameException(LinkCount.Malformed, $"a frame of {bytes.Length} bytes cannot be read: {Cut(error.Message)}");
        }

        return frame is not null && IsWhole(frame)
            ? frame
            : throw new FrameException(LinkCount.Malformed, $"a frame of {bytes.Length} bytes has not what its kind needs");
    }

    private static bool IsWhole(LinkFrame frame) =>
        frame.Kind switch
        {
            LinkFrameKind.Heartbeat => frame is { Id: 0, Path: null, Message: null, Reason: null },
            LinkFrameKind.Tell => frame is { Id: 0, Path.Length: > 0 and <= LongestPath, Message: not null, Reason: null },
            LinkFrameKind.Ask => frame is { Id: > 0, Path.Length: > 0 and <= LongestPath, Message: not null, Reason: null },
            LinkFrameKind.Answer => frame is { Id: > 0, Path: null, Message: not null, Reason: null },
            LinkFrameKind.Fault => frame is { Id: > 0, Path: null, Message: null, Reason.Length: <= LongestReason },
            _ => false,
        };

    private static byte[] Serialize(LinkFrame frame) => JsonSerializer.SerializeToUtf8Bytes(frame, RigJson.Default.LinkFrame);

    private static string Cut(string text) => text.Length <= LongestReason ? text : text[..(LongestReason - 1)] + "…";
}

/// <summary>A frame that may not be sent or cannot be taken.</summary>
/// <param name="count">Where it is counted.</param>
internal sealed class FrameException(LinkCount count, string reason) : Exception(reason)
{
    public LinkCount Count { get; } = count;
}
