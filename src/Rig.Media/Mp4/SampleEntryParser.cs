using Rig.Media.Codecs;
using Rig.Media.Codecs.Aac;
using Rig.Media.Codecs.H264;
using Rig.Media.Codecs.H265;
using Rig.Media.Formats;

namespace Rig.Media.Mp4;

/// <summary>Reads the first sample entry of `stsd` (tree at <see cref="SampleEntries"/>) into a track's format.</summary>
internal static class SampleEntryParser
{
    private const int VisualEntry = 78;
    private const int AudioEntry = 28;

    public static void Parse(ReadOnlySpan<byte> stsd, Mp4Track track)
    {
        var boxes = new BoxWalker(stsd.Length >= 4 ? stsd[4..] : default);
        if (!boxes.Next(out Box entry))
        {
            return;
        }

        track.EntryType = MovieParser.Latin(entry.Type);
        track.Format = track.Handler switch
        {
            "vide" when entry.Content.Length >= VisualEntry => Visual(track, entry.Content),
            "soun" when entry.Content.Length >= AudioEntry => Audio(track, entry.Content),
            "meta" when entry.Is("mett"u8) && entry.Content.IndexOf("smpte336m"u8) >= 0 => new TrackFormat
            {
                Codec = Codec.Klv,
                Timescale = track.Timescale,
            },
            _ => null,
        };
    }

    private static TrackFormat? Visual(Mp4Track track, ReadOnlySpan<byte> entry)
    {
        Codec? codec = track.EntryType switch
        {
            "avc1" or "avc3" => Codec.H264,
            "hvc1" or "hev1" => Codec.H265,
            "av01" => Codec.Av1,
            "jpeg" or "mjpa" => Codec.Jpeg,
            _ => null,
        };
        var reader = new SpanReader(entry);
        reader.Skip(24);
        int width = reader.U16();
        int height = reader.U16();
        if (codec is not { } known || width == 0 || height == 0)
        {
            return null;
        }

        ReadOnlySpan<byte> children = entry[VisualEntry..];
        (IReadOnlyList<ReadOnlyMemory<byte>> sets, int lengthSize) = known switch
        {
            Codec.H264 => ConfigurationParser.Avc(BoxWalker.Find(children, "avcC"u8)),
            Codec.H265 => ConfigurationParser.Hevc(BoxWalker.Find(children, "hvcC"u8)),
            Codec.Av1 => ConfigurationParser.Av1(BoxWalker.Find(children, "av1C"u8)),
            _ => ([], 4),
        };
        track.NalLengthSize = lengthSize;
        var elementary = new ElementaryTrack(0, track.Timescale);
        TrackFormat? coded = known switch
        {
            Codec.H264 => H264Format.TryCreate(sets, elementary),
            Codec.H265 => H265Format.TryCreate(sets, elementary),
            _ => null,
        };
        return new TrackFormat
        {
            Codec = known,
            Timescale = track.Timescale,
            ParameterSets = sets,
            Video = Picture(children, coded?.Video ?? Plain(known, sets, width, height)),
        };
    }

    private static VideoFormat Plain(Codec codec, IReadOnlyList<ReadOnlyMemory<byte>> sets, int width, int height)
    {
        var video = new VideoFormat { Width = width, Height = height };
        return codec == Codec.Av1 ? ConfigurationParser.Av1Picture(sets, video) : video;
    }

    /// <summary>What the parameter sets say, completed by the boxes where they say nothing.</summary>
    private static VideoFormat Picture(ReadOnlySpan<byte> children, VideoFormat video)
    {
        var aspect = new SpanReader(BoxWalker.Find(children, "pasp"u8));
        (uint horizontal, uint vertical) = (aspect.U32(), aspect.U32());
        bool told = !aspect.Failed && horizontal is > 0 and <= int.MaxValue && vertical is > 0 and <= int.MaxValue;
        ReadOnlySpan<byte> fields = BoxWalker.Find(children, "fiel"u8);
        return video with
        {
            SampleAspectRatio = told ? new Ratio((int)horizontal, (int)vertical) : video.SampleAspectRatio,
            Colour = video.Colour == Colour.Unspecified ? ReadColour(BoxWalker.Find(children, "colr"u8)) : video.Colour,
            Interlaced = video.Interlaced || (fields.Length >= 2 && fields[0] == 2),
            MasteringDisplay = BoxWalker.Find(children, "mdcv"u8).ToArray(),
            ContentLightLevel = BoxWalker.Find(children, "clli"u8).ToArray(),
        };
    }

    private static Colour ReadColour(ReadOnlySpan<byte> colr)
    {
        const int Nclx = 11;
        return colr.Length >= Nclx && colr.StartsWith("nclx"u8)
            ? new Colour(colr[5], colr[7], colr[9], (colr[10] & 0x80) != 0)
            : Colour.Unspecified;
    }

    private static TrackFormat? Audio(Mp4Track track, ReadOnlySpan<byte> entry)
    {
        Codec? codec = track.EntryType switch
        {
            "mp4a" => Codec.Aac,
            "Opus" => Codec.Opus,
            "ulaw" => Codec.PcmMuLaw,
            "alaw" => Codec.PcmALaw,
            "ipcm" or "twos" => Codec.Pcm,
            _ => null,
        };
        if (codec is not { } known)
        {
            return null;
        }

        var reader = new SpanReader(entry);
        reader.Skip(8);
        int version = reader.U16();
        reader.Skip(6);
        int channels = reader.U16();
        int bits = reader.U16();
        reader.Skip(4);
        int rate = (int)(reader.U32() >> 16);

        // QuickTime sound descriptions of version 1 and 2 are longer than the ISO entry.
        int extra = version switch
        {
            1 => 16,
            2 => 36,
            _ => 0,
        };
        ReadOnlySpan<byte> children = entry.Length >= AudioEntry + extra ? entry[(AudioEntry + extra)..] : default;
        ReadOnlySpan<byte> wave = BoxWalker.Find(children, "wave"u8);
        children = wave.IsEmpty ? children : wave;
        IReadOnlyList<ReadOnlyMemory<byte>> sets = known switch
        {
            Codec.Aac => ConfigurationParser.Esds(BoxWalker.FindFull(children, "esds"u8, out _)),
            Codec.Opus => ConfigurationParser.Opus(BoxWalker.Find(children, "dOps"u8)),
            _ => [],
        };
        ReadOnlySpan<byte> pcm = BoxWalker.FindFull(children, "pcmC"u8, out _);
        bool littleEndian = pcm.Length >= 2 && (pcm[0] & 1) != 0;
        if ((known == Codec.Aac && sets.Count == 0) || littleEndian || channels == 0)
        {
            return null;
        }

        return new TrackFormat
        {
            Codec = known,
            Timescale = track.Timescale,
            ParameterSets = sets,
            Audio =
                (known == Codec.Aac ? AudioSpecificConfig.Parse(sets[0].Span)?.ToAudioFormat() : null)
                ?? new AudioFormat
                {
                    SampleRate = known == Codec.Opus || rate == 0 ? (int)Math.Min(track.Timescale.TicksPerSecond, int.MaxValue) : rate,
                    Channels = channels,
                    SamplesPerUnit = known == Codec.Aac ? 1024 : 0,
                    BitsPerSample = known == Codec.Pcm ? (pcm.Length >= 2 ? pcm[1] : bits) : 0,
                },
        };
    }
}
