using System.Text;
using Rig.Cluster.Embedded;
using Rig.Cluster.Tests.Contract;

namespace Rig.Cluster.Tests.Embedded;

public sealed class EmbeddedContractTests : OneNodeContract
{
    protected override Task<ClusterFixture> CreateFixtureAsync() => Task.FromResult<ClusterFixture>(new EmbeddedFixture());
}

/// <summary>What the file of a node alone does beyond the contract.</summary>
public sealed class EmbeddedTests : IAsyncLifetime, IAsyncDisposable
{
    private static readonly WriteGuard Anyhow = new();

    private readonly EmbeddedFixture _rig = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    ValueTask IAsyncDisposable.DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Documents_and_revisions_survive_a_restart_and_changes_can_be_watched_over_it()
    {
        EmbeddedCluster first = await StartAsync("A");
        long revision = await PutAsync(first, "sessions/S1", "one");
        await PutAsync(first, "sessions/S1", "two");
        await first.DisposeAsync();

        EmbeddedCluster second = await StartAsync("A");

        Assert.Equal("two", Encoding.UTF8.GetString((await second.State.GetAsync("sessions/S1", default))!.Value!.Value.Span));
        Assert.True(await PutAsync(second, "sessions/S2", "x") > revision + 1);
        using StateWatch watch = new(second, "sessions/", revision);
        await _rig.UntilAsync(() => watch.Seen.Count == 2, "both later changes are seen");
    }

    [Fact]
    public async Task Only_the_newest_changes_are_kept()
    {
        EmbeddedCluster node = _rig.Open("A", keepChanges: 5);
        await node.StartAsync(default);
        long first = await PutAsync(node, "a", "0");
        for (int number = 0; number < 10; number++)
        {
            await PutAsync(node, "a", $"{number}");
        }

        using StateWatch old = new(node, "", first);
        await _rig.UntilAsync(() => old.Ended, "the watch ends");
        long oldest = Assert.IsType<RevisionCompactedException>(old.Error).Oldest;
        using StateWatch recent = new(node, "", oldest);
        await _rig.UntilAsync(() => recent.Seen.Count == 5, "five changes are kept");
    }

    [Fact]
    public async Task A_watch_reads_more_changes_than_fit_a_page()
    {
        EmbeddedCluster node = await StartAsync("A");
        for (int number = 0; number < 250; number++)
        {
            await PutAsync(node, "a", $"{number}");
        }

        using StateWatch watch = new(node, "", 0);
        await _rig.UntilAsync(() => watch.Seen.Count == 250, "all changes are seen");
        Assert.Equal(
            Enumerable.Range(0, 250).Select(number => $"{number}"),
            watch.Seen.Select(entry => Encoding.UTF8.GetString(entry.Value!.Value.Span))
        );
    }

    [Theory]
    [InlineData("not a database at all, but long enough to look like a file that somebody wrote by mistake")]
    [InlineData("")]
    public async Task A_damaged_file_is_kept_aside_and_an_empty_one_begins(string tail)
    {
        EmbeddedCluster first = await StartAsync("A");
        await PutAsync(first, "a", new string('x', 100_000));
        FencingToken before = first.Leadership.Current.Token!.Value;
        await first.DisposeAsync();
        byte[] damaged = await File.ReadAllBytesAsync(_rig.FileOf("A"));
        damaged.AsSpan(tail.Length == 0 ? 4096 : 0).Fill((byte)'#');
        await File.WriteAllBytesAsync(_rig.FileOf("A"), damaged);

        EmbeddedCluster second = await StartAsync("A");

        Assert.NotNull(second.DamagedFile);
        Assert.Equal(damaged, await File.ReadAllBytesAsync(second.DamagedFile));
        Assert.Null(await second.State.GetAsync("a", default));
        await PutAsync(second, "a", "new");
        Assert.True(second.Leadership.Current.Token >= before);
    }

    [Fact]
    public async Task A_sound_file_is_not_set_aside() => Assert.Null((await StartAsync("A")).DamagedFile);

    [Fact]
    public async Task Who_resigns_alone_leads_again_with_a_higher_token()
    {
        EmbeddedCluster node = await StartAsync("A");
        FencingToken before = node.Leadership.Current.Token!.Value;

        await node.Leadership.ResignAsync(default);

        Assert.True(node.Leadership.Current.Token > before);
        Assert.IsType<WriteResult.Fenced>(await node.State.WriteAsync("a", new byte[] { 1 }, new WriteGuard(before), default));
    }

    [Fact]
    public async Task After_leaving_nothing_is_written_and_watches_end()
    {
        EmbeddedCluster node = await StartAsync("A");
        using StateWatch watch = new(node, "", 0);

        await node.LeaveAsync(default);

        await Assert.ThrowsAsync<ClusterAwayException>(() => PutAsync(node, "a", "1"));
        await _rig.UntilAsync(() => watch.Ended, "the watch ends");
        Assert.IsType<ClusterAwayException>(watch.Error);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named_with_the_remedy()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetDirectoryName(_rig.FileOf("A"))!)!);
        File.WriteAllText(Path.GetDirectoryName(_rig.FileOf("A"))!, "a file where the folder should be");
        IOException error = Assert.ThrowsAny<IOException>(() => _rig.Open("A"));
        Assert.Contains("state", error.Message, StringComparison.Ordinal);
    }

    private async Task<EmbeddedCluster> StartAsync(string nodeId)
    {
        EmbeddedCluster node = _rig.Open(nodeId);
        await node.StartAsync(default);
        return node;
    }

    private static async Task<long> PutAsync(EmbeddedCluster node, string key, string value) =>
        Assert.IsType<WriteResult.Written>(await node.State.WriteAsync(key, Encoding.UTF8.GetBytes(value), Anyhow, default)).Revision;
}
