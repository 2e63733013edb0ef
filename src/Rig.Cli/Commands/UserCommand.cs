using System.CommandLine;
using Rig.Contracts.Access;
using Spectre.Console;

namespace Rig.Cli.Commands;

/// <summary><c>rig user add | list | remove</c></summary>
internal static class UserCommand
{
    public static Command Create(CommandContext context) =>
        new RigCommand(
            "user",
            "People who sign in with a password, on all nodes of the rig.",
            "rig user add kim --role operator",
            "rig user list"
        )
        {
            Add(context),
            List(context),
            Remove(context),
        };

    private static RigCommand Add(CommandContext context)
    {
        var name = new Argument<string>("NAME") { Description = "Letters, digits, dot, - and _." };
        var role = RoleOption.Create(Role.Operator);
        var command = new RigCommand(
            "add",
            "Makes a user, or gives one a new password and role. Asks for the password, or reads it from standard input.",
            "rig user add kim --role admin",
            "pwgen 16 | rig user add wall --role viewer"
        )
        {
            name,
            role,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                var password = await context.Host.AskSecretAsync($"Password for {parsed.GetValue(name)}:", cancellation);
                var user = await client.PutUserAsync(new NewUser(parsed.GetValue(name)!, password, parsed.GetValue(role)), cancellation);
                if (!await context.WriteJsonAsync(parsed, user, json => json.UserInfo))
                {
                    await context.Host.Output.WriteLineAsync($"{user.Name} is {RoleOption.Word(user.Role)}.");
                }

                return (int)ExitCode.Ok;
            }
        );
        return command;
    }

    private static RigCommand List(CommandContext context)
    {
        var command = new RigCommand("list", "The users.", "rig user list");
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                var users = await client.UsersAsync(cancellation);
                if (!await context.WriteJsonAsync(parsed, users, json => json.UserInfoList))
                {
                    var table = new Table().Border(TableBorder.None).AddColumns("name", "role");
                    foreach (var user in users)
                    {
                        table.AddRow(Markup.Escape(user.Name), RoleOption.Word(user.Role));
                    }

                    context.Host.Console.Write(table);
                }

                return (int)ExitCode.Ok;
            }
        );
        return command;
    }

    private static RigCommand Remove(CommandContext context)
    {
        var name = new Argument<string>("NAME") { Description = "From: rig user list." };
        var command = new RigCommand("remove", "Removes a user and ends the logins.", "rig user remove kim") { name };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                await client.RemoveUserAsync(parsed.GetValue(name)!, cancellation);
                return (int)ExitCode.Ok;
            }
        );
        return command;
    }
}
