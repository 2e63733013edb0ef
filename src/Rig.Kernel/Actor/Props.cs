using System.Linq.Expressions;
using System.Reflection;

namespace Akka.Actor;

/// <summary>
/// The recipe for an actor: its type, the constructor's arguments, and what the supervisor should know. Immutable; one may
/// serve any number of actors, and a restart uses it again.
/// </summary>
public class Props : IEquatable<Props>
{
    /// <summary>A stash capacity that is none.</summary>
    internal const int UnlimitedStash = -1;

    private readonly IIndirectActorProducer _producer;

    private Props(IIndirectActorProducer producer, object?[] arguments, SupervisorStrategy? strategy, int stashCapacity)
    {
        _producer = producer;
        Arguments = arguments!;
        SupervisorStrategy = strategy;
        StashCapacity = stashCapacity;
    }

    /// <summary>The constructor's arguments.</summary>
    public object[] Arguments { get; }

    /// <summary>The actor's type.</summary>
    public Type Type => _producer.ActorType;

    /// <summary>The actor's type, with its assembly.</summary>
    public string TypeName => Type.AssemblyQualifiedName!;

    /// <summary>What the actor does about failing children, instead of what it says itself; null for its own.</summary>
    public SupervisorStrategy? SupervisorStrategy { get; }

    /// <summary>How many messages its stash takes; -1 for any number.</summary>
    internal int StashCapacity { get; }

    /// <summary>For an actor made by <c>new TActor(arguments)</c>. The arguments are evaluated now, once.</summary>
    /// <exception cref="ArgumentException">The expression is anything but a constructor call.</exception>
    public static Props Create<TActor>(Expression<Func<TActor>> factory, SupervisorStrategy? supervisorStrategy = null)
        where TActor : ActorBase
    {
        ArgumentNullException.ThrowIfNull(factory);
        if (factory.Body is not NewExpression { Constructor: { } constructor } create)
        {
            throw new ArgumentException("The create function must be a 'new T (args)' expression", nameof(factory));
        }
        object?[] arguments = [.. create.Arguments.Select(Evaluate)];
        return new Props(new ConstructorProducer(typeof(TActor), constructor, arguments), arguments, supervisorStrategy, UnlimitedStash);
    }

    /// <summary>For an actor whose constructor takes these arguments.</summary>
    /// <exception cref="MissingMethodException">It has no such constructor.</exception>
    public static Props Create<TActor>(params object[] args)
        where TActor : ActorBase => Create(typeof(TActor), args);

    /// <summary>For an actor without arguments, with another strategy than its own.</summary>
    public static Props Create<TActor>(SupervisorStrategy supervisorStrategy)
        where TActor : ActorBase, new() => Create<TActor>().WithSupervisorStrategy(supervisorStrategy);

    /// <summary>For an actor whose constructor takes these arguments.</summary>
    /// <exception cref="MissingMethodException">It has no such constructor.</exception>
    public static Props Create(Type type, params object[] args)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (!typeof(ActorBase).IsAssignableFrom(type))
        {
            throw new ArgumentException($"{type} is not an actor", nameof(type));
        }
        args ??= [];
        return new Props(new ConstructorProducer(type, FindConstructor(type, args), args), args, null, UnlimitedStash);
    }

    /// <summary>For an actor that something else makes.</summary>
    public static Props CreateBy(IIndirectActorProducer producer, params object[] args)
    {
        ArgumentNullException.ThrowIfNull(producer);
        return new Props(producer, args ?? [], null, UnlimitedStash);
    }

    /// <summary>The same with another strategy.</summary>
    public Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy) =>
        new(_producer, Arguments, supervisorStrategy, StashCapacity);

    /// <summary>The same with a bound for the stash of an <see cref="IWithStash"/> actor.</summary>
    public Props WithStashCapacity(int stashCapacity) => new(_producer, Arguments, SupervisorStrategy, stashCapacity);

    /// <summary>Makes an instance. Only the kernel may, inside the new actor's context.</summary>
    public virtual ActorBase NewActor() => _producer.Produce();

    /// <inheritdoc/>
    public bool Equals(Props? other) =>
        ReferenceEquals(this, other)
        || other is not null
            && Type == other.Type
            && Equals(SupervisorStrategy, other.SupervisorStrategy)
            && StashCapacity == other.StashCapacity
            && Arguments.AsSpan().SequenceEqual(other.Arguments);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Props);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Type, Arguments.Length, StashCapacity);

    private static object? Evaluate(Expression argument) =>
        argument switch
        {
            ConstantExpression constant => constant.Value,
            _ => Expression.Lambda<Func<object?>>(Expression.Convert(argument, typeof(object))).Compile(preferInterpretation: true)(),
        };

    private static ConstructorInfo FindConstructor(Type type, object?[] arguments)
    {
        const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        ConstructorInfo[] fitting =
        [
            .. type.GetConstructors(Any)
                .Where(constructor => Fits(constructor.GetParameters(), arguments))
                .OrderByDescending(static constructor => constructor.IsPublic),
        ];
        return fitting.Length > 0
            ? fitting[0]
            : throw new MissingMethodException($"Unable to find matching constructor on type {type} for {arguments.Length} arguments");
    }

    private static bool Fits(ParameterInfo[] parameters, object?[] arguments) =>
        parameters.Length == arguments.Length
        && parameters
            .Zip(arguments)
            .All(static pair =>
                pair.Second is null ? AcceptsNull(pair.First.ParameterType) : pair.First.ParameterType.IsInstanceOfType(pair.Second)
            );

    private static bool AcceptsNull(Type type) => !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;

    private sealed class ConstructorProducer(Type type, ConstructorInfo constructor, object?[] arguments) : IIndirectActorProducer
    {
        private readonly ConstructorInvoker _invoker = ConstructorInvoker.Create(constructor);

        public Type ActorType => type;

        public ActorBase Produce() => (ActorBase)_invoker.Invoke(arguments.AsSpan());

        public void Release(ActorBase actor) { }
    }
}

/// <summary>Makes actors in its own way.</summary>
public interface IIndirectActorProducer
{
    /// <summary>What it makes.</summary>
    Type ActorType { get; }

    /// <summary>Makes one.</summary>
    ActorBase Produce();

    /// <summary>Takes back one that has ended.</summary>
    void Release(ActorBase actor);
}
