namespace Rig.Streams.TestCamera;

/// <summary>A colour as 8-bit Y, Cb, Cr of ITU-R BT.709, limited range.</summary>
internal readonly record struct Paint(byte Y, byte Cb, byte Cr)
{
    public static readonly Paint White = new(235, 128, 128);
    public static readonly Paint Black = new(16, 128, 128);
    public static readonly Paint Grey = new(60, 128, 128);
}

/// <summary>
/// A picture in 4:2:0, padded to whole macroblocks, that remembers which macroblocks were painted since the last picture. What is on
/// it is what a decoder will show, sample for sample.
/// </summary>
internal sealed class Canvas
{
    public const int MacroblockSize = 16;
    public const int ChromaSize = MacroblockSize / 2;

    public Canvas(int width, int height)
    {
        Width = width;
        Height = height;
        Columns = (width + MacroblockSize - 1) / MacroblockSize;
        Rows = (height + MacroblockSize - 1) / MacroblockSize;
        Luma = new byte[Columns * Rows * MacroblockSize * MacroblockSize];
        Cb = new byte[Columns * Rows * ChromaSize * ChromaSize];
        Cr = new byte[Cb.Length];
        Touched = new bool[Columns * Rows];
        Fill(0, 0, Stride, Rows * MacroblockSize, Paint.Black);
    }

    /// <summary>Visible pixels.</summary>
    public int Width { get; }

    /// <summary>Visible lines.</summary>
    public int Height { get; }

    /// <summary>Macroblocks in a row.</summary>
    public int Columns { get; }

    /// <summary>Rows of macroblocks.</summary>
    public int Rows { get; }

    public int Stride => Columns * MacroblockSize;

    public int ChromaStride => Columns * ChromaSize;

    public byte[] Luma { get; }

    public byte[] Cb { get; }

    public byte[] Cr { get; }

    /// <summary>For each macroblock, row by row, whether it was painted since <see cref="Settle"/>.</summary>
    public bool[] Touched { get; }

    /// <summary>Forgets what was touched.</summary>
    public void Settle() => Array.Clear(Touched);

    /// <summary>Paints a rectangle; what lies outside the padded picture is cut off. Chroma is painted where the rectangle covers its first sample.</summary>
    public void Fill(int x, int y, int width, int height, Paint paint)
    {
        int left = Math.Clamp(x, 0, Stride);
        int right = Math.Clamp(x + width, left, Stride);
        int top = Math.Clamp(y, 0, Rows * MacroblockSize);
        int bottom = Math.Clamp(y + height, top, Rows * MacroblockSize);
        if (left == right || top == bottom)
        {
            return;
        }

        for (int line = top; line < bottom; line++)
        {
            Luma.AsSpan((line * Stride) + left, right - left).Fill(paint.Y);
        }

        int chromaLeft = (left + 1) / 2;
        int chromaWidth = ((right + 1) / 2) - chromaLeft;
        for (int line = (top + 1) / 2; line < (bottom + 1) / 2; line++)
        {
            Cb.AsSpan((line * ChromaStride) + chromaLeft, chromaWidth).Fill(paint.Cb);
            Cr.AsSpan((line * ChromaStride) + chromaLeft, chromaWidth).Fill(paint.Cr);
        }

        Touch(left, top, right, bottom);
    }

    /// <summary>Fills the luma of a rectangle with noise between black and white, continuing a sequence.</summary>
    public void Noise(int x, int y, int width, int height, ref ulong sequence)
    {
        for (int line = y; line < y + height; line++)
        {
            foreach (ref byte sample in Luma.AsSpan((line * Stride) + x, width))
            {
                sequence ^= sequence << 13;
                sequence ^= sequence >> 7;
                sequence ^= sequence << 17;
                sample = (byte)(16 + (sequence & 127));
            }
        }

        Touch(x, y, x + width, y + height);
    }

    private void Touch(int left, int top, int right, int bottom)
    {
        int lastRow = (bottom - 1) / MacroblockSize;
        int firstColumn = left / MacroblockSize;
        int columns = ((right - 1) / MacroblockSize) - firstColumn + 1;
        for (int row = top / MacroblockSize; row <= lastRow; row++)
        {
            Touched.AsSpan((row * Columns) + firstColumn, columns).Fill(true);
        }
    }
}
