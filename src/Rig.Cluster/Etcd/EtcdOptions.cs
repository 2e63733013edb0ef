using System.Security.Cryptography.X509Certificates;

namespace Rig.Cluster.Etcd;

/// <summary>Where the rig's etcd is and how long one waits for it.</summary>
public sealed record EtcdOptions
{
    /// <summary>Client addresses of the members (<c>https://host:2379</c>), the nearest first.</summary>
    public required IReadOnlyList<Uri> Endpoints { get; init; }

    /// <summary>Null over plain http, which only tests use.</summary>
    public EtcdTls? Tls { get; init; }

    /// <summary>Null when etcd asks for no password.</summary>
    public EtcdUser? User { get; init; }

    /// <summary>Until a connection with TLS stands; a host that is off answers nothing at all.</summary>
    public TimeSpan ConnectLimit { get; init; } = TimeSpan.FromMilliseconds(700);

    /// <summary>One try of a call that may be tried again elsewhere. A healthy member answers in milliseconds, on a slow SD card in a few hundred.</summary>
    public TimeSpan AttemptLimit { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>One whole call with all its tries. Longer than an election (1 to 2 s), so that a member's death costs a delay and not an error.</summary>
    public TimeSpan CallLimit { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>A watch that heard nothing for so long is opened anew: the last net below keepalives and the leader's loss.</summary>
    public TimeSpan WatchQuiet { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>An answer, or one message of a stream, with more bytes is an error. etcd's own limit of a request is 1.5 MB, which base64 makes 2 MB.</summary>
    public int MaxAnswerBytes { get; init; } = 16 << 20;

    /// <summary>The limits that go with a lease, the defaults being those of 5 s: one setting makes a node patient with a network that loses and delays much.</summary>
    public EtcdOptions Within(TimeSpan lease) =>
        this with
        {
            ConnectLimit = lease * 0.14,
            AttemptLimit = lease * 0.2,
            CallLimit = lease * 0.8,
        };
}

/// <summary>Mutual TLS: our certificate, and the rig's own authority as the only one that is believed.</summary>
public sealed record EtcdTls(X509Certificate2Collection Authority, X509Certificate2? Client);

public sealed record EtcdUser(string Name, string Password)
{
    /// <summary>Without the password, which must not reach a log.</summary>
    public override string ToString() => Name;
}
