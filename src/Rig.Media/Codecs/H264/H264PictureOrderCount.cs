namespace Rig.Media.Codecs.H264;

/// <summary>Decoding process for picture order count (ITU-T H.264 8.2.1), all three types. memory_management_control_operation 5 is not followed.</summary>
public sealed class H264PictureOrderCount
{
    private int _previousMsb;
    private int _previousLsb;
    private int _previousFrameNum;
    private int _previousFrameNumOffset;

    /// <summary>The order count of the frame or field that a first slice begins; to be called once for each, in decode order.</summary>
    public int Next(in H264SliceHeader slice, H264Sps sps)
    {
        ArgumentNullException.ThrowIfNull(sps);
        return unchecked(
            sps.PicOrderCntType switch
            {
                0 => FromLsb(slice, sps),
                1 => FromExpectedDelta(slice, sps),
                _ => FromFrameNum(slice, sps),
            }
        );
    }

    /// <summary>8.2.1.1.</summary>
    private int FromLsb(in H264SliceHeader slice, H264Sps sps)
    {
        if (slice.IsIdr)
        {
            _previousMsb = _previousLsb = 0;
        }

        int range = 1 << sps.PicOrderCntLsbBits;
        int lsb = slice.PicOrderCntLsb;
        int msb = _previousMsb;
        if (lsb < _previousLsb && _previousLsb - lsb >= range / 2)
        {
            msb += range;
        }
        else if (lsb > _previousLsb && lsb - _previousLsb > range / 2)
        {
            msb -= range;
        }

        if (slice.Nal.RefIdc != 0)
        {
            (_previousMsb, _previousLsb) = (msb, lsb);
        }

        return msb + lsb + Math.Min(0, slice.DeltaPicOrderCntBottom);
    }

    /// <summary>8.2.1.2.</summary>
    private int FromExpectedDelta(in H264SliceHeader slice, H264Sps sps)
    {
        int offset = NextFrameNumOffset(slice, sps);
        int cycle = sps.OffsetsForRefFrame.Count;
        int absolute = cycle == 0 ? 0 : offset + slice.FrameNum;
        if (slice.Nal.RefIdc == 0 && absolute > 0)
        {
            absolute--;
        }

        int expected = 0;
        if (absolute > 0)
        {
            int whole = (absolute - 1) / cycle;
            int within = (absolute - 1) % cycle;
            for (int i = 0; i < cycle; i++)
            {
                expected += sps.OffsetsForRefFrame[i] * (whole + (i <= within ? 1 : 0));
            }
        }

        expected += slice.Nal.RefIdc == 0 ? sps.OffsetForNonRefPic : 0;
        int top = expected + slice.DeltaPicOrderCnt0;
        if (slice.IsField)
        {
            return slice.IsBottomField ? top + sps.OffsetForTopToBottomField : top;
        }

        return Math.Min(top, top + sps.OffsetForTopToBottomField + slice.DeltaPicOrderCnt1);
    }

    /// <summary>8.2.1.3: output order is decode order.</summary>
    private int FromFrameNum(in H264SliceHeader slice, H264Sps sps)
    {
        int offset = NextFrameNumOffset(slice, sps);
        return slice.IsIdr ? 0 : (2 * (offset + slice.FrameNum)) - (slice.Nal.RefIdc == 0 ? 1 : 0);
    }

    private int NextFrameNumOffset(in H264SliceHeader slice, H264Sps sps)
    {
        int offset = _previousFrameNumOffset;
        if (slice.IsIdr)
        {
            offset = 0;
        }
        else if (_previousFrameNum > slice.FrameNum)
        {
            offset += 1 << sps.FrameNumBits;
        }

        (_previousFrameNum, _previousFrameNumOffset) = (slice.FrameNum, offset);
        return offset;
    }
}
