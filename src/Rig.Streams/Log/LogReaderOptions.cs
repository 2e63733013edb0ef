using Rig.Media.Time;

namespace Rig.Streams.Log;

/// <summary>What a live reader gives up first when it is behind.</summary>
public enum LagStrategy
{
    /// <summary>Everything up to the newest key unit, once it is behind by more than its limit.</summary>
    Oldest,

    /// <summary>Disposable pictures from half its limit on; then as <see cref="Oldest"/>.</summary>
    LowestPriority,
}

/// <summary>How a reader takes part in a <see cref="GopLog"/>.</summary>
public sealed record LogReaderOptions
{
    /// <summary>Whether the log keeps what this reader has not acknowledged (the recorder). A live reader holds nothing back.</summary>
    public bool Lossless { get; init; }

    /// <summary>
    /// Lossless: units stay held until <see cref="LogReader.Acknowledge"/>, so that the reader can go back to them with
    /// <see cref="LogReader.Seek"/>; otherwise reading acknowledges.
    /// </summary>
    public bool ManualAcknowledge { get; init; }

    /// <summary>Live: behind by more than this, the reader rejoins at the newest key unit. Default 2 s.</summary>
    public MediaSpan LagLimit { get; init; } = MediaSpan.FromSeconds(2);

    public LagStrategy Strategy { get; init; } = LagStrategy.Oldest;

    /// <summary>
    /// The reader wakes when at least so much media is there, or a key unit, or
    /// <see cref="MaxUnitsWaiting"/> units; zero: at every unit.
    /// A recorder that writes twice a second need not wake for each of 80 units.
    /// </summary>
    public MediaSpan MinimumMedia { get; init; }

    /// <summary>Units after which a reader with <see cref="MinimumMedia"/> wakes whatever their times: time stamps may stand still.</summary>
    public const int MaxUnitsWaiting = 256;

    public static LogReaderOptions Live { get; } = new();
}

/// <summary>Where a reader joins a log.</summary>
public readonly record struct LogPosition
{
    internal enum Place
    {
        NewestKey,
        Oldest,
        AtCapture,
        AfterSequence,
    }

    internal Place Where { get; private init; }

    internal UtcInstant Instant { get; private init; }

    internal long Sequence { get; private init; }

    /// <summary>The newest key unit, or the first one that comes.</summary>
    public static LogPosition NewestKey => default;

    /// <summary>The oldest key unit that the log holds, or the first one that comes.</summary>
    public static LogPosition Oldest => new() { Where = Place.Oldest };

    /// <summary>The last key unit captured at or before an instant; the oldest when the log begins later.</summary>
    public static LogPosition AtCapture(UtcInstant instant) => new() { Where = Place.AtCapture, Instant = instant };

    /// <summary>The unit after the one with this number, key unit or not; when the log no longer holds it, a gap and then the next key unit.</summary>
    public static LogPosition After(long sequence) => new() { Where = Place.AfterSequence, Sequence = sequence };
}
