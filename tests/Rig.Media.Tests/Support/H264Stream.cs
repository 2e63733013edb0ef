using Rig.Media.Bits;

namespace Rig.Media.Tests.Support;

/// <summary>Builds H.264 byte streams whose headers are real and whose slice data are not, for cases that no sample file has.</summary>
public sealed class H264Stream
{
    private readonly List<byte> _bytes = [];

    public byte[] Bytes => [.. _bytes];

    public int Length => _bytes.Count;

    /// <summary>Main profile, 64x64, picture order count type 0 with 8 bits, frame numbers of 8 bits.</summary>
    public H264Stream Sps(bool fields = false, int reorder = 2, int widthInMacroblocks = 4)
    {
        BitWriter writer = new(stackalloc byte[64]);
        writer.Bits(77, 8);
        writer.Bits(0, 8);
        writer.Bits(30, 8);
        writer.Ue(0); // seq_parameter_set_id
        writer.Ue(4); // log2_max_frame_num_minus4
        writer.Ue(0); // pic_order_cnt_type
        writer.Ue(4); // log2_max_pic_order_cnt_lsb_minus4
        writer.Ue(4); // max_num_ref_frames
        writer.Flag(false);
        writer.Ue((uint)widthInMacroblocks - 1);
        writer.Ue(fields ? 1u : 3u);
        writer.Flag(!fields);
        if (fields)
        {
            writer.Flag(false);
        }

        writer.Flag(true); // direct_8x8_inference_flag
        writer.Flag(false); // frame_cropping_flag
        writer.Flag(true); // vui_parameters_present_flag
        writer.Bits(0, 4); // aspect ratio, overscan, video signal, chroma location
        writer.Flag(true); // timing_info_present_flag
        writer.Bits(1, 32);
        writer.Bits(50, 32);
        writer.Flag(true);
        writer.Bits(0, 3); // HRD, pic_struct
        writer.Flag(true); // bitstream_restriction_flag
        writer.Flag(true);
        writer.Ue(0);
        writer.Ue(0);
        writer.Ue(10);
        writer.Ue(10);
        writer.Ue((uint)reorder);
        writer.Ue(4);
        writer.TrailingBits();
        return Nal(0x67, writer.Written);
    }

    public H264Stream Pps()
    {
        BitWriter writer = new(stackalloc byte[16]);
        writer.Ue(0);
        writer.Ue(0);
        writer.Bits(0, 2);
        writer.Ue(0); // num_slice_groups_minus1
        writer.Ue(0);
        writer.Ue(0);
        writer.Bits(0, 3);
        writer.Se(0);
        writer.Se(0);
        writer.Se(0);
        writer.Bits(0, 3);
        writer.TrailingBits();
        return Nal(0x68, writer.Written);
    }

    /// <summary>A slice; <paramref name="field"/> is null for a frame, else whether it is of the bottom field.</summary>
    public H264Stream Slice(
        int frameNum,
        int order,
        bool idr = false,
        int refIdc = 1,
        bool? field = null,
        int firstMacroblock = 0,
        bool interlaced = false
    )
    {
        BitWriter writer = new(stackalloc byte[64]);
        writer.Ue((uint)firstMacroblock);
        writer.Ue(idr ? 7u : 5u);
        writer.Ue(0);
        writer.Bits((uint)frameNum, 8);
        if (interlaced || field is not null)
        {
            writer.Flag(field is not null);
            if (field is { } bottom)
            {
                writer.Flag(bottom);
            }
        }

        if (idr)
        {
            writer.Ue(0);
        }

        writer.Bits((uint)order, 8);
        writer.Bits(0x5A5A5A5A, 32);
        writer.TrailingBits();
        return Nal((byte)((refIdc << 5) | (idr ? 5 : 1)), writer.Written);
    }

    /// <summary>An SEI NAL unit with a recovery point of 0 frames.</summary>
    public H264Stream RecoveryPoint() => Nal(6, [6, 1, 0xC4, 0x80]);

    public H264Stream Delimiter() => Nal(9, [0xF0]);

    public H264Stream Nal(byte header, ReadOnlySpan<byte> rbsp)
    {
        Span<byte> escaped = new byte[(rbsp.Length * 3 / 2) + 1];
        _bytes.AddRange([0, 0, 0, 1, header]);
        _bytes.AddRange(escaped[..Rbsp.Prevent(rbsp, escaped)]);
        return this;
    }
}
