using System.CommandLine;
using Rig.Contracts.Access;

namespace Rig.Cli.Commands;

/// <summary><c>rig login</c>, <c>rig logout</c></summary>
internal static class LoginCommand
{
    public static Command Create(CommandContext context)
    {
        var user = new Option<string?>("--user") { Description = "Whose password is asked for.", HelpName = "NAME" };
        var link = new Option<bool>("--link") { Description = "Prints a link that signs one browser in, once, instead." };
        var role = RoleOption.Create(Role.Admin);
        var command = new RigCommand(
            "login",
            "Signs in at the node and keeps that for later commands; says who one is when neither --user nor --link is given.",
            "rig login --user kim --node http://10.0.0.5:8080",
            "rig login --link --role viewer"
        )
        {
            user,
            link,
            role,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                if (parsed.GetValue(link))
                {
                    var made = await client.MakeLinkAsync(new NewLink(parsed.GetValue(role)), cancellation);
                    if (!await context.WriteJsonAsync(parsed, made, json => json.OneTimeLink))
                    {
                        await context.Host.Output.WriteLineAsync(made.Link);
                    }

                    return (int)ExitCode.Ok;
                }

                Me me;
                if (parsed.GetValue(user) is { } name)
                {
                    var password = await context.Host.AskSecretAsync($"Password for {name}:", cancellation);
                    (me, var token) = await client.LoginAsync(new Login { User = name, Password = password }, cancellation);
                    context.Credentials.Keep(client.Address, token);
                }
                else
                {
                    me = await client.MeAsync(cancellation);
                }

                if (!await context.WriteJsonAsync(parsed, me, json => json.Me))
                {
                    await context.Host.Output.WriteLineAsync(Words(me));
                }

                return (int)(me.Authenticated ? ExitCode.Ok : ExitCode.Refused);
            }
        );
        return command;
    }

    public static Command CreateLogout(CommandContext context)
    {
        var command = new RigCommand("logout", "Ends the login that rig login has kept.", "rig logout");
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var client = context.Client(parsed);
                await client.LogoutAsync(cancellation);
                context.Credentials.Keep(client.Address, null);
                return (int)ExitCode.Ok;
            }
        );
        return command;
    }

    private static string Words(Me me) =>
        me switch
        {
            { Open: true } => $"{me.Node} asks nobody for a right.",
            { Authenticated: true, Role: { } role } => $"{me.Name} is {RoleOption.Word(role)} at {me.Node}.",
            { Setup: true } => $"Nobody has a right at {me.Node} yet: open the link that it printed when it started.",
            _ => $"Nobody is signed in at {me.Node}.",
        };
}
