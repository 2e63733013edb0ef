using Akka.Actor;
using Rig.Actors;
using Rig.Actors.Cameras;
using Rig.Actors.Sessions;
using Rig.Actors.Settings;
using Rig.Contracts.Cameras;
using Rig.Contracts.Configuration;
using Rig.Contracts.Events;
using Rig.Contracts.Nodes;
using Rig.Node.Configuration;
using Rig.Node.Diagnostics;
using Rig.Node.Hosting;

namespace Rig.Node.Control;

/// <summary>
/// Brings a changed configuration into force: what can be is applied at once, cameras are restarted for theirs unless they record, and
/// what needs a new start of the node waits for it. Nothing here restarts a camera that records.
/// </summary>
public sealed class ConfigurationApplier(
    RigSystem rig,
    ConfigurationStore store,
    NodeControl control,
    JsonLogFile logFile,
    TimeProvider time
) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Keys that wait until no camera records.</summary>
    private readonly HashSet<string> _postponed = new(StringComparer.Ordinal);

    public async Task<ConfigurationChanged> ApplyAsync(ChangeOutcome outcome, bool dryRun, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            IReadOnlyList<CameraStatus> cameras = await control.GetCamerasAsync(cancel);
            bool recording = IsRecording(cameras);
            Dictionary<string, string> pending = new(StringComparer.Ordinal);
            foreach (ChangedOption change in outcome.Changes)
            {
                if (change.Applies == Applies.Node)
                {
                    pending[change.Key] = "The node must be started again.";
                }
                else if (change.Applies == Applies.Camera && recording)
                {
                    pending[change.Key] = "A camera records; it is applied after the session.";
                }
            }

            string[] applied = [.. outcome.Changes.Select(change => change.Key).Where(key => !pending.ContainsKey(key))];
            string[] restarted = recording ? [] : Restarted(outcome.Changes, cameras);
            ConfigurationChanged answer = new(outcome.Version, applied, restarted, pending);
            if (!dryRun)
            {
                PutInForce(recording);
                _postponed.UnionWith(
                    outcome.Changes.Where(change => change.Applies == Applies.Camera && recording).Select(change => change.Key)
                );
                rig.System.EventStream.Publish(
                    new ConfigurationApplied(applied, restarted) { Time = time.GetUtcNow(), Node = rig.Settings.Current.NodeId }
                );
            }

            return answer;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Applies what waited until no camera records. Called when a session has finished and when a camera's last file is closed.</summary>
    public async Task ApplyPostponedAsync(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            if (_postponed.Count > 0 && !IsRecording(await control.GetCamerasAsync(cancel)))
            {
                PutInForce(recording: false);
                _postponed.Clear();
            }
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    /// <summary>A file that is still being closed is being recorded.</summary>
    private static bool IsRecording(IReadOnlyList<CameraStatus> cameras) =>
        cameras.Any(camera => camera.Recorder.State is not (RecorderState.Idle or RecorderState.Failed));

    private void PutInForce(bool recording)
    {
        NodeSettings before = rig.Settings.Current;
        RigOptions options = store.Current.Options;
        NodeSettings wanted = options.ToSettings(before.Version, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        NodeSettings next = before with
        {
            Mode = wanted.Mode,
            Recording = wanted.Recording,
            Gates = wanted.Gates,
            Retention = wanted.Retention,
        };
        if (!recording)
        {
            next = next with
            {
                Cameras = wanted.Cameras,
                Ingest = wanted.Ingest,
                Log = wanted.Log with { NodeBytes = before.Log.NodeBytes },
            };
        }

        rig.Settings.Current = next;
        logFile.Apply(LogSettings(options));
        if (!recording)
        {
            bool all = next.Ingest != before.Ingest || next.Log != before.Log;
            rig.Cameras.Tell(new ApplyCameras(next.Cameras, RestartAll: all), ActorRefs.NoSender);
            string[] cameras = [.. next.Cameras.Select(camera => camera.Id)];
            rig.Session.Tell(new CamerasChanged(cameras), ActorRefs.NoSender);
            rig.Rig.Announce(cameras);
        }
    }

    /// <summary>Where the development mode logs to; null in production.</summary>
    public static JsonLogSettings? LogSettings(RigOptions options) =>
        options.Node.Mode == NodeMode.Development
            ? new JsonLogSettings(
                Path.GetFullPath(Path.Combine(options.Node.Data, options.Diagnostics.Folder)),
                options.Diagnostics.FileSize.Bytes,
                options.Diagnostics.Files
            )
            : null;

    private static string[] Restarted(IReadOnlyList<ChangedOption> changes, IReadOnlyList<CameraStatus> cameras)
    {
        string[] keys = [.. changes.Where(change => change.Applies == Applies.Camera).Select(change => change.Key)];
        return keys.Any(key => !key.StartsWith("cameras.", StringComparison.Ordinal))
            ? [.. cameras.Select(camera => camera.Id)]
            : [.. keys.Select(key => key.Split('.')[1]).Distinct(StringComparer.Ordinal)];
    }
}
