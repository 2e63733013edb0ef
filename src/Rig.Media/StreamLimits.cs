namespace Rig.Media;

/// <summary>Bounds on what a stream may make the rig hold, each with the observation behind it.</summary>
public static class StreamLimits
{
    /// <summary>Bytes of one access unit. An intra picture of 4K at 100 Mbit/s and 25 fps with a tenfold peak stays below it.</summary>
    public const int UnitBytes = 10 << 20;

    /// <summary>NAL units of one picture. Cameras send up to 32 slices, encoders with slices by MTU up to about 60 at 1080p.</summary>
    public const int NalUnitsPerPicture = 64;

    /// <summary>Units of a GOP before it is cut by force: 10 s at 30 fps, the longest key distance that cameras of the field are set to.</summary>
    public const int UnitsPerGop = 300;

    /// <summary>Bytes of one parameter set. Real ones stay below 300; scaling lists and VUI cannot exceed a few kilobytes.</summary>
    public const int ParameterSetBytes = 16 << 10;

    /// <summary>Parameter sets of a kind that are kept. H.264 allows 32 SPS and 256 PPS, H.265 16 and 64; streams use one or two.</summary>
    public const int ParameterSetsPerKind = 64;

    /// <summary>Tracks of one camera. Broadcast multiplexes carry one video, up to eight audio and some data streams.</summary>
    public const int Tracks = 16;
}
