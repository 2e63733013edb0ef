using Rig.Media.Bits;
using Rig.Media.Formats;

namespace Rig.Media.Codecs.Aac;

/// <summary>
/// AudioSpecificConfig of ISO/IEC 14496-3 1.6.2.1 for the AAC object types, with SBR and PS signalled before the object type
/// (hierarchical) or behind the configuration (backward compatible, 1.6.5).
/// </summary>
public sealed record AudioSpecificConfig
{
    private const int Sbr = 5;
    private const int ParametricStereo = 29;
    private const int EscapeObjectType = 31;
    private const int ExplicitRateIndex = 15;
    private const uint SbrSync = 0x2B7;
    private const uint PsSync = 0x548;

    /// <summary>Configurations in the field have up to 20 bytes; a program config element with a comment up to 350.</summary>
    private const int MaxBytes = 512;

    private static readonly int[] Rates =
    [
        96_000,
        88_200,
        64_000,
        48_000,
        44_100,
        32_000,
        24_000,
        22_050,
        16_000,
        12_000,
        11_025,
        8_000,
        7_350,
    ];

    /// <summary>Channels of channel configuration 1 and on (1.6.3.5); 0 where reserved.</summary>
    private static readonly byte[] ChannelsOfConfiguration = [0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8, 0];

    /// <summary>Of the core: 2 for AAC-LC.</summary>
    public required int ObjectType { get; init; }

    /// <summary>Samples a second of the core.</summary>
    public required int SampleRate { get; init; }

    /// <summary>0 when <see cref="ProgramConfig"/> describes the channels.</summary>
    public required int ChannelConfiguration { get; init; }

    /// <summary>Samples a second after spectral band replication, when it is signalled; the same as <see cref="SampleRate"/> for down-sampled SBR.</summary>
    public int? ExtensionSampleRate { get; init; }

    public bool HasParametricStereo { get; init; }

    /// <summary>SBR is signalled behind the configuration, so that decoders which do not know it play the core.</summary>
    public bool IsBackwardCompatible { get; init; }

    /// <summary>frameLengthFlag: 960 samples instead of 1024.</summary>
    public bool ShortFrames { get; init; }

    public ProgramConfigElement? ProgramConfig { get; init; }

    /// <summary>Of the decoded sound.</summary>
    public int Channels =>
        HasParametricStereo && ChannelConfiguration == 1 ? 2
        : ChannelConfiguration == 0 ? ProgramConfig?.Channels ?? 0
        : ChannelsOfConfiguration[ChannelConfiguration];

    /// <summary>Samples of the core in a frame.</summary>
    public int CoreSamplesPerFrame => ShortFrames ? 960 : 1024;

    /// <summary>Bits that the configuration took when it was read; LATM carries it without a length.</summary>
    internal int BitsRead { get; private init; }

    /// <summary>Reads a configuration; null when it is malformed or not of an AAC object type.</summary>
    public static AudioSpecificConfig? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
        {
            return null;
        }

