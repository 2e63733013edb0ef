namespace Akka.Actor.Internal;

/// <summary>Types by the names that configurations use.</summary>
internal static class TypeNames
{
    /// <summary>
    /// Finds <c>Namespace.Type, Assembly</c>. Where the assembly is not there the loaded ones are searched for the type, since this
    /// kernel keeps Akka.NET's namespaces in assemblies of its own names.
    /// </summary>
    public static Type? Resolve(string name)
    {
        if (Type.GetType(name, throwOnError: false) is { } found)
        {
            return found;
        }
        var fullName = name.Split(',')[0].Trim();
        return AppDomain
            .CurrentDomain.GetAssemblies()
            .Select(assembly => assembly.GetType(fullName, throwOnError: false))
            .FirstOrDefault(static type => type is not null);
    }
}
