using Rig.Media.Formats;
using Rig.Media.Time;

namespace Rig.Media.Codecs.H264;

/// <summary>Track formats from H.264 parameter sets, wherever they were found: in the stream, in avcC, in SDP.</summary>
public static class H264Format
{
    /// <summary>The format of a track with these SPS and PPS NAL units; null when none of them is a readable SPS.</summary>
    public static TrackFormat? TryCreate(IReadOnlyList<ReadOnlyMemory<byte>> sets, ElementaryTrack track)
    {
        ArgumentNullException.ThrowIfNull(sets);
        ArgumentNullException.ThrowIfNull(track);
        foreach (ReadOnlyMemory<byte> set in sets)
        {
            if (IsSps(set) && H264Sps.Parse(set.Span) is { } sps)
            {
                return Create(track, sets, sps, default, default);
            }
        }

        return null;
    }

    internal static TrackFormat Create(
        ElementaryTrack track,
        IReadOnlyList<ReadOnlyMemory<byte>> sets,
        H264Sps sps,
        ReadOnlyMemory<byte> masteringDisplay,
        ReadOnlyMemory<byte> contentLightLevel
    )
    {
        VideoFormat video = sps.ToVideoFormat();
        return new TrackFormat
        {
            Codec = Codec.H264,
            Timescale = track.Timescale ?? Timescale.Mpeg,
            ClockBits = track.ClockBits,
            CaptureClock = track.CaptureClock,
            ParameterSets = sets,
            Video = video with
            {
                FrameRate = track.FrameRate ?? video.FrameRate,
                MasteringDisplay = masteringDisplay,
                ContentLightLevel = contentLightLevel,
            },
        };
    }

    internal static bool IsSps(ReadOnlyMemory<byte> nal) =>
        !nal.IsEmpty && new H264NalHeader(nal.Span[0]).Type == H264NalType.SequenceParameterSet;
}

/// <summary>What the NAL unit headers of a finished unit tell; for units whose flags are not known, as from a foreign file.</summary>
public static class H264Unit
{
    /// <summary>SEI messages are looked for in so many bytes of their NAL unit.</summary>
    private const int SeiBytes = 64;

    /// <summary>Key (IDR or recovery point) and disposable (nal_ref_idc 0 throughout) of a unit with 4-byte lengths.</summary>
    public static Units.UnitFlags Inspect(ReadOnlySpan<byte> unit)
    {
        bool key = false;
        bool referenced = false;
        Span<byte> rbsp = stackalloc byte[SeiBytes];
        foreach (ReadOnlySpan<byte> nal in LengthPrefixed.Read(unit))
        {
            H264NalHeader header = new(nal[0]);
            switch (header.Type)
            {
                case H264NalType.IdrSlice or H264NalType.NonIdrSlice or H264NalType.PartitionA:
                    key |= header.Type == H264NalType.IdrSlice;
                    referenced |= header.RefIdc != 0;
                    break;
                case H264NalType.Sei:
                    key |= SeiReader.Contains(rbsp[..Bits.Rbsp.Unescape(nal[1..], rbsp)], SeiReader.RecoveryPoint);
                    break;
            }
        }

        return (key ? Units.UnitFlags.Key : 0) | (referenced ? 0 : Units.UnitFlags.Disposable);
    }
}
