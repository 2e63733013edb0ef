using System.Globalization;
using Rig.Media.Time;
using Rig.Streams.Verification;

namespace Rig.Streams.TestCamera;

/// <summary>
/// What the test camera sees: colour bars, the frame stamp, time of day, frame number and camera name in digits, a box that runs from
/// left to right and back, and noise where a bit rate is asked for. All lies on macroblock borders where it can, so that little of a
/// picture differs from the one before.
/// </summary>
internal sealed class Scene
{
    /// <summary>The least picture: the stamp is 640 wide; stamp, time, name and box are 10 macroblocks high.</summary>
    public const int MinWidth = FrameStamp.Width;

    public const int MinHeight = 160;

    /// <summary>A character takes one macroblock by two.</summary>
    private const int CellWidth = 16;
    private const int CellHeight = 32;
    private const int DotWidth = 3;
    private const int DotHeight = 4;

    private const int TimeTop = 48;
    private const int NameTop = 80;
    private const int LaneTop = 112;
    private const int TextLeft = 16;
    private const int TimeLength = 12;
    private const int NumberLeft = TextLeft + ((TimeLength + 1) * CellWidth);
    private const int NumberLength = 10;
    private const int BoxSize = 48;

    /// <summary>Pixels that the box moves in a second: slow enough to follow, fast enough to see a frame missing.</summary>
    private const int BoxSpeed = 240;

    /// <summary>75 % colour bars of BT.709, white to blue, without the black one on which nothing could be seen.</summary>
    private static readonly Paint[] Bars =
    [
        new(180, 128, 128),
        new(168, 44, 136),
        new(145, 147, 44),
        new(133, 63, 52),
        new(63, 193, 204),
        new(51, 109, 212),
        new(28, 212, 120),
        new(60, 128, 128),
    ];

    private readonly Canvas _canvas;
    private readonly string _name;
    private readonly int _noiseBlocks;
    private readonly char[] _time = new char[TimeLength];
    private readonly char[] _shownTime = new char[TimeLength];
    private readonly char[] _number = new char[NumberLength];
    private readonly char[] _shownNumber = new char[NumberLength];
    private UInt128 _shownStamp;
    private int _boxLeft = -1;
    private ulong _noise = 0x9E3779B97F4A7C15;

    /// <param name="canvas">Blank.</param>
    /// <param name="name">Shown below the time.</param>
    /// <param name="noiseBlocks">Macroblocks of every picture to fill with noise below the box, as many as there is room for.</param>
    public Scene(Canvas canvas, string name, int noiseBlocks)
    {
        _canvas = canvas;
        _name = name;
        _noiseBlocks = noiseBlocks;
        PaintBackground();
    }

    /// <summary>Paints the next picture over the last one.</summary>
    /// <param name="capture">When the picture is taken: goes into stamp and digits.</param>
    /// <param name="frame">Number of the picture since the camera's start.</param>
    /// <param name="sinceStart">Time of the picture since the camera's start, for the box.</param>
    public void Paint(UtcInstant capture, long frame, MediaSpan sinceStart)
    {
        PaintStamp(FrameStamp.Encode(capture));
        capture.ToDateTimeOffset().TryFormat(_time, out _, "HH:mm:ss.fff", CultureInfo.InvariantCulture);
        PaintText(_time, _shownTime, TextLeft, TimeTop);
        (frame % 10_000_000_000).TryFormat(_number, out _, "D10", CultureInfo.InvariantCulture);
        PaintText(_number, _shownNumber, NumberLeft, TimeTop);
        PaintBox(sinceStart);
        PaintNoise();
    }

    private void PaintBackground()
    {
        int barBlocks = Math.Max(1, (_canvas.Columns + Bars.Length - 1) / Bars.Length);
        for (int bar = 0; bar < Bars.Length; bar++)
        {
            int width = barBlocks * Canvas.MacroblockSize;
            _canvas.Fill(bar * width, 0, width, _canvas.Rows * Canvas.MacroblockSize, Bars[bar]);
        }

        _canvas.Fill(0, 0, _canvas.Stride, TimeTop - Canvas.MacroblockSize, TestCamera.Paint.Black);
        for (int block = 0; block < FrameStamp.Bits; block++)
        {
            PaintStampBlock(block, white: false);
        }

        _canvas.Fill(0, LaneTop, _canvas.Stride, BoxSize, TestCamera.Paint.Grey);
        PaintText(_name, new char[_name.Length], TextLeft, NameTop);
    }

    private void PaintStamp(UInt128 stamp)
    {
        for (int block = 0; block < FrameStamp.Bits; block++)
        {
            bool white = FrameStamp.IsWhite(stamp, block);
            if (white != FrameStamp.IsWhite(_shownStamp, block))
            {
                PaintStampBlock(block, white);
            }
        }

        _shownStamp = stamp;
    }

    private void PaintStampBlock(int block, bool white)
    {
        int x = block % FrameStamp.Columns * FrameStamp.BlockSize;
        int y = block / FrameStamp.Columns * FrameStamp.BlockSize;
        _canvas.Fill(x, y, FrameStamp.BlockSize, FrameStamp.BlockSize, white ? TestCamera.Paint.White : TestCamera.Paint.Black);
    }

    private void PaintText(ReadOnlySpan<char> text, Span<char> shown, int x, int y)
    {
        for (int i = 0; i < text.Length; i++, x += CellWidth)
        {
            if (text[i] != shown[i])
            {
                shown[i] = text[i];
                PaintGlyph(text[i], x, y);
            }
        }
    }

    private void PaintGlyph(char character, int x, int y)
    {
        _canvas.Fill(x, y, CellWidth, CellHeight, TestCamera.Paint.Black);
        ReadOnlySpan<byte> rows = Font.Glyph(character);
        const int inset = 2;
        for (int row = 0; row < rows.Length; row++)
        {
            for (int dot = 0; dot < Font.GlyphWidth; dot++)
            {
                if ((rows[row] & (0x10 >> dot)) != 0)
                {
                    _canvas.Fill(x + (dot * DotWidth), y + inset + (row * DotHeight), DotWidth, DotHeight, TestCamera.Paint.White);
                }
            }
        }
    }

    private void PaintBox(MediaSpan sinceStart)
    {
        int lane = _canvas.Width - BoxSize;
        int way = (int)(Timescale.Scale(sinceStart.Nanoseconds, BoxSpeed, 1_000_000_000) % (2 * lane));
        int left = (way < lane ? way : (2 * lane) - way) & ~1;
        if (left == _boxLeft)
        {
            return;
        }

        if (_boxLeft >= 0)
        {
            int from = Math.Min(_boxLeft, left);
            _canvas.Fill(from, LaneTop, Math.Max(_boxLeft, left) + BoxSize - from, BoxSize, TestCamera.Paint.Grey);
        }

        _boxLeft = left;
        _canvas.Fill(left, LaneTop, BoxSize, BoxSize, TestCamera.Paint.White);
        _canvas.Fill(left + (BoxSize / 4), LaneTop + (BoxSize / 4), BoxSize / 2, BoxSize / 2, Bars[5]);
    }

    private void PaintNoise()
    {
        const int size = Canvas.MacroblockSize;
        int firstRow = (LaneTop + BoxSize) / size;
        int left = Math.Min(_noiseBlocks, (_canvas.Rows - firstRow) * _canvas.Columns);
        for (int row = firstRow; left > 0; row++)
        {
            int blocks = Math.Min(left, _canvas.Columns);
            _canvas.Noise(0, row * size, blocks * size, size, ref _noise);
            left -= blocks;
        }
    }
}
