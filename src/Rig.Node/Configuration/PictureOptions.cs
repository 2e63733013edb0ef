namespace Rig.Node.Configuration;

/// <summary>Pictures taken of cameras.</summary>
public sealed record SnapshotsOptions
{
    [Option(Applies.Live)]
    public string Folder { get; init; } = "snapshots";

    [Option(Applies.Live, Min = "1", Max = "1000000")]
    public int Keep { get; init; } = 1000;

    [Option(Applies.Live, Min = "1", Max = "100")]
    public int Quality { get; init; } = 90;

    [Option(Applies.Node, Min = "0", Max = "8")]
    public int Warm { get; init; } = 1;
}

/// <summary>The low-resolution stream.</summary>
public sealed record LowStreamOptions
{
    [Option(Applies.Live)]
    public bool Enabled { get; init; }

    [Option(Applies.Live, Min = "144", Max = "1080")]
    public int Height { get; init; } = 720;

    [Option(Applies.Live, Min = "200", Max = "20000")]
    public int Kilobits { get; init; } = 3000;

    [Option(Applies.Live, Min = "0s", Max = "10m")]
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(15);

    [Option(Applies.Live, Min = "1%", Max = "100%")]
    public Percent StopAbove { get; init; } = new(85);

    [Option(Applies.Live, Min = "1s", Max = "10m")]
    public TimeSpan StopAfter { get; init; } = TimeSpan.FromSeconds(10);

    [Option(Applies.Live, Min = "1%", Max = "100%")]
    public Percent ReturnBelow { get; init; } = new(60);

    [Option(Applies.Live, Min = "1s", Max = "1h")]
    public TimeSpan ReturnAfter { get; init; } = TimeSpan.FromMinutes(1);
}
