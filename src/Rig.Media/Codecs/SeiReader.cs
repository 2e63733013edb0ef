namespace Rig.Media.Codecs;

/// <summary>Enumerates the messages of an SEI payload without emulation prevention (ITU-T H.264 7.3.2.3.1, H.265 7.3.5).</summary>
public ref struct SeiReader(ReadOnlySpan<byte> rbsp)
{
    /// <summary>Mastering display colour volume (H.264 D.1.29, H.265 D.2.28), the same in both.</summary>
    public const int MasteringDisplay = 137;

    /// <summary>Content light level information (H.264 D.1.31, H.265 D.2.35).</summary>
    public const int ContentLightLevel = 144;

    /// <summary>Recovery point (H.264 D.1.8, H.265 D.2.8).</summary>
    public const int RecoveryPoint = 6;

    private ReadOnlySpan<byte> _rest = rbsp;

    /// <summary>payloadType.</summary>
    public int Type { get; private set; }

    /// <summary>The payload, cut where the data end.</summary>
    public ReadOnlySpan<byte> Payload { get; private set; }

    public bool MoveNext()
    {
        // What is left is at least a type, a size and the trailing bits.
        if (_rest.Length < 3)
        {
            return false;
        }

        Type = Variable();
        int size = Math.Min(Variable(), _rest.Length);
        Payload = _rest[..size];
        _rest = _rest[size..];
        return true;
    }

    /// <summary>Whether a message of a type is among those of a payload.</summary>
    public static bool Contains(ReadOnlySpan<byte> rbsp, int type)
    {
        SeiReader reader = new(rbsp);
        while (reader.MoveNext())
        {
            if (reader.Type == type)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Bytes of 255 and a last one, added up.</summary>
    private int Variable()
    {
        int value = 0;
        while (!_rest.IsEmpty)
        {
            byte part = _rest[0];
            _rest = _rest[1..];
            value += part;
            if (part != byte.MaxValue)
            {
                break;
            }
        }

        return value;
    }
}
