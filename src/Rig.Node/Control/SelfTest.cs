using System.Globalization;
using System.Security.Cryptography;
using Rig.Actors;
using Rig.Contracts.Cluster;
using Rig.Contracts.Operations;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;
using Rig.Node.Http;
using Rig.Streams.Verification;

namespace Rig.Node.Control;

/// <summary>
/// Records a short session with every camera through the real path, decodes and hashes each file, and deletes it all. Says of each camera
/// whether it could be recorded, and what was wrong.
/// </summary>
public sealed class SelfTest(NodeControl control, RigControl commands, RigSystem rig, TimeProvider time)
{
    /// <summary><see cref="SelfTestReport"/> or <see cref="Problem"/>.</summary>
    public async Task<object> RunAsync(TimeSpan length, CancellationToken cancel)
    {
        if (await control.GetSessionAsync(cancel) is { } running)
        {
            return ProblemResults.Conflict(
                ProblemCodes.Recording,
                "A session is running",
                $"Session {running.SessionId} records; a self-test would disturb it.",
                "Stop the session first."
            );
        }

        DateTimeOffset start = time.GetUtcNow();
        string session = string.Create(CultureInfo.InvariantCulture, $"selftest-{start.UtcDateTime:yyyyMMdd-HHmmss}");
        // The end is fixed at the start: a self-test whose node or client goes away ends by itself and is never resumed.
        bool alone = !(await commands.GetClusterAsync(cancel)).Status.Reachable;
        StartSession request = new()
        {
            SessionId = session,
            DurationSeconds = length.TotalSeconds,
            Cameras = [.. rig.Settings.Current.Cameras.Select(camera => $"{control.NodeId}/{camera.Id}")],
            Local = alone,
        };
        try
        {
            object answer = await commands.StartAsync(request, cancel);
            if (answer is not SessionOutcome started)
            {
                return answer;
            }

            await Task.Delay(length, time, cancel);
            object stopped = await StopAsync(session, alone);
            CameraSelfTest[] cameras = await Task.WhenAll(started.Cameras.Select(camera => JudgeAsync(session, camera, stopped, cancel)));
            return new SelfTestReport(cameras.All(camera => camera.Passed), start, length.TotalSeconds, cameras);
        }
        finally
        {
            await StopAsync(session, alone);
            Delete(session);
        }
    }

    /// <summary>Ends this session and no other; one that has ended already is what is wanted.</summary>
    private Task<object> StopAsync(string session, bool alone) =>
        commands.StopAsync(new StopSession { SessionId = session, Local = alone }, CancellationToken.None);

    private async Task<CameraSelfTest> JudgeAsync(string session, CameraOutcome started, object stopped, CancellationToken cancel)
    {
        List<string> errors = [];
        string camera = CameraId.TryParse(started.Camera, control.NodeId, out CameraId id) ? id.Camera : started.Camera;
        if (started.Result is not (CameraResult.Recording or CameraResult.Late))
        {
            errors.Add(started.Reason ?? $"{started.Result}");
            errors.AddRange(started.Gates?.Select(gate => gate.Remedy) ?? []);
            return new CameraSelfTest
            {
                Camera = camera,
                Passed = false,
                Errors = errors,
            };
        }

        if (
            stopped is SessionOutcome outcome
            && outcome.Cameras.FirstOrDefault(each => each.Camera == started.Camera)?.Reason is { } reason
        )
        {
            errors.Add(reason);
        }

        string folder = Path.Combine(rig.Settings.Current.RecordingsFolder, session);
        string[] files = Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, $"{session}_{camera}_*.mp4").Order(StringComparer.Ordinal)]
            : [];
        if (files.Length == 0)
        {
            errors.Add("No file was written. Check the disk.");
            return new CameraSelfTest
            {
                Camera = camera,
                Passed = false,
                Errors = errors,
            };
        }

        VerificationReport report = await new FileVerifier().VerifyAsync([files], cancellation: cancel);
        errors.AddRange(report.Cameras[0].Files.Select(file => file.Error).OfType<string>());
        long written = rig.Manifests.Find(session, camera)?.Frames ?? 0;
        long decoded = report.Cameras[0].Frames;
        if (decoded == 0 || (written > 0 && written != decoded))
        {
            errors.Add($"{written} pictures were written and {decoded} could be decoded.");
        }

        return new CameraSelfTest
        {
            Camera = camera,
            Passed = errors.Count == 0,
            Frames = written,
            DecodedFrames = decoded,
            Bytes = files.Sum(file => new FileInfo(file).Length),
            Sha256 = await HashAsync(files[0], cancel),
            Errors = errors,
        };
    }

    private static async Task<string> HashAsync(string path, CancellationToken cancel)
    {
        await using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
    }

    private void Delete(string session)
    {
        string folder = Path.Combine(rig.Settings.Current.RecordingsFolder, session);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        rig.Catalogue.Remove(session);
    }
}
