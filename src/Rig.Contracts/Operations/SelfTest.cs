namespace Rig.Contracts.Operations;

/// <summary><c>POST /api/v1/selftest</c>: a short clip of every camera, written, decoded, hashed and deleted.</summary>
public sealed record SelfTestReport(bool Passed, DateTimeOffset Start, double Seconds, IReadOnlyList<CameraSelfTest> Cameras);

public sealed record CameraSelfTest
{
    public required string Camera { get; init; }
    public required bool Passed { get; init; }
    public long Frames { get; init; }
    public long DecodedFrames { get; init; }
    public long Bytes { get; init; }
    public string? Sha256 { get; init; }

    /// <summary>Errors of source, disk and decoder, each with its remedy.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];
}

/// <summary><c>GET /logs</c>: the newest warnings and errors, from memory.</summary>
public sealed record LogPage(IReadOnlyList<LogLine> Lines);

/// <param name="Number">Counts from 1 since the process began; asks for what came after it.</param>
/// <param name="Level"><c>warning</c>, <c>error</c> or <c>critical</c>.</param>
public sealed record LogLine(long Number, DateTimeOffset Time, string Level, string Source, string Text);
