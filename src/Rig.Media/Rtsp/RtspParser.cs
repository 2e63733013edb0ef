using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Rig.Media.Rtsp;

/// <summary>
/// Cuts what a client sends into requests and interleaved packets:
/// <code>
/// METHOD SP rtsp://... SP RTSP/1.0 CRLF { name ":" value CRLF } CRLF [ Content-Length bytes ]
/// '$' | channel 8 | length 16 | packet
/// </code>
/// Holds nothing; never throws; reads no further than its limits.
/// </summary>
public static class RtspParser
{
    /// <summary>Bytes of a request's head: those of players have 300 to 800, with a digest answer 1,200.</summary>
    public const int LargestHead = 8 << 10;

    /// <summary>Bytes of a request's body, which nothing here uses: GET_PARAMETER of some players has 20.</summary>
    public const int LargestBody = 4 << 10;

    /// <summary>Lines of a head; players send about 10.</summary>
    public const int MostHeaders = 64;

    /// <summary>A buffer of so many bytes always has room for one piece more: the largest interleaved packet, or the largest request.</summary>
    public const int LargestPiece = ushort.MaxValue + 4;

    private const int InterleavedHeader = 4;

    private static ReadOnlySpan<byte> EndOfHead => "\r\n\r\n"u8;

    /// <summary>Looks at the next piece.</summary>
    /// <param name="bytes">Unread bytes from a piece's first on.</param>
    /// <param name="consumed">Bytes of the piece; 0 when it is incomplete or malformed.</param>
    /// <param name="request">Given for <see cref="RtspPiece.Request"/>.</param>
    public static RtspPiece Read(ReadOnlySpan<byte> bytes, out int consumed, out RtspRequest? request)
    {
        (consumed, request) = (0, null);
        if (bytes.IsEmpty)
        {
            return RtspPiece.Incomplete;
        }

        switch (bytes[0])
        {
            case (byte)'$':
                return ReadInterleaved(bytes, out consumed);
            case (byte)'\r' or (byte)'\n':
                // RFC 7826 7.1: empty lines before a request are passed over.
                consumed = 1;
                return RtspPiece.Interleaved;
            default:
                return ReadRequest(bytes, out consumed, out request);
        }
    }

    private static RtspPiece ReadInterleaved(ReadOnlySpan<byte> bytes, out int consumed)
    {
        consumed = 0;
        if (bytes.Length < InterleavedHeader || bytes.Length < InterleavedHeader + BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]))
        {
            return RtspPiece.Incomplete;
        }

        consumed = InterleavedHeader + BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return RtspPiece.Interleaved;
    }

    private static RtspPiece ReadRequest(ReadOnlySpan<byte> bytes, out int consumed, out RtspRequest? request)
    {
        (consumed, request) = (0, null);
        int end = bytes[..Math.Min(bytes.Length, LargestHead)].IndexOf(EndOfHead);
        if (end < 0)
        {
            return bytes.Length >= LargestHead ? RtspPiece.Malformed : RtspPiece.Incomplete;
        }

        // Names and values are ISO 8859-1 or UTF-8; what matters here is ASCII, so that one byte is one character.
        string[] lines = Encoding.Latin1.GetString(bytes[..end]).Split("\r\n");
        string[] first = lines[0].Split(' ');
        if (
            first.Length != 3
            || !IsMethod(first[0])
            || !first[2].StartsWith("RTSP/", StringComparison.Ordinal)
            || lines.Length > MostHeaders
        )
        {
            return RtspPiece.Malformed;
        }

        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines.AsSpan(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                return RtspPiece.Malformed;
            }

            headers[line[..colon].Trim()] = line[(colon + 1)..].Trim();
        }

        int body = 0;
        if (headers.TryGetValue("Content-Length", out string? length) && !TryReadLength(length, out body))
        {
            return RtspPiece.Malformed;
        }

        int whole = end + EndOfHead.Length + body;
        if (bytes.Length < whole)
        {
            return RtspPiece.Incomplete;
        }

        consumed = whole;
        request = new RtspRequest(first[0], first[1], headers);
        return RtspPiece.Request;
    }

    private static bool TryReadLength(string text, out int length) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out length) && length <= LargestBody;

    private static bool IsMethod(string text) =>
        text.Length is > 0 and <= 32 && text.All(character => char.IsAsciiLetterUpper(character) || character == '_');
}
