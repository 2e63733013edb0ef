using System.Text;

namespace Rig.Cluster.Tests.Contract;

public abstract partial class OneNodeContract
{
    [Fact]
    public async Task What_was_written_is_read()
    {
        NodeLog node = await StartAsync("A");

        Assert.Null(await GetAsync(node, "sessions/S1"));
        long revision = await PutAsync(node, "sessions/S1", "one");

        StateEntry entry = Assert.IsType<StateEntry>(await GetAsync(node, "sessions/S1"));
        Assert.Equal(("sessions/S1", "one", revision), (entry.Key, Text(entry), entry.Revision));
    }

    [Fact]
    public async Task An_empty_document_is_a_document()
    {
        NodeLog node = await StartAsync("A");
        await PutAsync(node, "empty", "");
        Assert.Equal("", Text(await GetAsync(node, "empty")));
    }

    [Fact]
    public async Task Revisions_grow_over_all_keys()
    {
        NodeLog node = await StartAsync("A");
        long first = await PutAsync(node, "a", "1");
        long second = await PutAsync(node, "b", "1");
        long third = await PutAsync(node, "a", "2");
        Assert.True(first < second && second < third);
        Assert.Equal(third, (await GetAsync(node, "a"))!.Revision);
    }

    [Fact]
    public async Task A_list_has_the_keys_of_its_prefix_in_order_and_its_revision()
    {
        NodeLog node = await StartAsync("A");
        await PutAsync(node, "sessions/b", "2");
        await PutAsync(node, "sessions/a", "1");
        await PutAsync(node, "sessionsx", "no");
        await PutAsync(node, "config/a", "no");
        await PutAsync(node, "sessions/c", "gone");
        long last = await PutAsync(node, "sessions/c", null);

        StateSnapshot list = await ListAsync(node, "sessions/");

        Assert.Equal(["sessions/a=1", "sessions/b=2"], list.Entries.Select(entry => $"{entry.Key}={Text(entry)}"));
        Assert.True(list.Revision >= last);
    }

    [Fact]
    public async Task What_was_deleted_is_gone_and_may_be_written_anew()
    {
        NodeLog node = await StartAsync("A");
        await PutAsync(node, "a", "1");
        await PutAsync(node, "a", null);
        Assert.Null(await GetAsync(node, "a"));
        await PutAsync(node, "a", "2", new WriteGuard(Expected: 0));
        Assert.Equal("2", Text(await GetAsync(node, "a")));
    }

    [Fact]
    public async Task Deleting_what_is_not_there_is_no_error()
    {
        NodeLog node = await StartAsync("A");
        await PutAsync(node, "never", null);
        Assert.Null(await GetAsync(node, "never"));
    }

    [Fact]
    public async Task A_write_that_expects_another_revision_changes_nothing_and_tells_the_present_entry()
    {
        NodeLog node = await StartAsync("A");
        long first = await PutAsync(node, "a", "1", new WriteGuard(Expected: 0));
        long second = await PutAsync(node, "a", "2", new WriteGuard(Expected: first));

        foreach (long wrong in (long[])[0, first, second + 1000])
        {
            WriteResult.Conflict conflict = Assert.IsType<WriteResult.Conflict>(
                await WriteAsync(node, "a", "3", new WriteGuard(Expected: wrong))
            );
            Assert.Equal(("2", second), (Text(conflict.Present), conflict.Present!.Revision));
        }

        Assert.IsType<WriteResult.Conflict>(await WriteAsync(node, "a", null, new WriteGuard(Expected: first)));
        Assert.Null(Assert.IsType<WriteResult.Conflict>(await WriteAsync(node, "b", "1", new WriteGuard(Expected: second))).Present);
        Assert.Equal("2", Text(await GetAsync(node, "a")));
    }

    [Fact]
    public async Task Only_the_leaders_own_token_writes()
    {
        NodeLog node = await StartAsync("A");
        await LeaderAsync(node);
        FencingToken token = node.Leads!.Value;

        await PutAsync(node, "a", "1", new WriteGuard(token));
        foreach (long wrong in (long[])[token.Value - 1, token.Value + 1])
        {
            Assert.IsType<WriteResult.Fenced>(await WriteAsync(node, "a", "2", new WriteGuard(new FencingToken(wrong))));
        }

        Assert.IsType<WriteResult.Conflict>(await WriteAsync(node, "a", "2", new WriteGuard(token, Expected: 0)));
        Assert.Equal("1", Text(await GetAsync(node, "a")));
    }

    [Fact]
    public async Task A_watch_tells_every_change_after_its_revision_and_deletions_too()
    {
        NodeLog node = await StartAsync("A");
        await PutAsync(node, "sessions/a", "0");
        long from = (await ListAsync(node, "sessions/")).Revision;
        await PutAsync(node, "sessions/a", "1");
        using StateWatch watch = new(node.Cluster, "sessions/", from);
        await PutAsync(node, "other", "no");
        await PutAsync(node, "sessions/b", "2");
        long last = await PutAsync(node, "sessions/a", null);

        await Rig.UntilAsync(() => watch.Seen.Count >= 3, "three changes are seen");

        Assert.Equal(["sessions/a=1", "sessions/b=2", "sessions/a="], watch.Seen.Select(entry => $"{entry.Key}={Text(entry)}"));
        Assert.Null(watch.Seen[2].Value);
        Assert.Equal(last, watch.Seen[2].Revision);
    }

    [Fact]
    public async Task A_watch_from_a_revision_that_is_no_longer_kept_ends_and_says_so()
    {
        NodeLog node = await StartAsync("A");
        long first = await PutAsync(node, "a", "1");
        await PutAsync(node, "a", "2");
        long last = await PutAsync(node, "a", "3");
        await Rig.AwaitAsync(Rig.CompactAsync());

        using StateWatch watch = new(node.Cluster, "", first);
        await Rig.UntilAsync(() => watch.Ended, "the watch ends");

        RevisionCompactedException error = Assert.IsType<RevisionCompactedException>(watch.Error);
        Assert.True(error.Oldest > first);
        using StateWatch anew = new(node.Cluster, "", (await ListAsync(node, "")).Revision);
        await PutAsync(node, "a", "4");
        await Rig.UntilAsync(() => anew.Seen.Count == 1, "a watch from the present goes on");
        Assert.True(anew.Seen[0].Revision > last);
    }

    [Fact]
    public async Task A_watch_ends_when_it_is_cancelled()
    {
        NodeLog node = await StartAsync("A");
        StateWatch watch = new(node.Cluster, "", 0);
        watch.Dispose();
        await Rig.UntilAsync(() => watch.Ended, "the watch ends");
        Assert.True(watch.Error is null or OperationCanceledException);
    }

    [Fact]
    public async Task A_document_of_half_a_megabyte_is_carried()
    {
        NodeLog node = await StartAsync("A");
        string large = new('x', 512 * 1024);
        await PutAsync(node, "large", large);
        Assert.Equal(large.Length, Encoding.UTF8.GetByteCount(Text(await GetAsync(node, "large"))!));
    }
}
