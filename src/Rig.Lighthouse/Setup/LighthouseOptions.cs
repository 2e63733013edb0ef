namespace Rig.Lighthouse.Setup;

/// <summary>How one lighthouse runs. Each value is a flag of <c>rig lighthouse</c> and a line of its file.</summary>
internal sealed record LighthouseOptions
{
    /// <summary>Holds everything that must survive: CA, etcd's data, snapshots.</summary>
    public required string Data { get; init; }

    /// <summary>Name of this lighthouse, the same as its member's in etcd. Fixed at the first start.</summary>
    public required string Name { get; init; }

    /// <summary>Id of a new rig; null makes one. Fixed at the first start.</summary>
    public string? Rig { get; init; }

    /// <summary>Host names or IP addresses under which others reach this computer; the first one is told to them.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>IP address to listen on.</summary>
    public string Listen { get; init; } = "0.0.0.0";
    public Ports Ports { get; init; } = Ports.Default;
    public EtcdProfile Profile { get; init; } = EtcdProfile.Wired;
    public string EtcdProgram { get; init; } = "etcd";
    public string EtcdctlProgram { get; init; } = "etcdctl";

    /// <summary>
    /// Largest database, bytes. A rig's state is about 1 MB; etcd keeps an hour of history, so 256 MB is out of reach unless something writes in a loop.
    /// </summary>
    public long Quota { get; init; } = 256L << 20;

    /// <summary>Snapshots kept; older ones are deleted.</summary>
    public int SnapshotsKept { get; init; } = 7;

    /// <summary>
    /// Joins and renewals from one address. A rig of 25 nodes behind one address joins within a minute; secrets cannot be guessed, so this keeps load away.
    /// </summary>
    public int JoinsAMinute { get; init; } = 60;

    /// <summary>Whether the multicast beacon answers.</summary>
    public bool Beacon { get; init; }

    /// <summary>First start only: an existing rig's lighthouse to join.</summary>
    public Uri? Join { get; init; }

    /// <summary>For <see cref="Join"/>.</summary>
    public string? Token { get; init; }
}

/// <summary>TCP ports; 0 is chosen at the first start and then kept, because the others know it.</summary>
internal sealed record Ports(int Discovery, int Join, int Client, int Peer)
{
    public static Ports Default { get; } = new(9110, 9112, 2379, 2380);
}

/// <summary>
/// etcd's heartbeat and election times. Wired: etcd's own defaults. Wifi: a busy access point holds packets for up to a few hundred milliseconds, which must not
/// end a leader; an election then takes up to 6 s, within the 10 s in which a rig finds its coordinator again.
/// </summary>
internal sealed record EtcdProfile(string Name, TimeSpan Heartbeat, TimeSpan Election)
{
    public static EtcdProfile Wired { get; } = new("wired", TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(1000));
    public static EtcdProfile Wifi { get; } = new("wifi", TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(3000));

    public static EtcdProfile Parse(string name) => name == Wifi.Name ? Wifi : Wired;
}
