using Rig.Media.Codecs.Jpeg;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Streams.Log;
using Rig.Streams.Sources;

namespace Rig.Streams.Snapshots;

/// <summary>The source of a camera that is idle, to be started for one picture; null when the camera runs, or there is no such camera.</summary>
public delegate ValueTask<ISource?> FindIdleSource(string camera, CancellationToken cancellation);

/// <summary>
/// Pictures of cameras as JPEG, each by the fastest way that works (<see cref="SnapshotTier"/>): from the GOP log through a decoder that waits,
/// from the camera itself where it sends JPEG, and from an idle camera by starting it. Requests for the same picture share its decoding. A
/// reader of the logs like any other: holds nothing back from a recording. Any thread.
/// </summary>
public sealed class CameraSnapshots : IAsyncDisposable
{
    /// <summary>A newest picture that is older misleads whoever looks at it: the camera is away.</summary>
    private static readonly MediaSpan MostAge = MediaSpan.FromSeconds(10);

    /// <summary>How long an instant that has not come yet, and pictures on their way from the camera, are waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>A camera's first key picture after its start: a GOP of 10 s at the worst.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(12);

    private readonly ICameraLogs _logs;
    private readonly TimeProvider _time;
    private readonly FindIdleSource? _idle;
    private readonly DecoderPool _pool;
    private readonly PictureCache _cache = new();

    public CameraSnapshots(ICameraLogs logs, TimeProvider time, DecoderPoolOptions? options = null, FindIdleSource? idle = null)
    {
        (_logs, _time, _idle) = (logs, time, idle);
        _pool = new DecoderPool(options ?? new DecoderPoolOptions(), time);
    }

    /// <summary>Decoders that wait now.</summary>
    public int WarmDecoders => _pool.Warm;

    /// <summary>Lets decoders wait before anybody has asked.</summary>
    public Task WarmUpAsync(SnapshotOptions options) => _pool.WarmUpAsync(DecoderKind.Of(Codec.H264, options));

    /// <summary>A camera's newest key picture, or the picture that was to be seen at an instant inside its log.</summary>
    /// <param name="at">Null for the newest.</param>
    /// <exception cref="SnapshotException">There is none; the message says why.</exception>
    public async Task<Snapshot> TakeAsync(string camera, UtcInstant? at, SnapshotOptions options, CancellationToken cancellation)
    {
        long begun = _time.GetTimestamp();
        using LogLease? lease = _logs.Open(camera).Lease;
        if (lease is null)
        {
            throw new SnapshotException(SnapshotFault.UnknownCamera, $"There is no camera '{camera}' on this node.");
        }

        (CodedPicture picture, bool started) = at is { } instant
            ? (await FindAsync(camera, lease.Log, instant, cancellation), false)
            : await NewestAsync(camera, lease.Log, cancellation);
        (ReadOnlyMemory<byte> jpeg, SnapshotTier tier) = await ToJpegAsync(lease.Log, picture, options, cancellation);
        _ = JpegHeader.TryParse(jpeg.Span, out JpegHeader header);
        return new Snapshot(
            camera,
            jpeg,
            picture.Capture,
            header.Width,
            header.Height,
            started ? SnapshotTier.Started : tier,
            _time.GetElapsedTime(begun)
        );
    }

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    private async Task<(ReadOnlyMemory<byte> Jpeg, SnapshotTier Tier)> ToJpegAsync(
        GopLog log,
        CodedPicture picture,
        SnapshotOptions options,
        CancellationToken cancellation
    )
    {
        if (!picture.Jpeg.IsEmpty && options.Width == 0)
        {
            return (picture.Jpeg, SnapshotTier.Camera);
        }

        // Whoever asked first may go away; the others go on waiting for the picture.
        PictureKey key = new(log, picture.Sequence, options);
        (Task<(byte[] Jpeg, bool Warm)> made, bool isNew) = _cache.GetOrAdd(
            key,
            () => _pool.DecodeAsync(picture.Ivf, DecoderKind.Of(picture.Format.Codec, options), CancellationToken.None)
        );
        (byte[] jpeg, bool warm) = await made.WaitAsync(cancellation);
        SnapshotTier decoded = warm ? SnapshotTier.Warm : SnapshotTier.Cold;
        return (jpeg, isNew ? decoded : SnapshotTier.Cached);
    }

    private async Task<(CodedPicture Picture, bool Started)> NewestAsync(string camera, GopLog log, CancellationToken cancellation)
    {
        MediaSpan age = log.NewestCapture.IsKnown ? Now() - log.NewestCapture : MostAge;
        if (age < MostAge && CodedPicture.Newest(log) is { } newest)
        {
            return (newest, false);
        }

        if (_idle is not null && await _idle(camera, cancellation) is { } source)
        {
            CodedPicture first =
                await IdleCamera.FirstPictureAsync(source, _time, StartPatience, cancellation)
                ?? throw new SnapshotException(
                    SnapshotFault.NoPicture,
                    $"{camera} is idle and gave no picture when it was started: {source.Description}."
                );
            return (first, true);
        }

        if (!log.NewestCapture.IsKnown && await WaitAsync(log, UtcInstant.Unknown, cancellation) && CodedPicture.Newest(log) is { } begun)
        {
            return (begun, false);
        }

        string since = log.NewestCapture.IsKnown ? $" since {log.NewestCapture}" : "";
        throw new SnapshotException(SnapshotFault.NoPicture, $"No picture has come from {camera}{since}.");
    }

    private async Task<CodedPicture> FindAsync(string camera, GopLog log, UtcInstant instant, CancellationToken cancellation)
    {
        if (instant > log.NewestCapture && (instant - Now()).ToTimeSpan() < Patience)
        {
            // The picture of that instant may still be on its way; without a later one the newest is the one that was to be seen.
            await WaitAsync(log, instant, cancellation);
        }

        return instant <= log.NewestCapture + MostAge && CodedPicture.At(log, instant) is { } picture
            ? picture
            : throw new SnapshotException(
                SnapshotFault.NotInLog,
                $"{camera} has no picture of {instant} in memory, which holds {log.GetStatistics().Oldest} to {log.NewestCapture}."
            );
    }

    /// <summary>Waits for an instant to be in the log, or for a first key unit; a limited time. False when the time is over or the log has ended.</summary>
    private async Task<bool> WaitAsync(GopLog log, UtcInstant instant, CancellationToken cancellation)
    {
        using LogReader reader = log.OpenReader(LogPosition.NewestKey);
        using var patience = new CancellationTokenSource(Patience, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            return instant.IsKnown ? await reader.WaitForCaptureAsync(instant, limit.Token) : await reader.WaitToReadAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private UtcInstant Now() => UtcInstant.From(_time.GetUtcNow());
}
