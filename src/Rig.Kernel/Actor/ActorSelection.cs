using Akka.Actor.Internal;

namespace Akka.Actor;

/// <summary>One step of a selection's path.</summary>
public abstract class SelectionPathElement;

/// <summary>The child of a name.</summary>
public class SelectChildName(string name) : SelectionPathElement
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SelectChildName other && Name == other.Name;

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>The children whose names match a pattern of <c>*</c> and <c>?</c>.</summary>
public class SelectChildPattern(string patternStr) : SelectionPathElement
{
    /// <summary>The pattern.</summary>
    public string PatternStr { get; } = patternStr;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SelectChildPattern other && PatternStr == other.PatternStr;

    /// <inheritdoc/>
    public override int GetHashCode() => PatternStr.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => PatternStr;
}

/// <summary>All descendants, <c>**</c>; only as the last step.</summary>
public class SelectChildRecursive : SelectionPathElement
{
    /// <summary>The only one.</summary>
    public static readonly SelectChildRecursive Instance = new();

    /// <inheritdoc/>
    public override string ToString() => "**";
}

/// <summary>The parent, <c>..</c>.</summary>
public class SelectParent : SelectionPathElement
{
    /// <summary>The only one.</summary>
    public static readonly SelectParent Instance = new();

    /// <inheritdoc/>
    public override string ToString() => "..";
}

/// <summary>The actors at a path, looked up anew for every message. What finds nobody is a dead letter.</summary>
public class ActorSelection : ICanTell
{
    /// <summary>From an actor along a path.</summary>
    public ActorSelection(IActorRef anchor, string path)
        : this(anchor, path?.Split('/') ?? []) { }

    /// <summary>From an actor along a path.</summary>
    public ActorSelection(IActorRef anchor, IEnumerable<string> elements)
    {
        Anchor = anchor;
        Path = [.. elements.Where(static element => element.Length > 0 && element != ".").Select(ToElement)];
    }

    /// <summary>From an actor along a path.</summary>
    public ActorSelection(IActorRef anchor, SelectionPathElement[] path)
    {
        Anchor = anchor;
        Path = path;
    }

    /// <summary>Where the path begins.</summary>
    public IActorRef Anchor { get; }

    /// <summary>The steps.</summary>
    public SelectionPathElement[] Path { get; }

    /// <summary>The steps as text.</summary>
    public string PathString => "/" + string.Join('/', (object[])Path);

    void ICanTell.Tell(object message, IActorRef? sender) => Tell(message, sender);

    /// <summary>Sends a message to all actors found; without a sender the running actor is it.</summary>
    public void Tell(object message, IActorRef? sender = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        var from = sender ?? InternalCurrentActorCellKeeper.Current?.Self;
        var found = 0;
        foreach (var actor in Walk(Anchor, 0))
        {
            found++;
            actor.Tell(message, from);
        }
        if (
            found == 0
            && !Path.Any(static element => element is SelectChildPattern or SelectChildRecursive)
            && Anchor is IInternalActorRef { SystemImpl: { } system }
        )
        {
            var path = Anchor.Path / Path.Select(static element => element.ToString()!);
            new DeadLetterActorRef(system, path).Tell(message, from);
        }
    }

    /// <summary>Asks for the reference of the one actor that is there.</summary>
    /// <exception cref="ActorNotFoundException">There is none, or none answers in time.</exception>
    public Task<IActorRef> ResolveOne(TimeSpan timeout) => ResolveOne(timeout, CancellationToken.None);

