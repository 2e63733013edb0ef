using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Streams.TestCamera;

/// <summary>Makes the pictures of one size: scene, canvas and encoder, and the format that goes with them. One thread.</summary>
internal sealed class TestPicture
{
    /// <summary>Bits of a macroblock sent as samples: 384 bytes and its type.</summary>
    private const int NoiseBlockBits = (384 * 8) + 16;

    /// <summary>Bits of a picture without noise, about: stamp, digits and box.</summary>
    private const int QuietPictureBits = 65_000;

    private readonly Scene _scene;
    private readonly PictureEncoder _encoder;

    public TestPicture(int width, int height, TestCameraOptions options)
    {
        Canvas = new Canvas(width, height);
        double perPicture = (options.BitRate / options.Rate.Value) - QuietPictureBits;
        int noiseBlocks = options.BitRate == 0 ? 0 : (int)Math.Max(0, perPicture / NoiseBlockBits);
        _scene = new Scene(Canvas, options.Name, noiseBlocks);
        _encoder = new PictureEncoder(Canvas);
        Format = new TrackFormat
        {
            Codec = Codec.H264,
            Timescale = Timescale.Mpeg,
            ParameterSets =
            [
                ParameterSetWriter.SequenceParameterSet(width, height, options.Rate),
                ParameterSetWriter.PictureParameterSet(),
            ],
            Video = new VideoFormat
            {
                Width = width,
                Height = height,
                FrameRate = options.Rate,
                Colour = new Colour(1, 1, 1, FullRange: false),
            },
            CaptureClock = CaptureClock.FrameStamp,
        };
    }

    /// <summary>What the last picture looks like after decoding.</summary>
    public Canvas Canvas { get; }

    public TrackFormat Format { get; }

    /// <summary>Paints and codes the next picture.</summary>
    public void Take(UnitBuilder unit, UtcInstant capture, long frame, MediaSpan sinceStart, bool key)
    {
        _scene.Paint(capture, frame, sinceStart);
        _encoder.Encode(unit, key);
    }
}
