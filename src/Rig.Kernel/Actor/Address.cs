using System.Globalization;

namespace Akka.Actor;

/// <summary>Which system a path belongs to: <c>protocol://system</c>, with <c>@host:port</c> when it is not this process's own.</summary>
public sealed class Address(string protocol, string system, string? host = null, int? port = null)
    : IEquatable<Address>,
        IComparable<Address>,
        IComparable
{
    /// <summary>Of what belongs to no system in particular.</summary>
    public static readonly Address AllSystems = new("akka", "all-systems");

    /// <summary>Transport, <c>akka</c> for local ones.</summary>
    public string Protocol { get; } = protocol;

    /// <summary>The system's name.</summary>
    public string System { get; } = system;

    /// <summary>Host, null for local addresses.</summary>
    public string? Host { get; } = host;

    /// <summary>Port, null for local addresses.</summary>
    public int? Port { get; } = port;

    /// <summary>True without a host.</summary>
    public bool HasLocalScope => string.IsNullOrEmpty(Host);

    /// <summary>True with a host.</summary>
    public bool HasGlobalScope => !HasLocalScope;

    /// <summary>The address without its protocol.</summary>
    public string HostPort() => ToString()[(Protocol.Length + 3)..];

    /// <summary>The same with another host.</summary>
    public Address WithHost(string? host = null) => new(Protocol, System, host, Port);

    /// <summary>The same with another port.</summary>
    public Address WithPort(int? port = null) => new(Protocol, System, Host, port);

    /// <summary>The same with another protocol.</summary>
    public Address WithProtocol(string protocol) => new(protocol, System, Host, Port);

    /// <summary>The same with another system.</summary>
    public Address WithSystem(string system) => new(Protocol, system, Host, Port);

    /// <inheritdoc/>
    public bool Equals(Address? other) =>
        ReferenceEquals(this, other)
        || other is not null && Protocol == other.Protocol && System == other.System && Host == other.Host && Port == other.Port;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Address other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Protocol, System, Host, Port);

    /// <inheritdoc/>
    public int CompareTo(Address? other) => string.CompareOrdinal(ToString(), other?.ToString());

    int IComparable.CompareTo(object? obj) =>
        obj is null or Address ? CompareTo(obj as Address) : throw new ArgumentException("Object must be of type Address.", nameof(obj));

    /// <inheritdoc/>
    public override string ToString() =>
        HasLocalScope ? $"{Protocol}://{System}"
        : Port is { } port ? string.Create(CultureInfo.InvariantCulture, $"{Protocol}://{System}@{Host}:{port}")
        : $"{Protocol}://{System}@{Host}";

    /// <summary>Compares by value.</summary>
    public static bool operator ==(Address? left, Address? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Compares by value.</summary>
    public static bool operator !=(Address? left, Address? right) => !(left == right);

    /// <summary>Reads <c>akka://system</c> or <c>akka.tcp://system@host:port</c>, ignoring a path behind it.</summary>
    /// <exception cref="UriFormatException">It is not an address.</exception>
    public static Address Parse(string address) =>
        TryParse(address, out var parsed) ? parsed! : throw new UriFormatException($"Can not parse an ActorPath's address: {address}");

    /// <summary>Reads an address, ignoring a path behind it.</summary>
    public static bool TryParse(string path, out Address? address) => TryParse(path, out address, out _);

    /// <summary>Reads an address and gives the path behind it, <c>/</c> when there is none.</summary>
    public static bool TryParse(string path, out Address? address, out string? absolutUri)
    {
        address = null;
        absolutUri = null;
        var scheme = path?.IndexOf("://", StringComparison.Ordinal) ?? -1;
        if (scheme <= 0)
        {
            return false;
        }
        var start = scheme + 3;
        var slash = path!.IndexOf('/', start);
        var authority = slash < 0 ? path[start..] : path[start..slash];
        absolutUri = slash < 0 ? "/" : path[slash..];
        return TryParseAuthority(path[..scheme], authority, out address);
    }

    private static bool TryParseAuthority(string protocol, string authority, out Address? address)
    {
        address = null;
        var at = authority.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
        {
            address = new Address(protocol, authority);
            return authority.Length > 0 && !authority.Contains(':', StringComparison.Ordinal);
        }
        var host = authority[(at + 1)..];
        var colon = host.LastIndexOf(':');
        if (at == 0 || colon <= 0 || !int.TryParse(host[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return false;
        }
        address = new Address(protocol, authority[..at], host[..colon], port);
        return port <= ushort.MaxValue;
    }
}