    /// <summary>Asks for the reference of the one actor that is there.</summary>
    /// <exception cref="ActorNotFoundException">There is none, or none answers in time.</exception>
    public async Task<IActorRef> ResolveOne(TimeSpan timeout, CancellationToken ct)
    {
        ActorIdentity identity;
        try
        {
            identity = await this.Ask<ActorIdentity>(new Identify(this), timeout, ct);
        }
        catch (AskTimeoutException late)
        {
            throw new ActorNotFoundException($"subject was unknown: {this}", late);
        }
        return identity.Subject ?? throw new ActorNotFoundException($"subject was unknown: {this}");
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) =>
        obj is ActorSelection other && Anchor.Equals(other.Anchor) && Path.AsSpan().SequenceEqual(other.Path);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Anchor, Path.Length);

    /// <inheritdoc/>
    public override string ToString() => $"ActorSelection[Anchor({Anchor.Path}), Path({PathString})]";

    private static SelectionPathElement ToElement(string element) =>
        element switch
        {
            ".." => SelectParent.Instance,
            "**" => SelectChildRecursive.Instance,
            _ when element.AsSpan().ContainsAny('*', '?') => new SelectChildPattern(element),
            _ => new SelectChildName(element),
        };

    private IEnumerable<IActorRef> Walk(IActorRef from, int step)
    {
        if (step == Path.Length)
        {
            return [from];
        }
        return Path[step] switch
        {
            SelectParent => Walk(from is IInternalActorRef { Parent: LocalActorRef parent } ? parent : from, step + 1),
            SelectChildName name => ChildOf(from, name.Name) is { } child ? Walk(child, step + 1) : [],
            SelectChildPattern pattern => ChildrenOf(from)
                .Where(child =>
                    global::System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(
                        pattern.PatternStr,
                        child.Path.Name,
                        ignoreCase: false
                    )
                )
                .SelectMany(child => Walk(child, step + 1)),
            _ => Descendants(from),
        };
    }

    private static IEnumerable<IActorRef> Descendants(IActorRef from) =>
        ChildrenOf(from).SelectMany(static child => Descendants(child).Prepend(child));

    private static IEnumerable<IActorRef> ChildrenOf(IActorRef parent) => parent is LocalActorRef local ? local.Cell.GetChildren() : [];

    private static IActorRef? ChildOf(IActorRef parent, string name)
    {
        if (parent is not LocalActorRef local)
        {
            return parent is TemporaryContainer temporary ? temporary.System.FindTemporary(name) : null;
        }
        if (ReferenceEquals(local, local.SystemImpl.Root))
        {
            switch (name)
            {
                case "temp":
                    return new TemporaryContainer(local.SystemImpl);
                case "deadLetters":
                    return local.SystemImpl.DeadLetters;
            }
        }
        return local.Cell.Child(name) is IInternalActorRef child ? child : null;
    }

    /// <summary><c>/temp</c>: whoever waits for an answer.</summary>
    private sealed class TemporaryContainer(ActorSystemImpl system) : InternalActorRef
    {
        public ActorSystemImpl System => system;
        public override ActorPath Path { get; } = system.RootPath / "temp";
        public override ActorSystemImpl SystemImpl => system;
    }
}

/// <summary>Makes selections.</summary>
public static class ActorRefFactoryShared
{
    /// <summary>Of a whole path.</summary>
    public static ActorSelection ActorSelection(ActorPath actorPath, ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(actorPath);
        return new ActorSelection(((ActorSystemImpl)system).Root, actorPath.Elements);
    }

    /// <summary>Of a path with address, from the root, or from <paramref name="lookupRoot"/>.</summary>
    public static ActorSelection ActorSelection(string path, ActorSystem system, IActorRef lookupRoot)
    {
        ArgumentNullException.ThrowIfNull(path);
        var root = ((ActorSystemImpl)system).Root;
        if (Address.TryParse(path, out var address, out var names))
        {
            var own = address!.HasLocalScope && address.System == system.Name;
            return own ? new ActorSelection(root, names!) : new ActorSelection(system.DeadLetters, names!);
        }
        return path.StartsWith('/') ? new ActorSelection(root, path) : new ActorSelection(lookupRoot, path);
    }

    /// <summary>Of a path from an actor.</summary>
    public static ActorSelection ActorSelection(IActorRef anchorActorRef, string path) => new(anchorActorRef, path);
}
