namespace Rig.Lighthouse.Tests.Support;

/// <summary>One lighthouse for all tests of a class that do not disturb each other.</summary>
public sealed class OneLighthouse : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    internal RunningLighthouse Lighthouse { get; private set; } = null!;

    internal string Folder(string name) => _folder[name];

    public async Task InitializeAsync() => Lighthouse = await RunningLighthouse.StartAsync(_folder["lighthouse"]);

    public async Task DisposeAsync() => await Lighthouse.DisposeAsync();

    public void Dispose() => _folder.Dispose();
}
