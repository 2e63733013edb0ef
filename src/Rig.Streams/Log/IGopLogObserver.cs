namespace Rig.Streams.Log;

/// <summary>Hears what matters to the life of a log. Called outside every lock, from the writer's or a reader's thread; must return quickly.</summary>
public interface IGopLogObserver
{
    /// <summary>A lossless reader is so far behind that the high watermark was passed, or that is over again. Heard in order.</summary>
    void OnPressure(bool underPressure);

    /// <summary>Units that a lossless reader had not read went because memory was used up.</summary>
    void OnLoss(long units, LogGapCause cause);
}
