// Which token goes with a request to a node: what was given, else what a login has kept, else what a node on this machine has left.
using System.Text.Json;
using System.Text.Json.Serialization;
using Rig.Contracts.Access;

namespace Rig.Cli.Client;

/// <summary>Finds and keeps tokens.</summary>
internal sealed class Credentials(Func<string, string?> environment)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The token for a node; null when there is none.</summary>
    /// <param name="given">From the command line.</param>
    /// <exception cref="CliException">A file that was named cannot be read.</exception>
    public string? For(Uri node, string? given) =>
        given ?? environment("RIG_TOKEN") ?? FromFile() ?? Kept().GetValueOrDefault(Origin(node)) ?? Local(node);

    /// <summary>Keeps a login for the node; null forgets it.</summary>
    /// <exception cref="CliException">There is no place to keep it.</exception>
    public void Keep(Uri node, string? token)
    {
        var file = File() ?? throw new CliException(ExitCode.Failed, "There is no place to keep a login.", "Set HOME, or use RIG_TOKEN.");
        var kept = Kept();
        if (token is null)
        {
            kept.Remove(Origin(node));
        }
        else
        {
            kept[Origin(node)] = token;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            var part = $"{file}.part";
            System.IO.File.Delete(part);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            using (var stream = new FileStream(part, options))
            {
                JsonSerializer.Serialize(stream, kept, CredentialsJson.Default.DictionaryStringString);
            }

            System.IO.File.Move(part, file, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Failed, $"{file} cannot be written: {error.Message}", "Use RIG_TOKEN instead.");
        }
    }

    private static string Origin(Uri node) => node.GetLeftPart(UriPartial.Authority);

    private string? FromFile()
    {
        if (environment("RIG_TOKEN_FILE") is not { Length: > 0 } file)
        {
            return null;
        }

        try
        {
            return System.IO.File.ReadAllText(file).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Usage, $"The token file {file} cannot be read: {error.Message}", "RIG_TOKEN_FILE names it.");
        }
    }

    /// <summary>Only for this machine: a token must not go to a stranger who has the same port.</summary>
    private string? Local(Uri node)
    {
        if (!node.IsLoopback)
        {
            return null;
        }

        foreach (var folder in LocalTokens.All(environment))
        {
            try
            {
                return System.IO.File.ReadAllText(Path.Combine(folder, LocalTokens.FileName(node.Port))).Trim();
            }
            catch (Exception none) when (none is IOException or UnauthorizedAccessException)
            {
                // Not there, or another user's: the next folder, or no token, which the node will answer to.
                continue;
            }
        }

        return null;
    }

    private Dictionary<string, string> Kept()
    {
        try
        {
            return File() is { } file && System.IO.File.Exists(file)
                ? JsonSerializer.Deserialize(System.IO.File.ReadAllText(file), CredentialsJson.Default.DictionaryStringString) ?? []
                : [];
        }
        catch (Exception broken) when (broken is JsonException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private string? File()
    {
        var folder =
            environment("XDG_CONFIG_HOME") is { Length: > 0 } configuration ? configuration
            : environment("HOME") is { Length: > 0 } home ? Path.Combine(home, ".config")
            : null;
        return folder is null ? null : Path.Combine(folder, "recorder-rig", "logins.json");
    }
}

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class CredentialsJson : JsonSerializerContext;
