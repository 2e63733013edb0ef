using System.CommandLine;

namespace Rig.Cli.Commands;

/// <summary><c>rig completion bash|zsh|fish</c>: a script for the shell that asks this program, by its suggest directive, for what may follow.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _rig() {
          local IFS=$'\n' line=${COMP_LINE#* }
          local position=$((COMP_POINT - ${#COMP_LINE} + ${#line}))
          COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:$position]" "$line" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _rig rig ./rig
        """;

    private const string Zsh = """
        #compdef rig
        _rig() {
          local line=${BUFFER#* }
          local position=$((CURSOR - ${#BUFFER} + ${#line}))
          local -a suggestions=("${(@f)$("${words[1]}" "[suggest:$position]" "$line" 2>/dev/null)}")
          compadd -- $suggestions || _files
        }
        compdef _rig rig
        """;

    private const string Fish = """
        function __rig_complete
          set -l line (string replace -r '^\S+\s*' '' -- (commandline -cp))
          rig "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c rig -a '(__rig_complete)'
        """;

    public static Command Create(CommandContext context)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new RigCommand(
            "completion",
            "Prints a script that lets the shell complete this program's words.",
            "source <(rig completion bash)",
            "rig completion zsh > ~/.zfunc/_rig",
            "rig completion fish > ~/.config/fish/completions/rig.fish"
        )
        {
            shell,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await context.Host.Output.WriteLineAsync(
                    parsed.GetRequiredValue(shell) switch
                    {
                        "bash" => Bash,
                        "zsh" => Zsh,
                        _ => Fish,
                    }
                );
                return (int)ExitCode.Ok;
            }
        );
        return command;
    }
}
