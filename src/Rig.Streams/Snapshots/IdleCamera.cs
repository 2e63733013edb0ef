using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Streams.Log;
using Rig.Streams.Sources;
using Rig.Streams.Sources.Ingest;

namespace Rig.Streams.Snapshots;

/// <summary>One picture of a camera that does not run: its source is started into a log of its own and ended with the first key picture.</summary>
internal static class IdleCamera
{
    /// <summary>Bytes of that log: one GOP.</summary>
    private const long LogBytes = 32L << 20;

    /// <summary>Null when none came in time or the source failed. The source is disposed of in any case.</summary>
    public static async Task<CodedPicture?> FirstPictureAsync(
        ISource source,
        TimeProvider time,
        TimeSpan patience,
        CancellationToken cancellation
    )
    {
        using var log = new GopLog(new GopLogOptions { PreRoll = MediaSpan.FromSeconds(1), MaxBytes = LogBytes });
        using LogReader reader = log.OpenReader(LogPosition.NewestKey);
        using var limit = new CancellationTokenSource(patience, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var ingest = new CameraIngest(source, log, Unheard.Instance, time, new IngestOptions { Audio = false });
        Task run = ingest.RunAsync(stop.Token).ContinueWith(_ => reader.Wake(), TaskScheduler.Default);
        try
        {
            await reader.WaitToReadAsync(stop.Token);
            return CodedPicture.Newest(log);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            await stop.CancelAsync();
            await run;
        }
    }

    private sealed class Unheard : IIngestObserver
    {
        public static readonly Unheard Instance = new();

        public void OnStarted() { }

        public void OnFormat(int track, TrackFormat format, bool isChange) { }

        public void OnStalled(TimeSpan silence) { }

        public void OnResumed(TimeSpan silence) { }

        public void OnEncoderBehind(string text) { }

        public void OnEncoderRecovered() { }

        public void OnEnded(IngestEnd end) { }
    }
}
