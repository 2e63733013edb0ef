namespace Rig.Streams.Log;

/// <summary>The lookup that all outputs of a node share: full quality from the cameras' own logs, low quality from whoever makes it.</summary>
/// <param name="cameras">The cameras' own logs.</param>
/// <param name="openLow">Opens the low-resolution stream of a camera that exists; null where there is none.</param>
public sealed class StreamLogs(CameraLogs cameras, Func<string, LogOpening>? openLow = null) : ICameraLogs
{
    public IReadOnlyCollection<string> Cameras => cameras.Ids;

    public LogOpening Open(string camera, StreamQuality quality = StreamQuality.Full) =>
        cameras.FindOwn(camera) switch
        {
            null => LogOpening.Refused(LogRefusal.UnknownCamera, $"There is no camera '{camera}' on this node."),
            var log when quality == StreamQuality.Full => new LogOpening(new LogLease(new StreamName(camera), log)),
            _ => openLow?.Invoke(camera) ?? LogOpening.Refused(LogRefusal.LowIsOff, "The low-resolution stream is off."),
        };
}
