using System.Security.Cryptography;
using Rig.Streams.Files;

namespace Rig.Streams.Tests.Files;

public sealed class BackgroundHasherTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rig-hash-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData((1 << 20) + 7)]
    public async Task The_hash_is_that_of_the_whole_file(int length)
    {
        byte[] content = RandomNumberGenerator.GetBytes(length);
        string path = Path.Combine(_folder, "file");
        await File.WriteAllBytesAsync(path, content);
        using BackgroundHasher hasher = new();
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), await hasher.HashAsync(path));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_fails_alone()
    {
        string good = Path.Combine(_folder, "good");
        await File.WriteAllTextAsync(good, "x");
        using BackgroundHasher hasher = new();
        Task<string> missing = hasher.HashAsync(Path.Combine(_folder, "missing"));
        Task<string> hash = hasher.HashAsync(good);
        await Assert.ThrowsAsync<FileNotFoundException>(() => missing);
        Assert.Equal(64, (await hash).Length);
    }

    [Fact]
    public async Task Nothing_waits_for_ever_after_dispose()
    {
        BackgroundHasher hasher = new();
        hasher.Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hasher.HashAsync(Path.Combine(_folder, "any")));
    }
}
