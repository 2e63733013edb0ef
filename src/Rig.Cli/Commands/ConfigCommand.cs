using System.CommandLine;
using Rig.Cli.Output;
using Rig.Contracts.Configuration;

namespace Rig.Cli.Commands;

/// <summary><c>rig config get|set|revert|check</c></summary>
internal static class ConfigCommand
{
    public static Command Create(CommandContext context) =>
        new RigCommand(
            "config",
            "Shows, changes and checks settings.",
            "rig config get recording",
            "rig config set recording.rotation=10m",
            "rig config check my-node.conf"
        )
        {
            Get(context),
            Set(context),
            Revert(context),
            Check(context),
        };

    private static RigCommand Get(CommandContext context)
    {
        var keys = new Argument<string[]>("KEY")
        {
            Description = "These settings, and all below them; all when none is named.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var verbose = new Option<bool>("--describe") { Description = "With what each setting does." };
        var command = new RigCommand(
            "get",
            "Shows settings with where they come from.",
            "rig config get",
            "rig config get gates log.preRoll --describe"
        )
        {
            keys,
            verbose,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                var view = await client.ConfigurationAsync(cancellation);
                var asked = parsed.GetValue(keys) ?? [];
                var settings = view.Settings.Where(setting => asked.Length == 0 || asked.Any(key => IsAt(setting.Key, key))).ToList();
                if (asked.FirstOrDefault(key => !settings.Exists(setting => IsAt(setting.Key, key))) is { } unknown)
                {
                    throw new CliException(ExitCode.Refused, $"There is no setting {unknown}.", "rig config get lists all.");
                }

                if (!await context.WriteJsonAsync(parsed, view with { Settings = settings }, json => json.ConfigurationView))
                {
                    await WriteAsync(context.Host.Output, settings, parsed.GetValue(verbose));
                }

                return (int)ExitCode.Ok;
            }
        );
        return command;
    }

    private static RigCommand Set(CommandContext context)
    {
        var pairs = new Argument<string[]>("KEY=VALUE")
        {
            Description = "Settings with their new values.",
            Arity = ArgumentArity.OneOrMore,
        };
        var dryRun = DryRun();
        var ifVersion = new Option<long?>("--if-version")
        {
            Description = "Only while no other change came since this version.",
            HelpName = "N",
        };
        var command = new RigCommand(
            "set",
            "Changes settings, keeps them over restarts, and says what needs a restart.",
            "rig config set recording.rotation=10m log.preRoll=30s",
            "rig config set 'cameras.cam2={ source = \"rtsp://camera/1\", name = Goal }'",
            "rig config set cameras.cam2=null      # removes the camera"
        )
        {
            pairs,
            dryRun,
            ifVersion,
        };
        pairs.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=', StringComparison.Ordinal) < 1))
            {
                result.AddError($"\"{token.Value}\" is no setting; write it as key=value.");
            }
        });
        command.SetAction(
            (parsed, cancellation) =>
            {
                var set = new Dictionary<string, string?>(StringComparer.Ordinal);
                foreach (var pair in parsed.GetRequiredValue(pairs).Select(text => text.Split('=', 2)))
                {
                    set[pair[0].Trim()] = pair[1].Trim();
                }

                var change = new ConfigurationChange
                {
                    Set = set,
                    DryRun = parsed.GetValue(dryRun),
                    IfVersion = parsed.GetValue(ifVersion),
                };
                return ChangeAsync(context, parsed, change, cancellation);
            }
        );
        return command;
    }

    private static RigCommand Revert(CommandContext context)
    {
        var keys = new Argument<string[]>("KEY")
        {
            Description = "Settings to take back, with all below them.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var dryRun = DryRun();
        var to = new Option<long?>("--to")
        {
            Description = "Go back to all settings of this earlier version; 0 takes every change back.",
            HelpName = "VERSION",
        };
        var command = new RigCommand(
            "revert",
            "Takes changes back, so that the configuration file says again.",
            "rig config revert recording.rotation",
            "rig config revert --to 3"
        )
        {
            keys,
            dryRun,
            to,
        };
        command.Validators.Add(result =>
        {
            var version = result.GetResult(to) is not null;
            if ((result.GetResult(keys)?.Tokens.Count > 0) == version || (version && result.GetResult(dryRun)?.Tokens is not null))
            {
                result.AddError("Name settings to take back, perhaps with --dry-run, or a version with --to.");
            }
        });
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                var set = (parsed.GetValue(keys) ?? [])
                    .Distinct(StringComparer.Ordinal)
                    .ToDictionary(key => key, string? (_) => null, StringComparer.Ordinal);
                var change = new ConfigurationChange { Set = set, DryRun = parsed.GetValue(dryRun) };
                var changed = parsed.GetValue(to) is { } version
                    ? await client.RevertAsync(version, cancellation)
                    : await client.ConfigureAsync(change, cancellation);
                return await AnswerAsync(context, parsed, changed, change.DryRun);
            }
        );
        return command;
    }

    private static RigCommand Check(CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = "A configuration file." };
        var command = new RigCommand(
            "check",
            "Reads a configuration file as a node would, and names every mistake with its line. No node is needed.",
            "rig config check /etc/recorder-rig/node.conf"
        )
        {
            file,
        };
        command.SetAction(_ => (int)NodeProgram.TakeOver(context));
        return command;
    }

    private static Option<bool> DryRun() => new("--dry-run") { Description = "Only say what would happen." };

    private static async Task<int> ChangeAsync(
        CommandContext context,
        ParseResult parsed,
        ConfigurationChange change,
        CancellationToken cancellation
    )
    {
        using var client = context.Client(parsed);
        return await AnswerAsync(context, parsed, await client.ConfigureAsync(change, cancellation), change.DryRun);
    }

    private static async Task<int> AnswerAsync(CommandContext context, ParseResult parsed, ConfigurationChanged changed, bool dryRun)
    {
        if (await context.WriteJsonAsync(parsed, changed, json => json.ConfigurationChanged))
        {
            return (int)ExitCode.Ok;
        }

        var output = context.Host.Output;
        await output.WriteLineAsync($"version {changed.Version}{(dryRun ? " (nothing was changed)" : "")}");
        foreach (var key in changed.Applied)
        {
            await output.WriteLineAsync($"  {key}: in force");
        }

        foreach (var camera in changed.Restarted)
        {
            await output.WriteLineAsync($"  {camera}: restarted");
        }

        foreach (var (key, reason) in changed.Pending)
        {
            await output.WriteLineAsync($"  {key}: waits: {reason}");
        }

        return (int)ExitCode.Ok;
    }

    private static async Task WriteAsync(TextWriter output, List<Setting> settings, bool describe)
    {
        var width = settings.Count == 0 ? 0 : settings.Max(setting => setting.Key.Length);
        foreach (var setting in settings)
        {
            var origin = setting.Value == setting.Default ? "" : $"  # {setting.Origin}; default {setting.Default ?? "none"}";
            await output.WriteLineAsync($"{setting.Key.PadRight(width)} = {setting.Value}{origin}");
            if (describe && setting.Description is not null)
            {
                await output.WriteLineAsync($"    {setting.Description}");
            }
        }
    }

    private static bool IsAt(string key, string asked) => key == asked || key.StartsWith(asked + ".", StringComparison.Ordinal);
}
