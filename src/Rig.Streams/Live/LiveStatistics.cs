namespace Rig.Streams.Live;

/// <summary>What the live outputs did since the start.</summary>
/// <param name="Outputs">By output.</param>
/// <param name="Viewers">Viewers now, by camera.</param>
/// <param name="Refused">Viewers for whom there was no place.</param>
public sealed record LiveStatistics(
    IReadOnlyDictionary<LiveOutput, OutputStatistics> Outputs,
    IReadOnlyDictionary<string, int> Viewers,
    long Refused
);

/// <param name="Viewers">Now.</param>
/// <param name="Entered">Viewers so far.</param>
/// <param name="Bytes">Sent to them.</param>
/// <param name="Missed">Units that they did not get because they were slow.</param>
/// <param name="SentAway">Viewers who did not read at all.</param>
public sealed record OutputStatistics(int Viewers, long Entered, long Bytes, long Missed, long SentAway);

/// <summary>Counts for <see cref="LiveStatistics"/>. Any thread.</summary>
internal sealed class LiveTally
{
    private readonly OutputTally[] _outputs = [.. Enum.GetValues<LiveOutput>().Select(_ => new OutputTally())];
    private long _refused;

    public OutputTally Of(LiveOutput output) => _outputs[(int)output];

    public void Refuse() => Interlocked.Increment(ref _refused);

    public LiveStatistics Read(IReadOnlyDictionary<string, int> viewers) =>
        new(Enum.GetValues<LiveOutput>().ToDictionary(output => output, output => Of(output).Read()), viewers, Volatile.Read(ref _refused));
}

internal sealed class OutputTally
{
    private int _viewers;
    private long _entered;
    private long _bytes;
    private long _missed;
    private long _sentAway;

    public void Enter()
    {
        Interlocked.Increment(ref _viewers);
        Interlocked.Increment(ref _entered);
    }

    public void Leave() => Interlocked.Decrement(ref _viewers);

    public void Sent(long bytes) => Interlocked.Add(ref _bytes, bytes);

    public void Miss(long units) => Interlocked.Add(ref _missed, units);

    public void SendAway() => Interlocked.Increment(ref _sentAway);

    public OutputStatistics Read() =>
        new(
            Volatile.Read(ref _viewers),
            Volatile.Read(ref _entered),
            Volatile.Read(ref _bytes),
            Volatile.Read(ref _missed),
            Volatile.Read(ref _sentAway)
        );
}
