namespace Rig.Cluster.Processes;

/// <summary>How long to wait before a child is started again: doubled with each short life, from the first again after a long one. Pure.</summary>
/// <param name="First">Before the first restart.</param>
/// <param name="Longest">Never more than this.</param>
/// <param name="Healthy">A life of this length counts as a good start.</param>
public sealed record RestartBackoff(TimeSpan First, TimeSpan Longest, TimeSpan Healthy)
{
    /// <summary>
    /// etcd takes about a second from start to leader, so the first restart is quick; a port that is taken or a full disk is tried twice a minute.
    /// </summary>
    public static RestartBackoff Default { get; } = new(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));

    /// <param name="shortLives">How many lives before this one were short, in a row.</param>
    /// <param name="life">How long the child lived.</param>
    /// <returns>The wait, and the count for the next call.</returns>
    public (TimeSpan Wait, int ShortLives) Next(int shortLives, TimeSpan life)
    {
        if (life >= Healthy)
        {
            return (First, 1);
        }

        double wait = First.TotalSeconds * Math.Pow(2, Math.Min(shortLives, 30));
        return (TimeSpan.FromSeconds(Math.Min(wait, Longest.TotalSeconds)), shortLives + 1);
    }
}
