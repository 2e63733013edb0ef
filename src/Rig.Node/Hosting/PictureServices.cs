using Rig.Actors;
using Rig.Node.Configuration;
using Rig.Node.Http;
using Rig.Node.Pictures;
using Rig.Node.Playback;
using Rig.Streams.Log;
using Rig.Streams.Snapshots;

namespace Rig.Node.Hosting;

/// <summary>Everything that makes pictures of recordings and live cameras: its part of the composition root.</summary>
internal static class PictureServices
{
    public static void AddPictures(this IServiceCollection services)
    {
        services.AddSingleton<ICameraLogs>(provider => new StreamLogs(provider.GetRequiredService<RigSystem>().Logs));
        services.AddSingleton<PausedCameras>();
        services.AddSingleton(provider => new Snapshots(
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
    }

    private static RigOptions Options(IServiceProvider provider) => provider.GetRequiredService<ConfigurationStore>().Current.Options;

    /// <summary>The first snapshot finds a decoder waiting too.</summary>
    private sealed class DecoderWarmUp(Snapshots snapshots, ConfigurationStore store, IHostApplicationLifetime lifetime) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.ApplicationStarted.Register(() =>
                _ = snapshots.WarmUpAsync(new SnapshotOptions(Quality: store.Current.Options.Snapshots.Quality))
            );
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
