using System.Text.Json.Serialization;
using Rig.Contracts.Json;

namespace Rig.Contracts.Cluster;

[JsonConverter(typeof(SnakeCaseEnumConverter<LinkFrameKind>))]
public enum LinkFrameKind
{
    /// <summary>Still here. Nothing else in it.</summary>
    Heartbeat,

    /// <summary>A message without an answer: path and message.</summary>
    Tell,

    /// <summary>A message that wants an answer: id, path and message.</summary>
    Ask,

    /// <summary>The answer to the ask of that id: id and message.</summary>
    Answer,

    /// <summary>There will be no answer to the ask of that id: id and reason.</summary>
    Fault,
}

/// <summary>One text message of the WebSocket between two nodes.</summary>
/// <param name="Id">Of an ask and what answers it, counted from 1 by the asking side of one connection; 0 in other frames.</param>
/// <param name="Path">The handler that is meant.</param>
/// <param name="Reason">In words.</param>
public sealed record LinkFrame(
    LinkFrameKind Kind,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long Id = 0,
    string? Path = null,
    RemoteMessage? Message = null,
    string? Reason = null
);
