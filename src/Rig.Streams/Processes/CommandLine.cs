using System.Text;

namespace Rig.Streams.Processes;

/// <summary>Cuts a command line into arguments by the quoting rules of the POSIX shell (2.2), and by nothing else of it: no variables, no patterns, no pipes.</summary>
public static class CommandLine
{
    /// <returns>The arguments, or null when a quote is not closed.</returns>
    public static IReadOnlyList<string>? Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var arguments = new List<string>();
        var argument = new StringBuilder();
        bool inArgument = false;
        char quote = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char character = text[i];
            if (character == '\\' && quote != '\'' && i + 1 < text.Length)
            {
                argument.Append(text[++i]);
                inArgument = true;
            }
            else if (quote != '\0' ? character == quote : character is '\'' or '"')
            {
                quote = quote == '\0' ? character : '\0';
                inArgument = true;
            }
            else if (quote == '\0' && char.IsWhiteSpace(character))
            {
                End();
            }
            else
            {
                argument.Append(character);
                inArgument = true;
            }
        }

        End();
        return quote == '\0' ? arguments : null;

        void End()
        {
            if (inArgument)
            {
                arguments.Add(argument.ToString());
                argument.Clear();
                inArgument = false;
            }
        }
    }
}
