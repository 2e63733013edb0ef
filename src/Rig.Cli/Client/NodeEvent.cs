using System.Text.Json;
using Rig.Contracts.Events;
using Rig.Contracts.Json;

namespace Rig.Cli.Client;

/// <summary>An event as the node sent it.</summary>
/// <param name="Id">Its id, by which a later connection asks for what came after.</param>
/// <param name="Json">Its text.</param>
internal sealed record NodeEvent(string? Id, string Json)
{
    /// <summary>The record, or null when this program is older than the node and does not know it.</summary>
    public RigEvent? Event { get; } = Read(Json);

    private static RigEvent? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, RigJson.Default.RigEvent);
        }
        catch (Exception unknown) when (unknown is JsonException or NotSupportedException)
        {
            return null;
        }
    }
}
