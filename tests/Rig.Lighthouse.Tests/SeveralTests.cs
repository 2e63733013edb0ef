using System.Diagnostics;
using System.Text;
using Rig.Cluster.Etcd;
using Rig.Cluster.Joining;
using Rig.Lighthouse.Setup;
using Rig.Lighthouse.Tests.Support;

namespace Rig.Lighthouse.Tests;

/// <summary>Three lighthouses of one rig.</summary>
public sealed class SeveralTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Three_lighthouses_survive_the_death_of_one_which_is_replaced_by_command()
    {
        await using RunningLighthouse one = await RunningLighthouse.StartAsync(_folder["one"], "one");
        await using RunningLighthouse two = await JoinAsync(one, "two");
        RunningLighthouse three = await JoinAsync(one, "three");
        await Wait.UntilAsync(
            () => one.Host.Facts.Status().Members is { Count: 3 } all && all.All(member => member.Votes),
            "all three vote"
        );
        Assert.Equal(await File.ReadAllTextAsync(one.CaFile), await File.ReadAllTextAsync(three.CaFile));
        await one.Etcd.PutAsync("/before", "1"u8.ToArray(), default);

        await three.DisposeAsync();
        await two.Etcd.PutAsync("/after", "2"u8.ToArray(), default);
        Assert.Equal("2", Encoding.UTF8.GetString((await one.Etcd.GetAsync("/after", default))!.Value.Span));

        string token = (await Tool.OutputAsync(Tool.Lighthouse, "lighthouse", "replace", "three", "--data", one.Data)).Trim();
        await Wait.UntilAsync(() => one.Host.Facts.Status().Members.Count == 2, "the dead one is out");
        LighthouseOptions options = RunningLighthouse.Options(_folder["three-again"], "three") with { Join = two.Discovery, Token = token };
        await using RunningLighthouse again = await RunningLighthouse.StartAsync(options);
        Assert.Equal("1", Encoding.UTF8.GetString((await again.Etcd.GetAsync("/before", default))!.Value.Span));

        EtcdOptions onlyTheFirst = again.Etcd.Options with { Endpoints = one.Etcd.Options.Endpoints, CallLimit = Wait.Limit };
        using EtcdClient knewOnlyTheFirst = new(onlyTheFirst, TimeProvider.System);
        Assert.Equal(3, (await knewOnlyTheFirst.LearnEndpointsAsync(default)).Count);
        await one.DisposeAsync();
        await again.Etcd.PutAsync("/without-the-first", "3"u8.ToArray(), default);
        Assert.NotNull(await knewOnlyTheFirst.GetAsync("/without-the-first", default));
        using TemporaryFolder node = new();
        JoinToken camera = await again.TokenAsync();
        RigFile facts = await again.JoinAsync(camera, "CAM_L", node["identity"]);
        Assert.Equal(3, facts.EtcdEndpoints.Count);
        Assert.Equal(3, facts.Lighthouses.Count);
    }

    [Fact]
    public async Task A_lighthouse_that_was_let_in_and_never_started_stops_nothing_and_makes_room()
    {
        await using RunningLighthouse one = await RunningLighthouse.StartAsync(_folder["first"], "one");
        LighthouseOptions lost = RunningLighthouse.Options(_folder["lost"], "lost") with
        {
            Join = one.Discovery,
            Token = (await one.TokenAsync(JoinRole.Lighthouse)).ToString(),
            EtcdProgram = "/nowhere/etcd",
        };
        await using (
            await LighthouseHost.StartAsync(
                lost,
                TimeProvider.System,
                Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance,
                default
            )
        )
        {
            await one.Etcd.PutAsync("/still", "works"u8.ToArray(), default);
        }

        await using RunningLighthouse two = await JoinAsync(one, "two");
        Assert.Equal(2, (await one.Etcd.ListMembersAsync(default)).Members.Count);
    }

    private async Task<RunningLighthouse> JoinAsync(RunningLighthouse first, string name)
    {
        JoinToken token = await first.TokenAsync(JoinRole.Lighthouse);
        LighthouseOptions options = RunningLighthouse.Options(_folder[name], name) with
        {
            Join = first.Discovery,
            Token = token.ToString(),
        };
        return await RunningLighthouse.StartAsync(options);
    }
}
