using Rig.Node.Configuration;

namespace Rig.Node.Tests.Configuration;

/// <summary>Opening configurations as a node does.</summary>
internal static class Setup
{
    public static ConfigurationStore Open(string? file, string overrides, params (string, string)[] environment) =>
        ConfigurationStore.Open(Of(file, environment) with { Overrides = overrides });

    public static ConfigurationSetup Of(string? file, params (string, string)[] environment) =>
        new() { File = file, Environment = HoconText.Environment(environment) };
}
