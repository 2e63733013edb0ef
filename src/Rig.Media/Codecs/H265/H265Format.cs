using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Codecs.H265;

/// <summary>Track formats from H.265 parameter sets, wherever they were found: in the stream, in hvcC, in SDP.</summary>
public static class H265Format
{
    /// <summary>The format of a track with these VPS, SPS and PPS NAL units; null when none of them is a readable SPS.</summary>
    public static TrackFormat? TryCreate(IReadOnlyList<ReadOnlyMemory<byte>> sets, ElementaryTrack track)
    {
        ArgumentNullException.ThrowIfNull(sets);
        ArgumentNullException.ThrowIfNull(track);
        H265Vps? vps = null;
        foreach (ReadOnlyMemory<byte> set in sets)
        {
            if (Type(set) == H265NalType.VideoParameterSet)
            {
                vps ??= H265Vps.Parse(set.Span);
            }
            else if (Type(set) == H265NalType.SequenceParameterSet && H265Sps.Parse(set.Span) is { } sps)
            {
                return Create(track, sets, sps, vps, default, default);
            }
        }

        return null;
    }

    internal static TrackFormat Create(
        ElementaryTrack track,
        IReadOnlyList<ReadOnlyMemory<byte>> sets,
        H265Sps sps,
        H265Vps? vps,
        ReadOnlyMemory<byte> masteringDisplay,
        ReadOnlyMemory<byte> contentLightLevel
    )
    {
        VideoFormat video = sps.ToVideoFormat();
        return new TrackFormat
        {
            Codec = Codec.H265,
            Timescale = track.Timescale ?? Timescale.Mpeg,
            ClockBits = track.ClockBits,
            CaptureClock = track.CaptureClock,
            ParameterSets = sets,
            Video = video with
            {
                FrameRate = track.FrameRate ?? video.FrameRate ?? vps?.FrameRate,
                MasteringDisplay = masteringDisplay,
                ContentLightLevel = contentLightLevel,
            },
        };
    }

    internal static H265NalType? Type(ReadOnlyMemory<byte> nal) =>
        nal.Length > H265NalHeader.Bytes ? H265NalHeader.Of(nal.Span).Type : null;
}

/// <summary>What the NAL unit headers of a finished unit tell; for units whose flags are not known, as from a foreign file.</summary>
public static class H265Unit
{
    /// <summary>SEI messages are looked for in so many bytes of their NAL unit.</summary>
    private const int SeiBytes = 64;

    /// <summary>Key (IRAP or recovery point) and disposable (sub-layer non-reference throughout) of a unit with 4-byte lengths.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="highestTemporalId">Pictures of lower sub-layers may be needed by higher ones.</param>
    public static UnitFlags Inspect(ReadOnlySpan<byte> unit, int highestTemporalId = 0)
    {
        bool key = false;
        bool referenced = false;
        Span<byte> rbsp = stackalloc byte[SeiBytes];
        foreach (ReadOnlySpan<byte> nal in LengthPrefixed.Read(unit))
        {
            if (nal.Length <= H265NalHeader.Bytes)
            {
                continue;
            }

            H265NalHeader header = H265NalHeader.Of(nal);
            if (header.IsSlice && header.LayerId == 0)
            {
                key |= header.IsIrap;
                referenced |= !header.IsSubLayerNonReference || header.TemporalId < highestTemporalId;
            }
            else if (header.Type == H265NalType.PrefixSei)
            {
                key |= SeiReader.Contains(rbsp[..Bits.Rbsp.Unescape(nal[H265NalHeader.Bytes..], rbsp)], SeiReader.RecoveryPoint);
            }
        }

        return (key ? UnitFlags.Key : 0) | (referenced ? 0 : UnitFlags.Disposable);
    }
}
