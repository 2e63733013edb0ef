using System.Text;

namespace Rig.Cluster.Etcd;

/// <summary>The rig's keys in etcd. What the adapter itself keeps there is hidden from the shared state.</summary>
internal sealed class RigKeys(string rigId)
{
    private const string Coordination = "coordinator";
    private const string MembersFolder = "members/";

    /// <summary>Before all keys of the rig.</summary>
    public string Root { get; } = $"/rig/{rigId}/";

    /// <summary>Exists while a node leads, on that node's lease. Its create revision is the fencing token.</summary>
    public string Coordinator => Root + Coordination;

    public string Members => Root + MembersFolder;

    /// <summary>One range over the coordinator and all members, so that one watch tells both in order; holds few other keys.</summary>
    public EtcdRange Own => new() { Key = Coordinator, RangeEnd = EtcdKeys.PrefixEnd(Members) };

    public string Member(string nodeId) => Members + nodeId;

    /// <summary>Null when the key is not a member's.</summary>
    public string? NodeOf(string key) => key.StartsWith(Members, StringComparison.Ordinal) ? key[Members.Length..] : null;

    /// <exception cref="ArgumentException">It belongs to the adapter.</exception>
    public string Shared(string key) =>
        IsOwn(key) ? throw new ArgumentException($"The key {key} belongs to the cluster itself.", nameof(key)) : Root + key;

    public bool IsShared(EtcdKeyValue entry) => !IsOwn(Relative(entry));

    public string Relative(EtcdKeyValue entry) => entry.Key[Root.Length..];

    public EtcdRange Under(string prefix) => EtcdRange.Prefix(Root + prefix);

    public static ReadOnlyMemory<byte> Text(string nodeId) => Encoding.UTF8.GetBytes(nodeId);

    private static bool IsOwn(string key) =>
        string.Equals(key, Coordination, StringComparison.Ordinal) || key.StartsWith(MembersFolder, StringComparison.Ordinal);
}
