using Rig.Actors.Cluster;
using Rig.Contracts.Cameras;
using Rig.Contracts.Cluster;
using Rig.Contracts.Json;
using Rig.Contracts.Problems;
using Rig.Node.Control;
using Rig.Node.Hosting;
using Rig.Node.Pictures;

namespace Rig.Node.Rpc;

/// <summary>Where cameras can be seen, pictures of them, and streams that are found elsewhere.</summary>
internal sealed class RpcStreams(RigControl rig, SnapshotDesk snapshots, IEnumerable<IStreamDiscovery> discovery, RtspHost rtsp)
{
    private readonly IStreamDiscovery? _discovery = discovery.SingleOrDefault();

    /// <summary>RFC 2326: where nodes listen that say nothing else.</summary>
    private const int RtspPort = 8554;

    public async Task<RpcAnswer> TakeSnapshotAsync(RpcContext call, CancellationToken cancel)
    {
        CameraId camera = call.Parameters.Camera(rig.NodeId);
        return await snapshots.PictureAsync(camera, call.Parameters.Instant("at"), call.Parameters.Number("width"), cancel) switch
        {
            TakenPicture { Info: var info } taken => RpcAnswer.Of(
                new SnapshotAnswer(camera.ToString(), info.Capture, info.Width, info.Height, "jpeg", taken.Jpeg.ToArray()),
                RpcJson.Default.SnapshotAnswer
            ),
            var other => RpcAnswer.Of(RpcError.Refused((Problem)other)),
        };
    }

    /// <summary>A camera always streams unless somebody has paused it.</summary>
    public async Task<RpcAnswer> StartAsync(RpcContext call, CancellationToken cancel)
    {
        CameraId camera = call.Parameters.Camera(rig.NodeId);
        object answer = await rig.GetCameraAsync(camera, cancel);
        if (answer is CameraStatus { Ingest.State: IngestState.Paused })
        {
            answer = await rig.ActAsync(camera, CameraAction.Resume, cancel);
        }

        return answer is Problem problem ? RpcAnswer.Of(RpcError.Refused(problem)) : await UrlsAsync(camera, call.Address, cancel);
    }

    public async Task<RpcAnswer> StopAsync(RpcContext call, CancellationToken cancel) =>
        RpcAnswer.OfEither(
            await rig.ActAsync(call.Parameters.Camera(rig.NodeId), CameraAction.Pause, cancel),
            RigJson.Default.CameraStatus
        );

    public async Task<RpcAnswer> GetUrlAsync(RpcContext call, CancellationToken cancel)
    {
        CameraId camera = call.Parameters.Camera(rig.NodeId);
        return await rig.GetCameraAsync(camera, cancel) is Problem problem
            ? RpcAnswer.Of(RpcError.Refused(problem))
            : await UrlsAsync(camera, call.Address, cancel);
    }

    public async Task<RpcAnswer> GetStatusAsync(RpcContext call, CancellationToken cancel) =>
        await rig.GetCameraAsync(call.Parameters.Camera(rig.NodeId), cancel) switch
        {
            CameraStatus camera => RpcAnswer.Of(State(camera), RpcJson.Default.StreamState),
            var other => RpcAnswer.Of(RpcError.Refused((Problem)other)),
        };

    public async Task<RpcAnswer> DiscoverAsync(RpcContext call, CancellationToken cancel) =>
        _discovery is null
            ? NotHere("This node does not look for streams.")
            : RpcAnswer.Of(new FoundStreams(await _discovery.DiscoverAsync(cancel)), RpcJson.Default.FoundStreams);

    private static StreamState State(CameraStatus camera)
    {
        bool streams = camera.Ingest.State == IngestState.Streaming;
        return new StreamState(
            $"{camera.Node}/{camera.Id}",
            streams ? "active" : "inactive",
            streams && camera.Log.SpanSeconds > 0,
            camera.Ingest.VideoCodec,
            camera.Ingest.Resolution,
            camera.Ingest.Fps,
            camera.Ingest.Bitrate,
            camera.Log.Readers
        );
    }

    /// <summary>Of this node by the name that the client knows it by; of another one by the address that it announces.</summary>
    private async Task<RpcAnswer> UrlsAsync(CameraId camera, Uri here, CancellationToken cancel)
    {
        Uri at = here;
        if (camera.Node != rig.NodeId)
        {
            at = AddressOf(await rig.GetClusterAsync(cancel), camera.Node) ?? here;
        }

        string root = at.GetLeftPart(UriPartial.Authority);
        string socket = $"{(at.Scheme == Uri.UriSchemeHttps ? "wss" : "ws")}://{at.Authority}";
        string id = camera.Camera;
        return RpcAnswer.Of(
            new StreamUrls(
                camera.ToString(),
                $"{socket}/live/{id}",
                $"{root}/hls/{id}/index.m3u8",
                $"rtsp://{at.Host}:{rtsp.Server?.EndPoint.Port ?? RtspPort}/{id}",
                $"{root}/mjpeg/{id}",
                $"{root}/snapshot/{id}.jpg"
            ),
            RpcJson.Default.StreamUrls
        );
    }

    private static Uri? AddressOf(ClusterNow rig, string node) =>
        rig.Members.FirstOrDefault(member => member.Member.NodeId == node) is { Member.HttpAddress: var address }
        && Uri.TryCreate(address, UriKind.Absolute, out Uri? uri)
            ? uri
            : null;

    private static RpcAnswer NotHere(string detail) =>
        RpcAnswer.Of(
            RpcError.Refused(
                new Problem
                {
                    Status = StatusCodes.Status501NotImplemented,
                    Code = ProblemCodes.NotAvailable,
                    Title = "This node cannot do that",
                    Detail = detail,
                    Remedy = "Ask another node, or update this one.",
                }
            )
        );
}
