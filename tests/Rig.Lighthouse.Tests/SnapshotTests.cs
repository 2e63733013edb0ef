using System.Text;
using Rig.Cluster.Etcd;
using Rig.Cluster.Joining;
using Rig.Lighthouse.Setup;
using Rig.Lighthouse.Tests.Support;
using Rig.Lighthouse.Upkeep;

namespace Rig.Lighthouse.Tests;

public sealed class SnapshotTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_snapshot_restored_into_a_new_lighthouse_holds_the_keys_and_the_rig()
    {
        string file,
            ca,
            rigId;
        await using (RunningLighthouse old = await RunningLighthouse.StartAsync(_folder["old"]))
        {
            await old.Etcd.PutAsync("/worth/keeping", "yes"u8.ToArray(), default);
            await old.JoinAsync(await old.TokenAsync(), "CAM_L", _folder["identity"]);
            file = (await Tool.OutputAsync(Tool.Lighthouse, "lighthouse", "snapshot", "--data", old.Data)).Trim();
            (ca, rigId) = (await File.ReadAllTextAsync(old.CaFile), old.Facts.RigId);
        }

        string[] ports = ["--discovery-port=0", "--join-port=0", "--etcd-client-port=0", "--etcd-peer-port=0"];
        string[] where = ["--data", _folder["new"], "--name=new", "--listen=127.0.0.1", "--address=127.0.0.1"];
        await Tool.OutputAsync(Tool.Lighthouse, ["lighthouse", "restore", file, .. where, .. ports]);
        await using RunningLighthouse restored = await RunningLighthouse.StartAsync(_folder["new"], "new");
        Assert.Equal("yes", Encoding.UTF8.GetString((await restored.Etcd.GetAsync("/worth/keeping", default))!.Value.Span));
        Assert.Equal((rigId, ca), (restored.Facts.RigId, await File.ReadAllTextAsync(restored.CaFile)));
        JoinToken token = await restored.TokenAsync();
        JoinException taken = await Assert.ThrowsAsync<JoinException>(() => restored.JoinAsync(token, "CAM_L", _folder["again"]));
        Assert.Equal(JoinProblems.IdTaken, taken.Code);
    }

    [Fact]
    public async Task A_first_snapshot_is_taken_by_itself_and_only_the_newest_are_kept()
    {
        LighthouseOptions options = RunningLighthouse.Options(_folder["kept"]) with { SnapshotsKept = 2 };
        await using RunningLighthouse lighthouse = await RunningLighthouse.StartAsync(options);
        await Wait.UntilAsync(() => lighthouse.Host.Facts.Status().LastSnapshot is not null, "the first snapshot is there");
        string[] made = new string[3];
        for (int one = 0; one < made.Length; one++)
        {
            made[one] = (
                await Tool.OutputAsync(Tool.Lighthouse, "lighthouse", "snapshot", "--data", lighthouse.Data, "--keep-snapshots", "2")
            ).Trim();
        }

        string[] left = Directory.GetFiles(Path.Combine(lighthouse.Data, "snapshots"), "*.db");
        Assert.Equal(made[1..].Order(StringComparer.Ordinal), left.Order(StringComparer.Ordinal));
        Assert.Empty(Directory.GetFiles(Path.Combine(lighthouse.Data, "snapshots"), "*.part"));
    }

    [Fact]
    public async Task A_damaged_snapshot_is_refused_and_what_was_there_stays()
    {
        await using (RunningLighthouse lighthouse = await RunningLighthouse.StartAsync(_folder["whole"]))
        {
            await lighthouse.Etcd.PutAsync("/here", "yes"u8.ToArray(), default);
        }

        string damaged = _folder["damaged.db"];
        await File.WriteAllBytesAsync(damaged, new byte[5000]);
        SetupException refused = await Assert.ThrowsAsync<SetupException>(() =>
            Restore.RunAsync(RunningLighthouse.Options(_folder["whole"]), damaged, TimeProvider.System, default)
        );
        Assert.Contains("cannot be restored", refused.Message, StringComparison.Ordinal);
        await using RunningLighthouse again = await RunningLighthouse.StartAsync(_folder["whole"]);
        Assert.NotNull(await again.Etcd.GetAsync("/here", default));
    }
}
