using Rig.Actors.Housekeeping;
using Rig.Contracts.Access;
using Rig.Contracts.Cameras;
using Rig.Contracts.Cluster;
using Rig.Contracts.Json;
using Rig.Contracts.Nodes;
using Rig.Node.Control;
using Rig.Node.Events;
using Rig.Node.Rights;

namespace Rig.Node.Rpc;

/// <summary>One call with who makes it.</summary>
/// <param name="Address">The node's own address as the client wrote it: <c>http://node:8080</c>.</param>
internal sealed record RpcContext(Caller Caller, RpcParameters Parameters, RpcSubscription Subscription, Uri Address);

/// <param name="Role">Who may call it.</param>
internal sealed record RpcMethod(Role Role, Func<RpcContext, CancellationToken, Task<RpcAnswer>> Run);

/// <summary>The methods by name. Those that do more than ask are in files of their own.</summary>
internal sealed class RpcMethods
{
    private readonly Dictionary<string, RpcMethod> _methods;
    private readonly NodeControl _node;
    private readonly RigControl _rig;
    private readonly Catalogue _catalogue;
    private readonly EventHub _hub;

    public RpcMethods(NodeControl node, RigControl rig, Catalogue catalogue, EventHub hub, RpcRecording recording, RpcStreams streams)
    {
        (_node, _rig, _catalogue, _hub) = (node, rig, catalogue, hub);
        _methods = new Dictionary<string, RpcMethod>(StringComparer.Ordinal)
        {
            ["ping"] = new(Role.Viewer, (_, _) => Task.FromResult(RpcAnswer.Of("pong", RpcJson.Default.String))),
            ["get_status"] = new(
                Role.Viewer,
                async (_, cancel) => RpcAnswer.Of(await node.GetStatusAsync(cancel), RigJson.Default.NodeStatus)
            ),
            ["get_rig"] = new(Role.Viewer, async (_, cancel) => RpcAnswer.Of(await rig.GetRigAsync(cancel), RigJson.Default.RigStatus)),
            ["get_camera_list"] = new(Role.Viewer, ListCamerasAsync),
            ["get_camera_status"] = new(
                Role.Viewer,
                async (call, cancel) =>
                    RpcAnswer.OfEither(await rig.GetCameraAsync(call.Parameters.Camera(node.NodeId), cancel), RigJson.Default.CameraStatus)
            ),
            ["start_recording"] = new(Role.Operator, recording.StartAsync),
            ["stop_recording"] = new(Role.Operator, recording.StopAsync),
            ["add_mark"] = new(Role.Operator, recording.MarkAsync),
            ["list_recordings"] = new(Role.Viewer, (call, _) => Task.FromResult(ListRecordings(call))),
            ["take_snapshot"] = new(Role.Operator, streams.TakeSnapshotAsync),
            ["start_streaming"] = new(Role.Operator, streams.StartAsync),
            ["stop_streaming"] = new(Role.Operator, streams.StopAsync),
            ["get_stream_url"] = new(Role.Viewer, streams.GetUrlAsync),
            ["get_stream_status"] = new(Role.Viewer, streams.GetStatusAsync),
            ["discover_external_streams"] = new(Role.Operator, streams.DiscoverAsync),
            ["get_metrics"] = new(Role.Viewer, GetMetricsAsync),
            ["subscribe_events"] = new(Role.Viewer, (call, _) => Task.FromResult(Subscribe(call))),
            ["unsubscribe_events"] = new(Role.Viewer, (call, _) => Task.FromResult(Unsubscribe(call))),
            ["get_subscription_stats"] = new(Role.Viewer, (call, _) => Task.FromResult(Statistics(call))),
        };
    }

    public IEnumerable<string> Names => _methods.Keys;

    /// <summary>Null when there is no such method.</summary>
    public RpcMethod? Find(string name) => _methods.GetValueOrDefault(name);

    private async Task<RpcAnswer> ListCamerasAsync(RpcContext call, CancellationToken cancel)
    {
        RigStatus rig = await _rig.GetRigAsync(cancel);
        CameraStatus[] cameras = [.. rig.Members.SelectMany(member => member.Status?.Cameras ?? [])];
        int connected = cameras.Count(camera => camera.Ingest.State == IngestState.Streaming);
        return RpcAnswer.Of(new CameraList(cameras, cameras.Length, connected), RpcJson.Default.CameraList);
    }

    private RpcAnswer ListRecordings(RpcContext call)
    {
        const int most = 500;
        int skip = Math.Max(0, call.Parameters.Number("skip") ?? 0);
        int take = Math.Clamp(call.Parameters.Number("take") ?? 50, 1, most);
        return RpcAnswer.Of(_catalogue.List(skip, take), RigJson.Default.RecordingsPage);
    }

    private async Task<RpcAnswer> GetMetricsAsync(RpcContext call, CancellationToken cancel)
    {
        NodeStatus status = await _node.GetStatusAsync(cancel);
        NodeMetrics metrics = new(
            status.Process,
            status.Disk,
            status.Temperature,
            status.Clock,
            status.Cameras.ToDictionary(camera => camera.Id, Metrics, StringComparer.Ordinal),
            new EventMetrics(_hub.Rig.Published, _hub.Listeners)
        );
        return RpcAnswer.Of(metrics, RpcJson.Default.NodeMetrics);
    }

    private static CameraMetrics Metrics(CameraStatus camera) =>
        new(
            camera.Ingest.Fps,
            camera.Ingest.Bitrate,
            camera.Ingest.Units,
            camera.Ingest.Restarts,
            camera.Recorder.Frames,
            camera.Recorder.DurableBytes,
            camera.Recorder.DroppedUnits
        );

    private static RpcAnswer Subscribe(RpcContext call)
    {
        call.Subscription.Add(call.Parameters.Texts("topics") ?? ["*"]);
        return State(call);
    }

    private static RpcAnswer Unsubscribe(RpcContext call)
    {
        call.Subscription.Remove(call.Parameters.Texts("topics"));
        return State(call);
    }

    private static RpcAnswer State(RpcContext call)
    {
        IReadOnlyList<string> topics = call.Subscription.Topics;
        return RpcAnswer.Of(new SubscriptionState(topics.Count > 0, topics), RpcJson.Default.SubscriptionState);
    }

    private RpcAnswer Statistics(RpcContext call) =>
        RpcAnswer.Of(
            new SubscriptionStats(call.Subscription.Topics, call.Subscription.Delivered, call.Subscription.Dropped, _hub.Listeners),
            RpcJson.Default.SubscriptionStats
        );
}
