namespace Rig.Streams.Verification;

/// <summary>What the stamps in some files say about how well they were recorded; plain data for people and programs.</summary>
public sealed record VerificationReport
{
    public required IReadOnlyList<CameraReport> Cameras { get; init; }

    /// <summary>Milliseconds from the earliest first picture of a camera to the latest; null with fewer than two cameras with stamps.</summary>
    public double? FirstFrameSpreadMs { get; init; }

    /// <summary>Millionths by which the cameras' presentation clocks differ most; null where it cannot be measured.</summary>
    public double? DriftSpreadPpm { get; init; }

    /// <summary>Nothing missing, nothing twice, every stamp read, every file decoded without error.</summary>
    public bool IsClean => Cameras.All(camera => camera.IsClean);
}

/// <summary>One camera: its files in order, joined.</summary>
public sealed record CameraReport
{
    public required IReadOnlyList<FileReport> Files { get; init; }

    /// <summary>Pictures in all files.</summary>
    public long Frames { get; init; }

    /// <summary>Pictures that the stamps say were taken and no file has, between files included.</summary>
    public long Missing { get; init; }

    /// <summary>Pictures that are there a second time, in one file or in two.</summary>
    public long Duplicated { get; init; }

    /// <summary>Pictures whose stamp is older than one before it, duplicates left out.</summary>
    public long OutOfOrder { get; init; }

    /// <summary>Pictures whose stamp cannot be read.</summary>
    public long Undecodable { get; init; }

    /// <summary>Capture instant of the first picture with a stamp.</summary>
    public DateTimeOffset? First { get; init; }

    /// <summary>Capture instant of the last picture with a stamp.</summary>
    public DateTimeOffset? Last { get; init; }

    /// <summary>Pictures a second, from the stamps.</summary>
    public double? FrameRate { get; init; }

    /// <summary>Millionths by which the presentation times run ahead of the capture instants; null for less than two stamps or several files.</summary>
    public double? DriftPpm { get; init; }

    public bool IsClean =>
        Frames > 0 && Missing == 0 && Duplicated == 0 && OutOfOrder == 0 && Undecodable == 0 && Files.All(file => file.Error is null);
}

/// <summary>One file.</summary>
public sealed record FileReport
{
    public required string File { get; init; }

    public long Frames { get; init; }

    public long Missing { get; init; }

    public long Duplicated { get; init; }

    public long OutOfOrder { get; init; }

    public long Undecodable { get; init; }

    public DateTimeOffset? First { get; init; }

    public DateTimeOffset? Last { get; init; }

    public double? FrameRate { get; init; }

    public double? DriftPpm { get; init; }

    /// <summary>Presentation time of the first shown picture in seconds, as the decoder gives it; 0 for a file with an exact start.</summary>
    public double? PresentationStart { get; init; }

    /// <summary>Milliseconds from T0 to the first shown picture's capture instant; null when T0 was not given.</summary>
    public double? StartAfterT0Ms { get; init; }

    /// <summary>The decoder's complaint, null when it had none.</summary>
    public string? Error { get; init; }
}
