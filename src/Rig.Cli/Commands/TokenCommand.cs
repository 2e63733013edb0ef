using System.CommandLine;
using Rig.Cli.Output;
using Rig.Contracts.Access;
using Spectre.Console;

namespace Rig.Cli.Commands;

/// <summary><c>rig token create | list | revoke</c></summary>
internal static class TokenCommand
{
    public static Command Create(CommandContext context) =>
        new RigCommand(
            "token",
            "Tokens by which programs prove their right, on all nodes of the rig.",
            "rig token create wall --role viewer",
            "rig token list"
        )
        {
            Make(context),
            List(context),
            Revoke(context),
        };

    private static RigCommand Make(CommandContext context)
    {
        var name = new Argument<string>("NAME") { Description = "What it is for." };
        var role = RoleOption.Create(Role.Viewer);
        var ttl = new Option<double?>("--ttl")
        {
            Description = "How long it holds: 30m, 12h. Until it is revoked when left out.",
            HelpName = "TIME",
            CustomParser = Duration.Parse,
        };
        var command = new RigCommand("create", "Makes a token and prints it, once.", "rig token create backup --role operator --ttl 12h")
        {
            name,
            role,
            ttl,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                var made = await client.MakeTokenAsync(
                    new NewToken(parsed.GetValue(name)!, parsed.GetValue(role), parsed.GetValue(ttl)),
                    cancellation
                );
                if (!await context.WriteJsonAsync(parsed, made, json => json.TokenInfo))
                {
                    // The token alone, so that a script can take it.
                    await context.Host.Output.WriteLineAsync(made.Token);
                }

                return (int)ExitCode.Ok;
            }
        );
        return command;
    }

    private static RigCommand List(CommandContext context)
    {
        var command = new RigCommand("list", "The tokens, without their secrets.", "rig token list");
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                var tokens = await client.TokensAsync(cancellation);
                if (!await context.WriteJsonAsync(parsed, tokens, json => json.TokenInfoList))
                {
                    var table = new Table().Border(TableBorder.None).AddColumns("id", "name", "role", "made by", "holds until");
                    foreach (var token in tokens)
                    {
                        string[] row =
                        [
                            token.Id,
                            token.Name,
                            RoleOption.Word(token.Role),
                            token.CreatedBy,
                            token.Expires is { } end ? Show.Clock(end) : "revoked",
                        ];
                        table.AddRow([.. row.Select(Markup.Escape)]);
                    }

                    context.Host.Console.Write(table);
                }

                return (int)ExitCode.Ok;
            }
        );
        return command;
    }

    private static RigCommand Revoke(CommandContext context)
    {
        var id = new Argument<string>("ID") { Description = "From: rig token list." };
        var command = new RigCommand("revoke", "Takes a token back; what runs on it ends.", "rig token revoke k3f9x2ab") { id };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                await client.RevokeTokenAsync(parsed.GetValue(id)!, cancellation);
                return (int)ExitCode.Ok;
            }
        );
        return command;
    }
}

/// <summary><c>--role</c>.</summary>
internal static class RoleOption
{
    public static Option<Role> Create(Role usual) =>
        new("--role")
        {
            Description = $"viewer sees, operator records, admin changes and gives rights. {Word(usual)} when left out.",
            HelpName = "ROLE",
            DefaultValueFactory = _ => usual,
        };

    public static string Word(Role role) => role.ToString().ToLowerInvariant();
}
