namespace Akka.Actor;

/// <summary>What a supervisor does about a failing child.</summary>
public enum Directive
{
    /// <summary>Let it go on with the next message, its state as it is.</summary>
    Resume = 0,

    /// <summary>Replace the instance, keep mailbox and reference.</summary>
    Restart = 1,

    /// <summary>Fail oneself with the same exception.</summary>
    Escalate = 2,

    /// <summary>Stop it.</summary>
    Stop = 3,
}

/// <summary>Writing deciders down.</summary>
public static class DirectiveExtensions
{
    /// <summary>Pairs a directive with the exception it is for.</summary>
    public static KeyValuePair<Type, Directive> When<TException>(this Directive self)
        where TException : Exception => new(typeof(TException), self);
}

/// <summary>Maps exceptions to directives.</summary>
public interface IDecider
{
    /// <summary>What to do about this exception.</summary>
    Directive Decide(Exception cause);
}

/// <summary>A decider that is a function.</summary>
public class LocalOnlyDecider(Func<Exception, Directive> decider) : IDecider
{
    /// <inheritdoc/>
    public Directive Decide(Exception cause) => decider(cause);
}

/// <summary>A decider that is a table; the first type that fits counts.</summary>
public class DeployableDecider : IDecider
{
    /// <summary>A table with what to do about all other exceptions.</summary>
    public DeployableDecider(Directive defaultDirective, IEnumerable<KeyValuePair<Type, Directive>> pairs)
        : this(defaultDirective, [.. pairs]) { }

    /// <summary>A table with what to do about all other exceptions.</summary>
    public DeployableDecider(Directive defaultDirective, params KeyValuePair<Type, Directive>[] pairs)
    {
        DefaultDirective = defaultDirective;
        Pairs = pairs;
    }

    /// <summary>For exceptions of no listed type.</summary>
    public Directive DefaultDirective { get; }

    /// <summary>The table.</summary>
    public KeyValuePair<Type, Directive>[] Pairs { get; }

    /// <inheritdoc/>
    public Directive Decide(Exception cause)
    {
        foreach (var (type, directive) in Pairs)
        {
            if (type.IsInstanceOfType(cause))
            {
                return directive;
            }
        }
        return DefaultDirective;
    }
}

/// <summary>Makes deciders.</summary>
public static class Decider
{
    /// <summary>From a table.</summary>
    public static DeployableDecider From(Directive defaultDirective, params KeyValuePair<Type, Directive>[] pairs) =>
        new(defaultDirective, pairs);

    /// <summary>From a table.</summary>
    public static DeployableDecider From(Directive defaultDirective, IEnumerable<KeyValuePair<Type, Directive>> pairs) =>
        new(defaultDirective, pairs);

    /// <summary>From a function.</summary>
    public static LocalOnlyDecider From(Func<Exception, Directive> localOnlyDecider) => new(localOnlyDecider);
}
