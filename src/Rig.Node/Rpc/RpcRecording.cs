using Rig.Contracts.Cluster;
using Rig.Contracts.Json;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;
using Rig.Node.Control;
using Rig.Node.Http;

namespace Rig.Node.Rpc;

/// <summary>Start, stop and mark: the same commands as by HTTP, and one camera alone as the R58 routes do it.</summary>
internal sealed class RpcRecording(RigControl rig)
{
    public async Task<RpcAnswer> StartAsync(RpcContext call, CancellationToken cancel)
    {
        StartSession request = call.Parameters.As(RigJson.Default.StartSession);
        if (SessionRoutes.RefuseForce(request, call.Caller) is { } refused)
        {
            return RpcAnswer.Of(RpcError.Refused(refused));
        }

        if (call.Parameters.OptionalCamera(rig.NodeId) is not { } camera)
        {
            return RpcAnswer.OfEither(await rig.StartAsync(request, cancel), RigJson.Default.SessionOutcome);
        }

        object answer = await rig.StartAsync(request with { Cameras = [camera.ToString()] }, cancel);
        return RpcAnswer.OfEither(
            answer is Problem { Code: ProblemCodes.SessionRunning } ? await rig.JoinAsync(camera.ToString(), cancel) : answer,
            RigJson.Default.SessionOutcome
        );
    }

    public async Task<RpcAnswer> StopAsync(RpcContext call, CancellationToken cancel) =>
        RpcAnswer.OfEither(
            call.Parameters.OptionalCamera(rig.NodeId) is { } camera
                ? await rig.LeaveAsync(camera.ToString(), cancel)
                : await rig.StopAsync(call.Parameters.As(RigJson.Default.StopSession), cancel),
            RigJson.Default.SessionOutcome
        );

    public async Task<RpcAnswer> MarkAsync(RpcContext call, CancellationToken cancel)
    {
        string name = call.Parameters.Text("name") ?? throw new RpcParameterException("name is missing.");
        AddMark mark = new() { Name = name, At = call.Parameters.Instant("at") };
        return RpcAnswer.OfEither(await rig.MarkAsync(mark, cancel), RigJson.Default.Mark);
    }
}
