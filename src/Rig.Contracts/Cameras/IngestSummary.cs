using System.Text.Json.Serialization;

namespace Rig.Contracts.Cameras;

/// <summary><c>GET /api/ingest/status</c>, shaped as the R58 recorder's document has it.</summary>
public sealed record IngestSummary(
    [property: JsonPropertyName("cameras")] IReadOnlyDictionary<string, R58Camera> Cameras,
    [property: JsonPropertyName("summary")] R58Counts Summary
);

public sealed record R58Camera(
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("has_signal")] bool HasSignal,
    [property: JsonPropertyName("resolution"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] Resolution? Resolution,
    [property: JsonPropertyName("stream_url"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? StreamUrl
);

public sealed record R58Counts(
    [property: JsonPropertyName("total")] int Total,
    [property: JsonPropertyName("streaming")] int Streaming,
    [property: JsonPropertyName("no_signal")] int NoSignal,
    [property: JsonPropertyName("error")] int Error,
    [property: JsonPropertyName("idle")] int Idle
);

/// <summary><c>GET /api/preview/status</c>: what the ingest says, by camera.</summary>
public sealed record R58PreviewStatus([property: JsonPropertyName("cameras")] IReadOnlyDictionary<string, string> Cameras);

/// <summary><c>POST /record/start/{cam}</c> and <c>/record/stop/{cam}</c>.</summary>
public sealed record R58RecordAnswer(
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("camera")] string Camera,
    [property: JsonPropertyName("session_id"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? SessionId
);
