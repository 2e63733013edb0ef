using System.Runtime.Versioning;
using Rig.Cluster.Joining;
using Rig.Cluster.TestKit.Identities;

namespace Rig.Cluster.Tests.Joining;

public sealed class NodeIdentityTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void What_joining_wrote_is_read_with_its_key()
    {
        using NodeIdentity identity = Load(_authority.Folder("CAM_L"));
        Assert.Equal(("test", "CAM_L"), (identity.RigId, identity.NodeId));
        Assert.True(identity.Certificate.HasPrivateKey);
        Assert.Single(identity.Authority);
    }

    [Fact]
    public void A_folder_without_any_of_the_files_is_no_identity()
    {
        string folder = _authority.Folder("CAM_L");
        Assert.True(NodeIdentity.Exists(folder));
        Assert.False(NodeIdentity.Exists(Path.Combine(folder, "none")));
    }

    [Theory]
    [InlineData(NodeIdentity.AuthorityFile)]
    [InlineData(NodeIdentity.CertificateFile)]
    [InlineData(NodeIdentity.KeyFile)]
    [InlineData(NodeIdentity.FactsFile)]
    public void A_missing_or_garbled_file_is_named_with_the_remedy(string file)
    {
        string folder = _authority.Folder("CAM_L");
        string path = Path.Combine(folder, file);
        File.WriteAllText(path, "-----BEGIN NONSENSE-----");
        Assert.Contains("rig node --join", Refusal(folder), StringComparison.Ordinal);
        File.Delete(path);
        Assert.Contains(path, Refusal(folder), StringComparison.Ordinal);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public void A_key_that_others_may_read_is_refused()
    {
        string folder = _authority.Folder("CAM_L");
        string key = Path.Combine(folder, NodeIdentity.KeyFile);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Contains($"chmod 600 {key}", Refusal(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        string folder = _authority.Folder("CAM_L");
        string other = _authority.Folder("CAM_L");
        File.Copy(Path.Combine(other, NodeIdentity.KeyFile), Path.Combine(folder, NodeIdentity.KeyFile), overwrite: true);
        Assert.Contains("cannot be read", Refusal(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void An_expired_certificate_is_refused() =>
        Assert.Contains("out of its time", Refusal(_authority.Folder("CAM_L", expired: true)), StringComparison.Ordinal);

    [Fact]
    public void A_certificate_of_another_rig_is_refused()
    {
        using TestAuthority foreign = new("Another rig");
        string folder = _authority.Folder("CAM_L");
        File.WriteAllText(Path.Combine(folder, NodeIdentity.AuthorityFile), foreign.RootPem);
        Assert.Contains("of another rig", Refusal(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_of_another_node_is_refused() =>
        Assert.Contains("of CAM_R", Refusal(_authority.Folder("CAM_L", commonName: "CAM_R")), StringComparison.Ordinal);

    private static NodeIdentity Load(string folder) => NodeIdentity.Load(folder, TimeProvider.System);

    private static string Refusal(string folder) => Assert.Throws<IdentityException>(() => Load(folder)).Message;
}
