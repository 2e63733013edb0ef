using Rig.Media;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Streams.TestCamera;

/// <summary>The test camera's sound: a soft tone of 1 kHz, loud for the first tenth of each second of UTC. One thread.</summary>
internal interface ITone : IDisposable
{
    /// <summary>Does beforehand what takes time.</summary>
    Task PrepareAsync(CancellationToken cancellation);

    /// <summary>Gives out the format; the first sample is taken at <paramref name="start"/>.</summary>
    void Begin(IAccessUnitSink output, UtcInstant start);

    /// <summary>The next unit, if its sound is over at <paramref name="elapsed"/> since the start.</summary>
    /// <param name="elapsed">By the camera's clock.</param>
    /// <param name="shift">Added to the unit's times.</param>
    bool TryTake(MediaSpan elapsed, MediaSpan shift, out AccessUnit unit);

    /// <summary>Leaves out the units up to <paramref name="elapsed"/>.</summary>
    void SkipTo(MediaSpan elapsed);
}
