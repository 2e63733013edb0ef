namespace Rig.Bench.Load;

/// <summary>How much is sent, and where everything is kept.</summary>
/// <param name="Folder">Clips go into <c>clips</c>, recordings into <c>out</c> below it.</param>
/// <param name="Streams">Senders at once.</param>
/// <param name="Megabits">Mbit/s of each.</param>
/// <param name="Window">The measured part.</param>
internal sealed record LoadPlan(string Folder, int Streams, int Megabits, TimeSpan Window)
{
    /// <summary>Not measured: ffmpeg probes an 8 Mbit/s stream for 5 s before it writes, the rig's logs take memory until 10 s of pre-roll and a GOP are in them.</summary>
    public static readonly TimeSpan Warm = TimeSpan.FromSeconds(13);

    private static readonly TimeSpan Tail = TimeSpan.FromSeconds(1);

    public string Recordings => Path.Combine(Folder, "out");

    public override string ToString() =>
        $"{Streams} x {Megabits} Mbit/s MPEG-TS over TCP on loopback, {Window.TotalSeconds:0} s measured after {Warm.TotalSeconds:0} s";

    public Task<LoadClip> MakeClipAsync(CancellationToken cancel) =>
        ClipMaker.MakeAsync(Path.Combine(Folder, "clips"), Megabits, (int)(Warm + Window + Tail).TotalSeconds, cancel);

    /// <summary>An empty folder for a round's recordings.</summary>
    public string Prepare()
    {
        Clean();
        Directory.CreateDirectory(Recordings);
        return Recordings;
    }

    public void Clean()
    {
        if (Directory.Exists(Recordings))
        {
            Directory.Delete(Recordings, recursive: true);
        }
    }
}
