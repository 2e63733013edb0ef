using Rig.Actors;
using Rig.Contracts.Events;
using Rig.Contracts.Nodes;
using Rig.Node.Configuration;
using Rig.Node.Http;
using Rig.Node.Pictures;
using Rig.Node.Playback;
using Rig.Streams.Log;
using Rig.Streams.Snapshots;
using Rig.Streams.Transcoding;

namespace Rig.Node.Hosting;

/// <summary>Everything that makes pictures of recordings and live cameras: its part of the composition root.</summary>
internal static class PictureServices
{
    public static void AddPictures(this IServiceCollection services)
    {
        services.AddSingleton(LowStreams);
        services.AddSingleton<ICameraLogs>(provider => new StreamLogs(
            provider.GetRequiredService<RigSystem>().Logs,
            provider.GetRequiredService<LowStreams>().Open
        ));
        services.AddSingleton<MjpegStreams>();
        services.AddSingleton<PausedCameras>();
        services.AddSingleton(provider => new CameraSnapshots(
            provider.GetRequiredService<ICameraLogs>(),
            provider.GetRequiredService<TimeProvider>(),
            new DecoderPoolOptions { Warm = Options(provider).Snapshots.Warm },
            provider.GetRequiredService<PausedCameras>().FindAsync
        ));
        services.AddSingleton(provider => new SnapshotFolder(
            () => Path.GetFullPath(Path.Combine(Options(provider).Node.Data, Options(provider).Snapshots.Folder)),
            () => Options(provider).Snapshots.Keep
        ));
        services.AddSingleton<PlaybackDesk>();
        services.AddSingleton<LockViews>();
        services.AddSingleton<SnapshotDesk>();
        services.AddHostedService<DecoderWarmUp>();
    }

    public static void MapPictures(this IEndpointRouteBuilder routes)
    {
        routes.MapSnapshots();
        routes.MapPlayback();
        routes.MapMjpeg();
    }

    private static LowStreams LowStreams(IServiceProvider provider)
    {
        RigSystem rig = provider.GetRequiredService<RigSystem>();
        TimeProvider time = provider.GetRequiredService<TimeProvider>();
        return new LowStreams(rig.Logs, () => Settings(Options(provider).LowStream), time, suspended: Tell);

        void Tell(bool suspended)
        {
            const string alarm = "lowstream.cpu";
            (DateTimeOffset now, string node) = (time.GetUtcNow(), rig.Settings.Current.NodeId);
            rig.System.EventStream.Publish(
                suspended
                    ? new AlarmRaised(
                        alarm,
                        null,
                        GateLevel.Warn,
                        "The low-resolution streams have stopped: the machine is too busy.",
                        "They come back by themselves. Lower size or rate of encoded cameras, or close pages, when this stays."
                    )
                    {
                        Time = now,
                        Node = node,
                    }
                    : new AlarmCleared(alarm) { Time = now, Node = node }
            );
        }
    }

    private static LowStreamSettings Settings(LowStreamOptions options) =>
        new(
            options.Enabled,
            options.Height,
            options.Kilobits,
            options.Linger,
            new CpuGuardLevels(options.StopAbove.Fraction, options.StopAfter, options.ReturnBelow.Fraction, options.ReturnAfter)
        );

    private static RigOptions Options(IServiceProvider provider) => provider.GetRequiredService<ConfigurationStore>().Current.Options;

    /// <summary>The first snapshot finds a decoder waiting too, and the first viewer the low-resolution streams.</summary>
    private sealed class DecoderWarmUp(
        CameraSnapshots snapshots,
        LowStreams low,
        ConfigurationStore store,
        IHostApplicationLifetime lifetime
    ) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.ApplicationStarted.Register(() =>
                _ = snapshots.WarmUpAsync(new SnapshotOptions(Quality: store.Current.Options.Snapshots.Quality))
            );
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => low.DisposeAsync().AsTask();
    }
}
