// Where a value was written, carried by every value from the parser to the error message.
using System.Globalization;

namespace Rig.Node.Configuration.Hocon;

/// <summary>The place a configuration value was written.</summary>
/// <param name="File">Path of the file as it was opened, or a description in parentheses when there is no file.</param>
/// <param name="Line">Line, counted from 1; 0 when the value stands in no file.</param>
/// <param name="Column">Column in UTF-16 units, counted from 1; 0 when the value stands in no file.</param>
public readonly record struct HoconOrigin(string File, int Line, int Column)
{
    /// <summary>An origin without lines, such as a request or an environment variable.</summary>
    public static HoconOrigin Outside(string description) => new($"({description})", 0, 0);

    /// <summary><c>file:line:column</c>, the form editors and terminals make clickable.</summary>
    public override string ToString() => Line == 0 ? File : string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}");
}
