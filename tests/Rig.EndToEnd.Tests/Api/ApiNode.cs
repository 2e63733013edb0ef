using Rig.EndToEnd.Tests.Support;

namespace Rig.EndToEnd.Tests.Api;

/// <summary>The node that the tests of the interface share, one after the other. Each leaves it without a session.</summary>
public sealed class ApiNode : IAsyncLifetime
{
    public const string Name = "one node, one test at a time";

    internal RunningNode Node { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Node = await RunningNode.StartAsync(
            """
            cam0.source = "test:640x360@25"
            cam1.source = "test:640x360@30?audio=aac"
            """
        );
        await Node.StreamingAsync(logSeconds: 1);
    }

    public Task DisposeAsync() => Node.DisposeAsync().AsTask();
}

[CollectionDefinition(ApiNode.Name)]
public sealed class ApiCollection : ICollectionFixture<ApiNode>;
