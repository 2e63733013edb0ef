namespace Rig.Media.AnnexB;

/// <summary>
/// The byte stream format of H.264 and H.265 Annex B, whole in memory:
/// <code>
/// { zero_byte? 00 00 01 nal_unit trailing_zero_8bits* }*
/// </code>
/// <c>foreach (ReadOnlySpan&lt;byte&gt; nal in AnnexBReader.Read(bytes))</c>. Bytes before the first start code are passed over.
/// </summary>
public ref struct AnnexBReader
{
    private ReadOnlySpan<byte> _rest;

    private AnnexBReader(ReadOnlySpan<byte> rest) => _rest = rest;

    /// <summary>The three bytes that every NAL unit follows.</summary>
    public static ReadOnlySpan<byte> StartCode => [0, 0, 1];

    public ReadOnlySpan<byte> Current { get; private set; }

    public static AnnexBReader Read(ReadOnlySpan<byte> stream)
    {
        int first = stream.IndexOf(StartCode);
        return new AnnexBReader(first < 0 ? default : stream[(first + StartCode.Length)..]);
    }

    public readonly AnnexBReader GetEnumerator() => this;

    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            int next = _rest.IndexOf(StartCode);
            // A NAL unit does not end with zeros (H.264 7.4.1): they belong to the byte stream.
            Current = (next < 0 ? _rest : _rest[..next]).TrimEnd((byte)0);
            _rest = next < 0 ? default : _rest[(next + StartCode.Length)..];
            if (!Current.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }
}
