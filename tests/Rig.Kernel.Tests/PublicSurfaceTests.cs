using System.Reflection;
using System.Text.RegularExpressions;
using Akka.Actor;

namespace Rig.Kernel.Tests;

/// <summary>
/// The kernel's public surface is a part of Akka.NET's: every public type and member is found, by its name and its parameters'
/// types, in the lists of Akka.NET's own approval tests. Return types and attributes are not compared.
/// </summary>
public sealed partial class PublicSurfaceTests
{
    private static readonly string? s_lists = FindLists();

    [Fact]
    public void Nothing_is_public_outside_of_Akkas_namespaces_but_what_only_the_creating_file_names() =>
        Assert.All(Exported(), static type => Assert.StartsWith("Akka.", type.Namespace + ".", StringComparison.Ordinal));

    [ListedSurfaceFact]
    public void Every_public_type_is_one_of_Akkas()
    {
        var listed = ReadLists();
        Assert.All(Exported().Select(NameOf), name => Assert.Contains(name, listed.Keys));
    }

    [ListedSurfaceFact]
    public void Every_public_member_is_one_of_Akkas()
    {
        var listed = ReadLists();
        var missing = new List<string>();
        foreach (var type in Exported().Where(type => listed.ContainsKey(NameOf(type)) && !typeof(Delegate).IsAssignableFrom(type)))
        {
            var known = new HashSet<string>(
                Ancestry(type).SelectMany(ancestor => listed.GetValueOrDefault(NameOf(ancestor), [])),
                StringComparer.Ordinal
            );
            // A record has operators that a class with IEquatable lacks; nobody who compares with Equals notices.
            missing.AddRange(
                Members(type)
                    .Where(member => !known.Contains(member) && !member.StartsWith("op_", StringComparison.Ordinal))
                    .Select(member => $"{NameOf(type)}: {member}")
            );
        }
        Assert.True(missing.Count == 0, string.Join(Environment.NewLine, missing));
    }

    [ListedSurfaceFact]
    public void The_lists_are_read_so_that_a_member_too_many_would_be_found()
    {
        var props = ReadLists()["Akka.Actor.Props"];
        Assert.Contains("Create(Type,Object[])", props);
        Assert.Contains("Create(Expression,SupervisorStrategy)", props);
        Assert.DoesNotContain("Create(Type)", props);
    }

    private static IEnumerable<Type> Exported() =>
        typeof(ActorSystem)
            .Assembly.GetExportedTypes()
            .Where(static type => type.Namespace is not ("Rig.Kernel.Storage" or "Rig.Kernel.Diagnostics"));

    private static IEnumerable<Type> Ancestry(Type type)
    {
        foreach (var contract in type.GetInterfaces())
        {
            yield return contract;
        }
        for (var current = type; current is not null; current = current.BaseType)
        {
            yield return current;
        }
    }

    private static IEnumerable<string> Members(Type type)
    {
        const BindingFlags Declared =
            BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;
        foreach (var constructor in type.GetConstructors(Declared).Where(static candidate => IsVisible(candidate) && !IsImplied(candidate)))
        {
            yield return $".ctor({Parameters(constructor)})";
        }
        foreach (var method in type.GetMethods(Declared).Where(static candidate => IsVisible(candidate) && IsWritten(candidate)))
        {
            yield return $"{method.Name}({Parameters(method)})";
        }
        foreach (
            var property in type.GetProperties(Declared).Where(static candidate => candidate.GetAccessors(nonPublic: true).Any(IsVisible))
        )
        {
            yield return property.Name;
        }
        foreach (
            var field in type.GetFields(Declared)
                .Where(static candidate => (candidate.IsPublic || candidate.IsFamily) && !candidate.IsSpecialName)
        )
        {
            yield return field.Name;
        }
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    /// <summary>A class without a constructor has one; the lists of abstract classes show it as protected.</summary>
    private static bool IsImplied(ConstructorInfo constructor) => constructor.GetParameters().Length == 0;

    /// <summary>Neither an accessor nor made by the compiler, nor an override, whose signature its base has.</summary>
    private static bool IsWritten(MethodInfo method) =>
        (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
        && !method.Name.Contains('<', StringComparison.Ordinal)
        && method.GetBaseDefinition() == method;

    private static string Parameters(MethodBase method) =>
        string.Join(',', method.GetParameters().Select(static parameter => Simple(parameter.ParameterType)));

    private static string Simple(Type type) =>
        type.IsByRef ? Simple(type.GetElementType()!)
        : type.IsArray ? Simple(type.GetElementType()!) + "[]"
        : type.IsGenericType ? type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]
        : type.Name;

    private static string NameOf(Type type)
    {
        var plain = (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!;
        return Arity().Replace(plain, "").Replace('+', '.');
    }

    private static string? FindLists()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RecorderRig.sln")))
            {
                var lists = Path.Combine(folder.FullName, "..", "shared", "akka-net");
                return Directory.Exists(lists) ? lists : null;
            }
        }
        return null;
    }

    private static Dictionary<string, HashSet<string>> ReadLists()
    {
        var surface = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(s_lists!, "*.public-api.txt"))
        {
            SurfaceList.Read(File.ReadLines(file), surface);
        }
        return surface;
    }

    [GeneratedRegex("`[0-9]+")]
    private static partial Regex Arity();

    private sealed class ListedSurfaceFactAttribute : FactAttribute
    {
        public ListedSurfaceFactAttribute()
        {
            if (s_lists is null)
            {
                Skip = "The list of Akka.NET's public signatures is not beside the repository";
            }
        }
    }
}
