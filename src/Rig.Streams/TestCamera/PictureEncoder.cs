using System.Buffers.Binary;
using Rig.Media.Units;

namespace Rig.Streams.TestCamera;

/// <summary>
/// Codes a <see cref="Canvas"/> as H.264 without loss and without transform: a macroblock that did not change is skipped, one that goes
/// on as its left or upper neighbour ends is predicted from it (Intra_16x16 without residual), any other carries its samples (I_PCM).
/// One slice a picture, deblocking off, so that the decoder's picture equals the canvas sample for sample. One thread.
/// </summary>
internal sealed class PictureEncoder
{
    private const byte IdrHeader = 0x65;
    private const byte PictureHeader = 0x41;

    /// <summary>slice_type values that say that all slices of the picture are of this type (Table 7-6).</summary>
    private const uint AllIntra = 7;
    private const uint AllPredicted = 5;

    /// <summary>mb_type in an I slice (Table 7-11); in a P slice the intra types follow five of its own.</summary>
    private const uint VerticalType = 1;
    private const uint HorizontalType = 2;
    private const uint PcmType = 25;
    private const uint IntraTypesInPredicted = 5;

    /// <summary>intra_chroma_pred_mode (Table 7-16).</summary>
    private const uint ChromaHorizontal = 1;
    private const uint ChromaVertical = 2;

    private const int FrameNumMask = (1 << ParameterSetWriter.FrameNumBits) - 1;

    private readonly Canvas _canvas;
    private readonly BitWriter _bits = new();
    private readonly byte[] _sentLuma;
    private readonly byte[] _sentCb;
    private readonly byte[] _sentCr;
    private readonly bool[] _isPcm;
    private uint _skipped;
    private int _frameNum;
    private uint _idrPicId;

    public PictureEncoder(Canvas canvas)
    {
        _canvas = canvas;
        _sentLuma = new byte[canvas.Luma.Length];
        _sentCb = new byte[canvas.Cb.Length];
        _sentCr = new byte[canvas.Cr.Length];
        _isPcm = new bool[canvas.Touched.Length];
    }

    private enum Macroblock
    {
        Skipped,
        Vertical,
        Horizontal,
        Pcm,
    }

    /// <summary>Appends the canvas as one length-prefixed slice NAL unit and takes it as the reference of the next picture.</summary>
    /// <param name="key">As an IDR picture that needs nothing before it. The first picture must be one.</param>
    public void Encode(UnitBuilder unit, bool key)
    {
        _bits.Clear();
        WriteHeader(key);
        Array.Clear(_isPcm);
        _skipped = 0;
        for (int row = 0; row < _canvas.Rows; row++)
        {
            for (int column = 0; column < _canvas.Columns; column++)
            {
                WriteMacroblock(row, column, key);
            }
        }

        if (!key && _skipped > 0)
        {
            _bits.Unsigned(_skipped);
        }

        _bits.TrailingBits();
        _canvas.Settle();
        Append(unit);
    }

    /// <summary>slice_header(), clause 7.3.3.</summary>
    private void WriteHeader(bool key)
    {
        _frameNum = key ? 0 : (_frameNum + 1) & FrameNumMask;
        _bits.Bits(key ? IdrHeader : PictureHeader, 8);
        _bits.Unsigned(0); // first_mb_in_slice
        _bits.Unsigned(key ? AllIntra : AllPredicted);
        _bits.Unsigned(0); // pic_parameter_set_id
        _bits.Bits((uint)_frameNum, ParameterSetWriter.FrameNumBits);
        if (key)
        {
            _bits.Unsigned(_idrPicId);
            _idrPicId ^= 1; // two IDR pictures in a row must differ (7.4.3)
            _bits.Flag(false); // no_output_of_prior_pics_flag
            _bits.Flag(false); // long_term_reference_flag
        }
        else
        {
            _bits.Flag(false); // num_ref_idx_active_override_flag
            _bits.Flag(false); // ref_pic_list_modification_flag_l0
            _bits.Flag(false); // adaptive_ref_pic_marking_mode_flag
        }

        _bits.Signed(0); // slice_qp_delta
        _bits.Unsigned(1); // disable_deblocking_filter_idc
    }

    private void WriteMacroblock(int row, int column, bool key)
    {
        int index = (row * _canvas.Columns) + column;
        Macroblock kind = Choose(row, column, index, key);
        if (kind == Macroblock.Skipped)
        {
            _skipped++;
            return;
        }

        if (!key)
        {
            _bits.Unsigned(_skipped);
            _skipped = 0;
        }

        uint typeOffset = key ? 0 : IntraTypesInPredicted;
        switch (kind)
        {
            case Macroblock.Vertical:
                WritePredicted(VerticalType + typeOffset, ChromaVertical, row, column, index);
                break;
            case Macroblock.Horizontal:
                WritePredicted(HorizontalType + typeOffset, ChromaHorizontal, row, column, index);
                break;
            default:
                _bits.Unsigned(PcmType + typeOffset);
                WriteSamples(row, column);
                _isPcm[index] = true;
                break;
        }

        Remember(row, column);
    }

    private Macroblock Choose(int row, int column, int index, bool key)
    {
        if (!key && (!_canvas.Touched[index] || EqualsSent(row, column)))
        {
            return Macroblock.Skipped;
        }

        if (column > 0 && ContinuesLeft(row, column))
        {
            return Macroblock.Horizontal;
        }

        return row > 0 && ContinuesUpper(row, column) ? Macroblock.Vertical : Macroblock.Pcm;
    }

