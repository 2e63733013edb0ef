using Rig.Media.Formats;
using Rig.Media.Units;

namespace Rig.Media.Rtp;

/// <summary>How the units of a codec lie in RTP packets. One class a payload format; a codec is added here and in <see cref="SdpMedia"/>.</summary>
public abstract class RtpPayload
{
    /// <summary>Payload bytes of the largest packet.</summary>
    protected const int Room = RtpTrackWriter.LargestPacket - RtpTrackWriter.HeaderBytes;

    /// <summary>Ticks a second of the time stamps.</summary>
    public abstract uint ClockRate { get; }

    /// <summary>The payload format of a track; null when there is none here.</summary>
    public static RtpPayload? Of(TrackFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        return format.Codec switch
        {
            Codec.H264 => new NalPayload(format, NalFraming.H264),
            Codec.H265 => new NalPayload(format, NalFraming.H265),
            Codec.Av1 => new Av1Payload(),
            Codec.Aac => new AacPayload(format),
            Codec.Opus => new OpusPayload(),
            _ => null,
        };
    }

    /// <summary>Adds the packets of a unit.</summary>
    internal abstract void Write(in AccessUnit unit, RtpTrackWriter writer, RtpPackets to);
}
