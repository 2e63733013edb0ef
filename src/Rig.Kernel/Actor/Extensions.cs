namespace Akka.Actor;

/// <summary>Something that there is once in a system.</summary>
public interface IExtension;

/// <summary>Names and makes an extension.</summary>
public interface IExtensionId
{
    /// <summary>The extension's type.</summary>
    Type ExtensionType { get; }

    /// <summary>The system's, made now if it has none.</summary>
    object Apply(ActorSystem system);

    /// <summary>The system's.</summary>
    object Get(ActorSystem system);

    /// <summary>Makes one.</summary>
    object CreateExtension(ExtendedActorSystem system);
}

/// <summary>Names and makes an extension.</summary>
public interface IExtensionId<out T> : IExtensionId
    where T : IExtension
{
    /// <summary>The system's, made now if it has none.</summary>
    new T Apply(ActorSystem system);

    /// <summary>The system's.</summary>
    new T Get(ActorSystem system);

    /// <summary>Makes one.</summary>
    new T CreateExtension(ExtendedActorSystem system);
}

/// <summary>Base of those that name and make an extension.</summary>
public abstract class ExtensionIdProvider<T> : IExtensionId<T>
    where T : IExtension
{
    /// <inheritdoc/>
    public Type ExtensionType => typeof(T);

    /// <inheritdoc/>
    public T Apply(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return (T)system.RegisterExtension(this);
    }

    /// <inheritdoc/>
    public T Get(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return (T)system.GetExtension(this);
    }

    /// <inheritdoc/>
    public abstract T CreateExtension(ExtendedActorSystem system);

    object IExtensionId.Apply(ActorSystem system) => Apply(system);

    object IExtensionId.Get(ActorSystem system) => Get(system);

    object IExtensionId.CreateExtension(ExtendedActorSystem system) => CreateExtension(system);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IExtensionId<T>;

    /// <inheritdoc/>
    public override int GetHashCode() => typeof(T).GetHashCode();
}

/// <summary>Extensions by type.</summary>
public static class ActorSystemWithExtensions
{
    /// <summary>The system's extension, which must be there.</summary>
    public static T? WithExtension<T>(this ActorSystem system)
        where T : class, IExtension
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.GetExtension<T>();
    }

    /// <summary>The system's extension, made by <typeparamref name="TI"/> if it has none.</summary>
    public static T WithExtension<T, TI>(this ActorSystem system)
        where T : class, IExtension
        where TI : IExtensionId => WithExtension<T>(system, typeof(TI));

    /// <summary>The system's extension, made by an instance of <paramref name="extensionId"/> if it has none.</summary>
    public static T WithExtension<T>(this ActorSystem system, Type extensionId)
        where T : class, IExtension
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(extensionId);
        return system.TryGetExtension<T>(out var extension)
            ? extension!
            : (T)system.RegisterExtension((IExtensionId)Activator.CreateInstance(extensionId)!);
    }
}