    /// <summary>An Intra_16x16 macroblock whose residual is empty (7.3.5).</summary>
    private void WritePredicted(uint type, uint chromaMode, int row, int column, int index)
    {
        _bits.Unsigned(type);
        _bits.Unsigned(chromaMode);
        _bits.Signed(0); // mb_qp_delta

        // coeff_token of Intra16x16DCLevel with no coefficients (Table 9-5). Its table goes by the mean of the coefficients to the left
        // and above (9.2.1): 16 for I_PCM, none for all else here, so that nC is 0, 8 or 16.
        bool nearPcm = (column > 0 && _isPcm[index - 1]) || (row > 0 && _isPcm[index - _canvas.Columns]);
        _bits.Bits(nearPcm ? 0b000011u : 1u, nearPcm ? 6 : 1);
    }

    /// <summary>pcm_sample_luma and pcm_sample_chroma (7.3.5).</summary>
    private void WriteSamples(int row, int column)
    {
        _bits.AlignWithZeros();
        const int size = Canvas.MacroblockSize;
        const int chroma = Canvas.ChromaSize;
        Span<byte> samples = _bits.Reserve((size * size) + (2 * chroma * chroma));
        CopyBlock(_canvas.Luma, _canvas.Stride, row, column, size, samples);
        samples = samples[(size * size)..];
        CopyBlock(_canvas.Cb, _canvas.ChromaStride, row, column, chroma, samples);
        CopyBlock(_canvas.Cr, _canvas.ChromaStride, row, column, chroma, samples[(chroma * chroma)..]);
    }

    private static void CopyBlock(byte[] plane, int stride, int row, int column, int size, Span<byte> to)
    {
        int start = (row * size * stride) + (column * size);
        for (int line = 0; line < size; line++)
        {
            plane.AsSpan(start + (line * stride), size).CopyTo(to[(line * size)..]);
        }
    }

    private bool EqualsSent(int row, int column) =>
        BlocksEqual(_canvas.Luma, _sentLuma, _canvas.Stride, row, column, Canvas.MacroblockSize)
        && BlocksEqual(_canvas.Cb, _sentCb, _canvas.ChromaStride, row, column, Canvas.ChromaSize)
        && BlocksEqual(_canvas.Cr, _sentCr, _canvas.ChromaStride, row, column, Canvas.ChromaSize);

    private bool ContinuesLeft(int row, int column) =>
        ContinuesLeft(_canvas.Luma, _canvas.Stride, row, column, Canvas.MacroblockSize)
        && ContinuesLeft(_canvas.Cb, _canvas.ChromaStride, row, column, Canvas.ChromaSize)
        && ContinuesLeft(_canvas.Cr, _canvas.ChromaStride, row, column, Canvas.ChromaSize);

    private bool ContinuesUpper(int row, int column) =>
        ContinuesUpper(_canvas.Luma, _canvas.Stride, row, column, Canvas.MacroblockSize)
        && ContinuesUpper(_canvas.Cb, _canvas.ChromaStride, row, column, Canvas.ChromaSize)
        && ContinuesUpper(_canvas.Cr, _canvas.ChromaStride, row, column, Canvas.ChromaSize);

    private static bool BlocksEqual(byte[] plane, byte[] other, int stride, int row, int column, int size)
    {
        int start = (row * size * stride) + (column * size);
        for (int line = 0; line < size; line++, start += stride)
        {
            if (!plane.AsSpan(start, size).SequenceEqual(other.AsSpan(start, size)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Intra_16x16_Horizontal and its chroma counterpart (8.3.3.2, 8.3.4.2): each line repeats the sample to its left.</summary>
    private static bool ContinuesLeft(byte[] plane, int stride, int row, int column, int size)
    {
        int start = (row * size * stride) + (column * size);
        for (int line = 0; line < size; line++, start += stride)
        {
            if (plane.AsSpan(start, size).ContainsAnyExcept(plane[start - 1]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Intra_16x16_Vertical and its chroma counterpart (8.3.3.1, 8.3.4.3): each line repeats the line above the macroblock.</summary>
    private static bool ContinuesUpper(byte[] plane, int stride, int row, int column, int size)
    {
        int start = (row * size * stride) + (column * size);
        ReadOnlySpan<byte> above = plane.AsSpan(start - stride, size);
        for (int line = 0; line < size; line++, start += stride)
        {
            if (!plane.AsSpan(start, size).SequenceEqual(above))
            {
                return false;
            }
        }

        return true;
    }

    private void Remember(int row, int column)
    {
        Copy(_canvas.Luma, _sentLuma, _canvas.Stride, row, column, Canvas.MacroblockSize);
        Copy(_canvas.Cb, _sentCb, _canvas.ChromaStride, row, column, Canvas.ChromaSize);
        Copy(_canvas.Cr, _sentCr, _canvas.ChromaStride, row, column, Canvas.ChromaSize);
    }

    private static void Copy(byte[] from, byte[] to, int stride, int row, int column, int size)
    {
        int start = (row * size * stride) + (column * size);
        for (int line = 0; line < size; line++, start += stride)
        {
            from.AsSpan(start, size).CopyTo(to.AsSpan(start, size));
        }
    }

    private void Append(UnitBuilder unit)
    {
        const int lengthPrefix = 4;
        int before = unit.Length;
        ReadOnlySpan<byte> raw = _bits.Written;
        Span<byte> room = unit.Grow(lengthPrefix + EmulationPrevention.MaxLength(raw.Length));
        int length = EmulationPrevention.Write(raw, room[lengthPrefix..]);
        BinaryPrimitives.WriteInt32BigEndian(room, length);
        unit.Truncate(before + lengthPrefix + length);
    }
}
