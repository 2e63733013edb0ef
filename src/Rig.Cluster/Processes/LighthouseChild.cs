namespace Rig.Cluster.Processes;

/// <summary>
/// A lighthouse beside a node (<c>rig node --lighthouse</c>): the program <c>rig-lighthouse</c> as a guarded child, started again when it ends, gone when the node is.
/// </summary>
public sealed class LighthouseChild : IAsyncDisposable
{
    /// <summary>The program's file name, beside the node's.</summary>
    public const string Name = "rig-lighthouse";

    /// <summary>Names the program elsewhere.</summary>
    public const string Variable = "RIG_LIGHTHOUSE_EXE";

    /// <summary>The lighthouse itself waits 10 s for its etcd.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly GuardedProcess _process;

    /// <param name="program">See <see cref="Find"/>.</param>
    /// <param name="flags">Of <c>rig lighthouse</c>: <c>--data</c>, <c>--name</c>, ...</param>
    /// <param name="ended">Hears of every end that was not asked for, with the reason.</param>
    public LighthouseChild(string program, IReadOnlyList<string> flags, TimeProvider time, Action<string>? ended = null) =>
        _process = new GuardedProcess(() => new GuardedCommand(program, ["lighthouse", .. flags]), new LogRing(), time, Patience)
        {
            Ended = ended,
        };

    /// <summary>What it said last; its first line names its address.</summary>
    public LogRing Log => _process.Log;

    /// <summary>Its process id; null while it does not run.</summary>
    public int? ProcessId => _process.ProcessId;

    /// <summary>The program: as the environment names it, or beside this one; null when it is not there.</summary>
    public static string? Find()
    {
        string program = Environment.GetEnvironmentVariable(Variable) ?? Path.Combine(AppContext.BaseDirectory, Name);
        return File.Exists(program) ? program : null;
    }

    /// <summary>Begins; returns at once.</summary>
    public void Start() => _process.Start();

    /// <summary>Ends it, and its etcd, in order.</summary>
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
