using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rig.Contracts.Json;

/// <summary>States and kinds on the wire: lower case with underscores (<c>no_signal</c>), numbers refused.</summary>
public sealed class SnakeCaseEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
