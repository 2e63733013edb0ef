using System.Buffers.Binary;
using Rig.Media.Codecs.Opus;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.MpegTs;

/// <summary>
/// Opus in MPEG-TS, ETSI TS 103 491 style as FFmpeg, OBS and GStreamer write it: access units with a control header each,
/// <code>
/// 11 '01111111111' | 1 start_trim_flag | 1 end_trim_flag | 1 control_extension_flag | 2 reserved
/// n x 8 au_size (255 while it goes on) | 16 start_trim | 16 end_trim | 8 length, extension | Opus packet
/// </code>
/// </summary>
internal sealed class OpusTsParser(int channelCode, IAccessUnitSink sink, BlockPool pool) : PacketUnitParser(MaxPes, sink, pool)
{
    private const int Prefix = 0x7fe0;
    private const int PrefixMask = 0xffe0;
    private const int StartTrim = 0x10;
    private const int EndTrim = 0x08;
    private const int Extension = 0x04;

    /// <summary>One PES packet with its length in 16 bits holds no more.</summary>
    private const int MaxPes = 1 << 16;

    /// <summary>The largest Opus packet: 48 frames of 1,275 bytes and their lengths (RFC 6716 3.2.5), short of the PES limit.</summary>
    private const int MaxPacket = 61_440;

    private int _samples;
    private int _headerSize;

    protected override int Measure(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2)
        {
            return 0;
        }

        int control = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if ((control & PrefixMask) != Prefix)
        {
            return -1;
        }

        int position = 2;
        int size = 0;
        byte part;
        do
        {
            if (position >= bytes.Length)
            {
                return 0;
            }

            part = bytes[position++];
            size += part;
        } while (part == byte.MaxValue && size <= MaxPacket);

        if (size is 0 or > MaxPacket)
        {
            return -1;
        }

        position += ((control & StartTrim) != 0 ? 2 : 0) + ((control & EndTrim) != 0 ? 2 : 0);
        if ((control & Extension) != 0)
        {
            if (position >= bytes.Length)
            {
                return 0;
            }

            position += 1 + bytes[position];
        }

        _headerSize = position;
        return position + size;
    }

    protected override void OnWhole(ReadOnlySpan<byte> bytes, UtcInstant arrival)
    {
        ReadOnlySpan<byte> packet = bytes[_headerSize..];
        int samples = OpusPacket.Samples(packet);
        if (samples == 0)
        {
            Report(StreamFaultKind.Malformed, "Opus packet with a broken frame count (RFC 6716 3.2).");
            MarkDiscontinuity();
            return;
        }

        if (samples != _samples)
        {
            _samples = samples;
            Announce(OpusChannels.Format(channelCode, samples));
        }

        Emit(packet, samples * (long)Timescale.Mpeg.TicksPerSecond / OpusPacket.SampleRate, arrival);
    }
}
