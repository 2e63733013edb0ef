namespace Rig.Kernel.Tests.Persistence;

/// <summary>A folder of one test's own.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("rig-journal-").FullName;

    public string File(string name) => Path.Combine(_path, name);

    public IReadOnlyList<string> Names => [.. Directory.EnumerateFiles(_path).Select(file => Path.GetFileName(file)).Order()];

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
