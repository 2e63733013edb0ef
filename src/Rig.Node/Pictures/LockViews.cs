using System.Globalization;
using System.Security.Cryptography;
using Rig.Actors;
using Rig.Actors.Manifests;
using Rig.Contracts.Cameras;
using Rig.Contracts.Cluster;
using Rig.Contracts.Events;
using Rig.Contracts.Problems;
using Rig.Contracts.Recordings;
using Rig.Node.Control;
using Rig.Streams.Snapshots;

namespace Rig.Node.Pictures;

/// <summary>
/// Lock View on this node: a picture of every camera at one instant. What records keeps its picture beside its segments and in its manifest; the
/// others keep theirs in the snapshots folder.
/// </summary>
public sealed class LockViews(RigSystem rig, NodeControl control, SnapshotFolder folder, TimeProvider time)
{
    /// <param name="take">A picture of a camera: <see cref="Snapshot"/> or <see cref="Problem"/>.</param>
    public async Task<SnapshotsAnswer> TakeAsync(
        AskSnapshots ask,
        Func<string, CancellationToken, Task<object>> take,
        CancellationToken cancel
    )
    {
        IReadOnlyList<CameraStatus> cameras = await control.GetCamerasAsync(cancel);
        SnapshotOutcome[] outcomes = await Task.WhenAll(cameras.Select(async camera => Keep(camera, ask, await take(camera.Id, cancel))));
        rig.System.EventStream.Publish(
            new LockViewAdded(ask.Request.At!.Value, outcomes) { Time = time.GetUtcNow(), Node = control.NodeId }
        );
        return new SnapshotsAnswer(outcomes, cameras.Select(camera => camera.Recorder.SessionId).FirstOrDefault(id => id is not null));
    }

    private SnapshotOutcome Keep(CameraStatus camera, AskSnapshots ask, object answer)
    {
        string qualified = $"{control.NodeId}/{camera.Id}";
        string? session = camera.Recorder.State is RecorderState.Arming or RecorderState.Recording ? camera.Recorder.SessionId : null;
        LockView entry = new() { At = ask.Request.At!.Value, Tone = ask.Tone };
        if (answer is not Snapshot taken)
        {
            Problem problem = (Problem)answer;
            Note(session, camera.Id, entry with { Problem = problem.Detail ?? problem.Title });
            return new SnapshotOutcome(qualified, Problem: problem);
        }

        try
        {
            (string file, string url) = session is null ? KeepAlone(taken) : KeepWith(session, taken);
            Note(
                session,
                camera.Id,
                entry with
                {
                    File = file,
                    Capture = taken.Capture.ToDateTimeOffset(),
                    Sha256 = Convert.ToHexStringLower(SHA256.HashData(taken.Jpeg.Span)),
                }
            );
            return new SnapshotOutcome(qualified, SnapshotDesk.Describe(taken, control.NodeId, file, url));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Note(session, camera.Id, entry with { Problem = refused.Message });
            return new SnapshotOutcome(qualified, Problem: SnapshotDesk.NotKept(refused));
        }
    }

    private (string File, string Url) KeepAlone(Snapshot taken)
    {
        string file = folder.Keep(taken);
        return (file, $"/snapshots/{control.NodeId}/{file}");
    }

    private (string File, string Url) KeepWith(string session, Snapshot taken)
    {
        DateTimeOffset capture = taken.Capture.ToDateTimeOffset();
        string file = string.Create(CultureInfo.InvariantCulture, $"{session}_{taken.Camera}_lockview_{capture:yyyyMMdd_HHmmss_fff}.jpg");
        SnapshotFolder.Write(Path.Combine(rig.Settings.Current.RecordingsFolder, session, file), taken);
        return (file, $"/recordings/{session}/{file}?node={control.NodeId}");
    }

    private void Note(string? session, string camera, LockView entry)
    {
        if (session is not null)
        {
            rig.Manifests.Update(session, camera, manifest => manifest?.WithLockView(entry));
        }
    }
}
