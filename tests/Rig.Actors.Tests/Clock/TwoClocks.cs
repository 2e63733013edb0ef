using Rig.Cluster;
using Rig.Contracts.Cluster;

namespace Rig.Actors.Tests.Clock;

/// <summary>A rig of this node and the coordinator's, as far as a clock needs one: the other's clock is behind by a given time, and the way takes none.</summary>
internal sealed class TwoClocks(TimeProvider time, string leader) : ICluster, IMembership, ILeadership, IRemote
{
    public TimeSpan OtherIsBehind { get; set; }

    public bool Reachable { get; set; } = true;

    public string Leader { get; set; } = leader;

    public int Asked { get; private set; }

    public Func<FromNode, CancellationToken, Task<RemoteMessage?>>? Handler { get; private set; }

    public Member Self => Node("CAM_L");

    public IMembership Members => this;

    public ILeadership Leadership => this;

    public ISharedState State => throw new NotSupportedException("A clock writes nothing.");

    public IRemote Remote => this;

    IReadOnlyList<MemberView> IMembership.Current =>
        [.. new[] { "CAM_L", "CAM_C" }.Select(id => new MemberView(Node(id), MemberState.Up, true, time.GetUtcNow()))];

    LeaderChanged ILeadership.Current => new(Leader, new FencingToken(1));

    public Task<RemoteMessage> AskAsync(string nodeId, string path, RemoteMessage message, TimeSpan timeout, CancellationToken cancel)
    {
        Asked++;
        DateTimeOffset there = time.GetUtcNow() - OtherIsBehind;
        return Reachable && path == "clock" && message is AskTime ask
            ? Task.FromResult<RemoteMessage>(new TimeAnswer(ask.Sent, there, there))
            : Task.FromException<RemoteMessage>(new UnreachableException(nodeId, "the test cut it off"));
    }

    public IDisposable Handle(string path, Func<FromNode, CancellationToken, Task<RemoteMessage?>> handler)
    {
        Handler = path == "clock" ? handler : null;
        return new MemoryStream();
    }

    public IDisposable Subscribe(Action<ClusterEvent> listener) => throw new NotSupportedException();

    public IDisposable Stand(Action<LeadershipEvent> listener) => throw new NotSupportedException();

    public Task ResignAsync(CancellationToken cancel) => throw new NotSupportedException();

    public void Tell(string nodeId, string path, RemoteMessage message) => throw new NotSupportedException();

    public void Broadcast(string path, RemoteMessage message) => throw new NotSupportedException();

    public Task StartAsync(CancellationToken cancel) => throw new NotSupportedException();

    public void Announce(IReadOnlyList<string> cameras) => throw new NotSupportedException();

    public Task LeaveAsync(CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Member Node(string id) =>
        new()
        {
            NodeId = id,
            LinkAddress = "https://127.0.0.1:1",
            HttpAddress = "http://127.0.0.1:1",
            Incarnation = Guid.Empty,
            Version = "0.1.0",
            Since = time.GetUtcNow(),
        };
}
