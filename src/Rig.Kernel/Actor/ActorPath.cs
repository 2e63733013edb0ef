using System.Buffers;
using System.Globalization;
using System.Text;

namespace Akka.Actor;

/// <summary>
/// Where an actor is: address, then names from the root down. Equality ignores the incarnation (<see cref="Uid"/>), which
/// references compare themselves.
/// </summary>
public abstract class ActorPath : IEquatable<ActorPath>, IComparable<ActorPath>
{
    /// <summary>The incarnation of a path that names any.</summary>
    internal const long UndefinedUid = 0;

    /// <summary>What a name may hold besides ASCII letters and digits; <c>$</c> not in front, since generated names begin with it.</summary>
    public const string ValidSymbols = "\"-_.*$+:@&=,!~';()";

    private static readonly SearchValues<char> s_validCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + ValidSymbols
    );

    private readonly ActorPath? _parent;
    private readonly Address? _address;

    /// <summary>Of a root.</summary>
    protected ActorPath(Address address, string name)
    {
        _address = address;
        Name = name;
    }

    /// <summary>Of a child.</summary>
    protected ActorPath(ActorPath parentPath, string name, long uid)
    {
        ArgumentNullException.ThrowIfNull(parentPath);
        _parent = parentPath;
        Name = name;
        Uid = uid;
        Depth = parentPath.Depth + 1;
    }

    /// <summary>The system's address.</summary>
    public Address Address => Root._address!;

    /// <summary>How many names stand between here and the root.</summary>
    public int Depth { get; }

    /// <summary>The names from the root down.</summary>
    public IReadOnlyList<string> Elements
    {
        get
        {
            var elements = new string[Depth];
            var path = this;
            for (var i = Depth - 1; i >= 0; i--)
            {
                elements[i] = path.Name;
                path = path._parent!;
            }
            return elements;
        }
    }

    /// <summary>The last name.</summary>
    public string Name { get; }

    /// <summary>The parent's path; a root is its own parent.</summary>
    public ActorPath Parent => _parent ?? this;

    /// <summary>The root's path.</summary>
    public ActorPath Root
    {
        get
        {
            var path = this;
            while (path._parent is { } parent)
            {
                path = parent;
            }
            return path;
        }
    }

    /// <summary>Which of the actors that live one after the other at this path; zero for any of them.</summary>
    public long Uid { get; }

    /// <summary>The path of a child, of any incarnation.</summary>
    public ActorPath Child(string childName) => new ChildActorPath(this, childName, UndefinedUid);

    /// <summary>The ancestor at a depth, counted from here upwards when negative.</summary>
    public ActorPath ParentOf(int depth)
    {
        var wanted = depth >= 0 ? depth : Math.Max(0, Depth + depth);
        var path = this;
        while (path.Depth > wanted)
        {
            path = path._parent!;
        }
        return path;
    }

    /// <summary>The same path for another incarnation.</summary>
    public ActorPath WithUid(long uid) => _parent is null || uid == Uid ? this : new ChildActorPath(_parent, Name, uid);

    /// <summary>The path of a child.</summary>
    public static ActorPath operator /(ActorPath path, string name) => path.Child(name);

    /// <summary>The path of a descendant.</summary>
    public static ActorPath operator /(ActorPath path, IEnumerable<string> name) =>
        name.Where(static element => element.Length > 0).Aggregate(path, static (parent, element) => parent.Child(element));

    /// <summary>True for a name that an actor may be given.</summary>
    public static bool IsValidPathElement(string s) =>
        !string.IsNullOrEmpty(s) && s[0] != '$' && !s.AsSpan().ContainsAnyExcept(s_validCharacters);

    /// <summary>The names as a path.</summary>
    public static string FormatPathElements(IEnumerable<string> pathElements) => "/" + string.Join('/', pathElements);

    /// <summary>Reads a path with its address.</summary>
    /// <exception cref="UriFormatException">It is not an absolute path.</exception>
    public static ActorPath Parse(string path) =>
        TryParse(path, out var parsed) ? parsed! : throw new UriFormatException($"Can not parse an ActorPath: {path}");

    /// <summary>Reads a path with its address; the incarnation stands behind <c>#</c>.</summary>
    public static bool TryParse(string path, out ActorPath? actorPath)
    {
        actorPath = null;
        if (!Address.TryParse(path, out var address, out var names))
        {
            return false;
        }
        var uid = UndefinedUid;
        var hash = names!.LastIndexOf('#');
        if (hash >= 0 && !long.TryParse(names.AsSpan(hash + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out uid))
        {
            return false;
        }
        actorPath = new RootActorPath(address!) / (hash < 0 ? names : names[..hash]).Split('/');
        actorPath = actorPath.WithUid(uid);
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(ActorPath? other)
    {
        if (other is null || Depth != other.Depth)
        {
            return false;
        }
        for (ActorPath? left = this, right = other; left is not null; left = left._parent, right = right!._parent)
        {
            if (ReferenceEquals(left, right))
            {
                return true;
            }
            if (!string.Equals(left.Name, right!.Name, StringComparison.Ordinal))
            {
                return false;
            }
        }
        return Address.Equals(other.Address);
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ActorPath other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = Address.GetHashCode();
        for (var path = this; path is not null; path = path._parent)
        {
            hash = HashCode.Combine(hash, path.Name);
        }
        return hash;
    }

    /// <inheritdoc/>
    public int CompareTo(ActorPath? other) => other is null ? 1 : string.CompareOrdinal(ToString(), other.ToString());

    /// <summary>Compares by value, without the incarnation.</summary>
    public static bool operator ==(ActorPath? left, ActorPath? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Compares by value, without the incarnation.</summary>
    public static bool operator !=(ActorPath? left, ActorPath? right) => !(left == right);

    /// <summary>The path with its address.</summary>
    public override string ToString() => ToStringWithAddress();

    /// <summary>The path with its address.</summary>
    public string ToStringWithAddress() => ToStringWithAddress(Address);

    /// <summary>The path with this address unless it has one with a host.</summary>
    public string ToStringWithAddress(Address address)
    {
        var shown = Address.HasGlobalScope ? Address : address;
        return $"{shown}{ToStringWithoutAddress()}";
    }

    /// <summary>The path with its address and incarnation.</summary>
    public string ToStringWithUid() => ToSerializationFormat();

    /// <summary>The path with its address and incarnation, as another process would need it.</summary>
    public string ToSerializationFormat() => ToSerializationFormatWithAddress(Address);

    /// <summary>The path with this address and its incarnation.</summary>
    public string ToSerializationFormatWithAddress(Address address) =>
        Uid == UndefinedUid
            ? ToStringWithAddress(address)
            : string.Create(CultureInfo.InvariantCulture, $"{ToStringWithAddress(address)}#{Uid}");

    /// <summary>The names only.</summary>
    public string ToStringWithoutAddress()
    {
        if (_parent is null)
        {
            return Name.StartsWith('/') ? Name : "/" + Name;
        }
        var text = new StringBuilder();
        foreach (var element in Elements)
        {
            text.Append('/').Append(element);
        }
        return text.ToString();
    }
}

/// <summary>The path of a system's root.</summary>
public sealed class RootActorPath(Address address, string name = "") : ActorPath(address, name);

/// <summary>The path of any other actor.</summary>
public sealed class ChildActorPath(ActorPath parentPath, string name, long uid) : ActorPath(parentPath, name, uid);
