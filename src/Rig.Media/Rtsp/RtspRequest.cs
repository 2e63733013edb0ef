namespace Rig.Media.Rtsp;

/// <summary>A request as it came (RFC 7826 7; RFC 2326 for the clients in the field).</summary>
/// <param name="Headers">By name, whatever its case; of a repeated one the last.</param>
public sealed record RtspRequest(string Method, string Uri, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>CSeq; null when there is none that can be read.</summary>
    public int? Sequence =>
        Header("CSeq") is { } text && int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out int number) && number >= 0
            ? number
            : null;

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>Path and query of the address: <c>/cam0/trackID=1</c>, <c>?token=...</c>; null when it is none.</summary>
    public (string Path, string Query)? Target =>
        Uri == "*" ? ("*", "")
        : System.Uri.TryCreate(Uri, UriKind.Absolute, out Uri? address) && address.Scheme is "rtsp" or "rtsps"
            ? (System.Uri.UnescapeDataString(address!.AbsolutePath), address.Query)
        : null;
}

/// <summary>What lies at the beginning of a connection's bytes.</summary>
public enum RtspPiece
{
    /// <summary>Not whole yet.</summary>
    Incomplete,
    Request,

    /// <summary>An interleaved packet (RFC 7826 14): a receiver report, or nothing of interest.</summary>
    Interleaved,

    /// <summary>Nothing that this server takes: the connection is of no more use.</summary>
    Malformed,
}