        BitReader reader = new(bytes);
        return Parse(ref reader, mayExtend: true);
    }

    /// <param name="reader">At the configuration's first bit; alignment within it counts from the reader's beginning.</param>
    /// <param name="mayExtend">The configuration ends where the data end, so that what is left may be the backward compatible extension.</param>
    internal static AudioSpecificConfig? Parse(ref BitReader reader, bool mayExtend)
    {
        int start = reader.Position;
        int objectType = ReadObjectType(ref reader);
        int rate = ReadRate(ref reader);
        int channels = (int)reader.Bits(4);
        int? extensionRate = null;
        bool stereo = objectType == ParametricStereo;
        if (objectType is Sbr or ParametricStereo)
        {
            extensionRate = ReadRate(ref reader);
            objectType = ReadObjectType(ref reader);
        }

        AudioSpecificConfig config = new()
        {
            ObjectType = objectType,
            SampleRate = rate,
            ChannelConfiguration = channels,
            ExtensionSampleRate = extensionRate,
            HasParametricStereo = stereo,
        };
        if (objectType is not (1 or 2 or 3 or 4))
        {
            return null;
        }

        config = config.WithGeneralAudio(ref reader);
        if (mayExtend && extensionRate is null)
        {
            config = config.WithExtension(ref reader);
        }

        bool valid = !reader.Overrun && rate > 0 && extensionRate is null or > 0 && config.Channels > 0;
        return valid ? config with { BitsRead = reader.Position - start } : null;
    }

    /// <summary>The configuration in its shortest form.</summary>
    public byte[] ToBytes()
    {
        Span<byte> buffer = stackalloc byte[ProgramConfigElement.MaxBytes + 32];
        buffer.Clear();
        BitWriter writer = new(buffer);
        bool hierarchical = ExtensionSampleRate is not null && !IsBackwardCompatible;
        writer.Bits(
            (uint)(
                !hierarchical ? ObjectType
                : HasParametricStereo ? ParametricStereo
                : Sbr
            ),
            5
        );
        WriteRate(ref writer, SampleRate);
        writer.Bits((uint)ChannelConfiguration, 4);
        if (hierarchical)
        {
            WriteRate(ref writer, ExtensionSampleRate!.Value);
            writer.Bits((uint)ObjectType, 5);
        }

        writer.Flag(ShortFrames);
        writer.Bits(0, 2); // dependsOnCoreCoder, extensionFlag
        if (ChannelConfiguration == 0)
        {
            ProgramConfig?.Write(ref writer);
        }

        if (ExtensionSampleRate is { } rate && IsBackwardCompatible)
        {
            writer.Bits(SbrSync, 11);
            writer.Bits(Sbr, 5);
            writer.Flag(true);
            WriteRate(ref writer, rate);
            if (HasParametricStereo)
            {
                writer.Bits(PsSync, 11);
                writer.Flag(true);
            }
        }

        return writer.Written.ToArray();
    }

    /// <summary>The audio format that the configuration describes.</summary>
    public AudioFormat ToAudioFormat()
    {
        int rate = ExtensionSampleRate ?? SampleRate;
        return new AudioFormat
        {
            SampleRate = rate,
            Channels = Channels,
            SamplesPerUnit = (int)((long)CoreSamplesPerFrame * rate / SampleRate),
        };
    }

    internal static int RateOfIndex(int index) => index < Rates.Length ? Rates[index] : 0;

    private static int ReadObjectType(ref BitReader reader)
    {
        int type = (int)reader.Bits(5);
        return type == EscapeObjectType ? 32 + (int)reader.Bits(6) : type;
    }

    private static int ReadRate(ref BitReader reader)
    {
        int index = (int)reader.Bits(4);
        return index == ExplicitRateIndex ? (int)reader.Bits(24) : RateOfIndex(index);
    }

    private static void WriteRate(ref BitWriter writer, int rate)
    {
        int index = Array.IndexOf(Rates, rate);
        writer.Bits((uint)(index < 0 ? ExplicitRateIndex : index), 4);
        if (index < 0)
        {
            writer.Bits((uint)rate, 24);
        }
    }

    /// <summary>GASpecificConfig() of 4.4.1.</summary>
    private AudioSpecificConfig WithGeneralAudio(ref BitReader reader)
    {
        bool shortFrames = reader.Flag();
        if (reader.Flag())
        {
            reader.Skip(14); // coreCoderDelay
        }

        bool extension = reader.Flag();
        ProgramConfigElement? program = ChannelConfiguration == 0 ? ProgramConfigElement.Parse(ref reader) : null;
        if (extension)
        {
            reader.Skip(1); // extensionFlag3
        }

        return this with
        {
            ShortFrames = shortFrames,
            ProgramConfig = program,
        };
    }

    private AudioSpecificConfig WithExtension(ref BitReader reader)
    {
        const int SyncBits = 11;
        BitReader ahead = reader;
        if (ahead.Left < SyncBits + 5 || ahead.Bits(SyncBits) != SbrSync || ReadObjectType(ref ahead) != Sbr || !ahead.Flag())
        {
            return this;
        }

        int rate = ReadRate(ref ahead);
        bool stereo = ahead.Left > SyncBits && ahead.Bits(SyncBits) == PsSync && ahead.Flag();
        if (ahead.Overrun || rate <= 0)
        {
            return this;
        }

        reader = ahead;
        return this with { ExtensionSampleRate = rate, HasParametricStereo = stereo, IsBackwardCompatible = true };
    }
}
