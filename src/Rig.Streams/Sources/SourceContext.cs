using Rig.Media.Units;

namespace Rig.Streams.Sources;

/// <summary>What every source is given by whoever makes it.</summary>
public sealed record SourceContext
{
    /// <summary>The camera's id in the rig or node (<c>cam0</c>); shown in the test camera's picture and in messages.</summary>
    public string CameraId { get; init; } = "cam0";

    /// <summary>The node's clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Memory for access units.</summary>
    public BlockPool Pool { get; init; } = BlockPool.Shared;

    /// <summary>Folder that programs (<c>ffmpeg</c>, <c>rpicam-vid</c>, ...) are looked for in before the <c>PATH</c>; null for the <c>PATH</c> alone.</summary>
    public string? ToolFolder { get; init; }
}
