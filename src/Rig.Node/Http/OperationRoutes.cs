using Rig.Actors.Cluster;
using Rig.Contracts.Cameras;
using Rig.Contracts.Cluster;
using Rig.Contracts.Nodes;
using Rig.Contracts.Operations;
using Rig.Contracts.Problems;
using Rig.Node.Control;
using Rig.Node.Diagnostics;
using Rig.Node.Hosting;

namespace Rig.Node.Http;

/// <summary>Self-test, the newest warnings, probes and metrics.</summary>
public static class OperationRoutes
{
    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("").WithTags("operations");
        group
            .MapPost("/api/v1/selftest", SelfTest)
            .WithSummary("Records a short clip of every camera, decodes and hashes it, deletes it. Refused while recording.")
            .Produces<SelfTestReport>()
            .Produces<Problem>(StatusCodes.Status409Conflict, ProblemResults.ContentType);
        group
            .MapGet("/logs", Logs)
            .WithSummary(
                "The newest warnings and errors, from memory; `level`, `limit` and `after` (a line's number) narrow them, `node` names another node."
            )
            .Produces<LogPage>()
            .Produces<Problem>(StatusCodes.Status400BadRequest, ProblemResults.ContentType);
        group.MapGet("/healthz", () => Results.Text("ok\n")).WithSummary("The process lives.");
        group
            .MapGet("/readyz", Ready)
            .WithSummary("The control plane answers.")
            .Produces<string>()
            .Produces<string>(StatusCodes.Status503ServiceUnavailable);
        group
            .MapGet(
                "/metrics",
                async (NodeControl control, RigControl rig, NodeCluster cluster, IServiceProvider services, CancellationToken cancel) =>
                {
                    MetricsText text = Metrics(await control.GetStatusAsync(cancel), await rig.GetClusterAsync(cancel), cluster);
                    LiveMetrics.Add(text, services);
                    return Results.Text(text.ToString(), MetricsType);
                }
            )
            .WithSummary("Prometheus text.")
            .Produces<string>(contentType: MetricsType);
    }

    private const string MetricsType = "text/plain; version=0.0.4; charset=utf-8";

    private static async Task<IResult> SelfTest(SelfTest test, double? seconds, CancellationToken cancel) =>
        await test.RunAsync(TimeSpan.FromSeconds(Math.Clamp(seconds ?? 10, 1, 60)), cancel) switch
        {
            SelfTestReport report => Results.Ok(report),
            var other => ((Problem)other).ToResult(),
        };

    private static async Task<IResult> Logs(RigControl rig, string? node, string? level, int? limit, long? after, CancellationToken cancel)
    {
        if (level is not null && !LogBook.TryReadLevel(level, out _))
        {
            return ProblemResults.Invalid($"There is no level '{level}'.", "Use warning, error or critical.").ToResult();
        }

        return ClusterRoutes.Answer<LogPage>(await rig.GetLogAsync(node, new AskLog(limit ?? LogBook.Kept, level, after), cancel));
    }

    private static async Task<IResult> Ready(NodeControl control, CancellationToken cancel)
    {
        try
        {
            await control.GetStatusAsync(cancel);
            return Results.Text("ready\n");
        }
        catch (Akka.Actor.AskTimeoutException)
        {
            return Results.Text("The control plane does not answer.\n", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static MetricsText Metrics(NodeStatus status, ClusterNow rig, NodeCluster cluster)
    {
        MetricsText text = new();
        text.Gauge("rig_info", "Version and mode.", 1, ("node", status.NodeId), ("version", status.Version), ("mode", Lower(status.Mode)));
        text.Gauge("rig_uptime_seconds", "Since the node was started.", status.UptimeSeconds);
        text.Gauge("rig_session_recording", "1 while a session runs.", status.Session is null ? 0 : 1);
        text.Gauge("rig_disk_free_bytes", "Free on the recordings' file system.", status.Disk.FreeBytes);
        text.Gauge("rig_disk_size_bytes", "Size of the recordings' file system.", status.Disk.TotalBytes);
        text.Gauge("rig_cpu_cores", "Processor cores in use by the node.", status.Process.CpuCores);
        text.Gauge("rig_memory_resident_bytes", "Resident memory of the node.", status.Process.ResidentBytes);
        text.Counter("rig_gc_pause_seconds_total", "Pauses for garbage collection.", status.Process.GcPauseMs / 1000);
        if (status.Temperature is { } temperature)
        {
            text.Gauge("rig_temperature_celsius", "The hottest thermal zone.", temperature.Celsius, ("sensor", temperature.Sensor));
        }

        if (status.Clock.OffsetMs is { } offset)
        {
            text.Gauge("rig_clock_offset_seconds", "Local clock minus reference.", offset / 1000);
        }

        if (status.Clock.UncertaintyMs is { } uncertainty)
        {
            text.Gauge("rig_clock_uncertainty_seconds", "The most that the clock's offset may be wrong.", uncertainty / 1000);
        }

        foreach (GateReading gate in status.Gates)
        {
            text.Gauge(
                "rig_gate_level",
                "Gates that do not pass: 1 warns, 2 blocks.",
                (int)gate.Level,
                ("gate", gate.Gate),
                ("camera", gate.Camera ?? "")
            );
        }

        foreach (CameraStatus camera in status.Cameras)
        {
            Metrics(text, camera);
        }

        ClusterMetrics.Add(text, status.NodeId, rig, cluster.Links?.Status() ?? []);
        return text;
    }

    private static void Metrics(MetricsText text, CameraStatus camera)
    {
        (string, string) id = ("camera", camera.Id);
        text.Gauge("rig_camera_state", "1 for the state that the ingest is in.", 1, id, ("state", Lower(camera.Ingest.State)));
        text.Gauge("rig_camera_fps", "Measured pictures a second.", camera.Ingest.Fps ?? 0, id);
        text.Gauge("rig_camera_bitrate", "Measured bits a second.", camera.Ingest.Bitrate ?? 0, id);
        text.Counter("rig_camera_units_total", "Access units received.", camera.Ingest.Units, id);
        text.Counter("rig_camera_restarts_total", "Times the source was started again.", camera.Ingest.Restarts, id);
        foreach ((string kind, long count) in camera.Ingest.Faults)
        {
            text.Counter("rig_camera_faults_total", "Survived faults of the stream.", count, id, ("kind", kind));
        }

        text.Gauge("rig_log_bytes", "Bytes in the camera's GOP log.", camera.Log.Bytes, id);
        text.Gauge("rig_log_span_seconds", "Seconds in the camera's GOP log.", camera.Log.SpanSeconds, id);
        text.Gauge("rig_log_pressure", "1 while the recorder cannot keep up.", camera.Log.Pressure ? 1 : 0, id);
        text.Gauge("rig_recorder_state", "1 for the state that the recorder is in.", 1, id, ("state", Lower(camera.Recorder.State)));
        text.Counter("rig_recorder_durable_bytes_total", "Durable bytes of the session.", camera.Recorder.DurableBytes, id);
        text.Gauge("rig_recorder_seconds_since_durable", "Since bytes last became durable.", camera.Recorder.SecondsSinceDurable ?? 0, id);
        text.Counter("rig_recorder_frames_total", "Pictures written in the session.", camera.Recorder.Frames, id);
        text.Counter("rig_recorder_dropped_units_total", "Units lost in the session.", camera.Recorder.DroppedUnits, id);
        text.Counter("rig_recorder_gaps_total", "Gaps of the session.", camera.Recorder.Gaps.Count, id);
    }

    private static string Lower<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
