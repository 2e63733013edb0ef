using Rig.Cluster.Joining;
using Rig.Cluster.Processes;
using Rig.Node.Configuration;
using Rig.Node.Hosting;

namespace Rig.Node.Commands;

/// <summary>How a node comes into its rig: with a token, once; and whether a lighthouse runs beside it.</summary>
/// <param name="Join">A lighthouse's discovery address.</param>
internal sealed record RigEntry(Uri? Join, string? Token, bool Lighthouse, string? LighthouseToken)
{
    /// <summary>Names the lighthouse's program elsewhere.</summary>
    private const string ProgramVariable = "RIG_LIGHTHOUSE_EXE";

    /// <summary>etcd ends within a second or two; a lighthouse answers at once.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Joins if that was asked for and has not been done, and starts the lighthouse.</summary>
    /// <returns>What ends with the node; null when nothing runs beside it.</returns>
    /// <exception cref="JoinException">The rig does not take the node; the message names the remedy.</exception>
    public async Task<IAsyncDisposable?> EnterAsync(RigOptions options, TimeProvider time, CancellationToken cancel)
    {
        GuardedProcess? beside = Lighthouse ? Start(options, time) : null;
        try
        {
            await JoinAsync(options, time, cancel);
            await RenewAsync(options, time, cancel);
            return beside;
        }
        catch when (beside is not null)
        {
            await beside.DisposeAsync();
            throw;
        }
    }

    private async Task JoinAsync(RigOptions options, TimeProvider time, CancellationToken cancel)
    {
        string folder = options.Node.IdentityFolder();
        if (Join is not { } lighthouse)
        {
            return;
        }

        if (NodeIdentity.Exists(folder))
        {
            // A service's command line stays the same over restarts.
            await Console.Out.WriteLineAsync($"Node {options.Node.Id} has joined its rig already.");
            return;
        }

        string token =
            Token
            ?? throw new JoinException(
                JoinException.BadToken,
                "--join needs --token.",
                "Make one on the lighthouse: rig lighthouse token."
            );
        RigFile rig = await RigJoin.JoinAsync(lighthouse, token, options.Node.Id, NodeCluster.Names(options), folder, time, cancel);
        await Console.Out.WriteLineAsync($"Node {rig.NodeId} has joined rig {rig.RigId}.");
    }

    /// <summary>Gets a young certificate while the old one still holds. A lighthouse that is away is asked again at the next start: a third of the life is left for it.</summary>
    private static async Task RenewAsync(RigOptions options, TimeProvider time, CancellationToken cancel)
    {
        string folder = options.Node.IdentityFolder();
        if (!NodeIdentity.Exists(folder) || options.Cluster.Engine == ClusterEngine.Embedded)
        {
            return;
        }

        DateTime ends;
        using (NodeIdentity identity = NodeIdentity.Load(folder, time))
        {
            if (!RigJoin.IsRenewalDue(identity, time))
            {
                return;
            }

            ends = identity.Certificate.NotAfter.ToUniversalTime();
        }

        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        try
        {
            await RigJoin.RenewAsync(folder, NodeCluster.Names(options), time, limit.Token);
            await Console.Out.WriteLineAsync("The node's certificate was renewed.");
        }
        catch (Exception failed) when (failed is JoinException || (failed is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            string why = failed is JoinException ? failed.Message : $"no lighthouse answered within {Patience.TotalSeconds} s.";
            await Console.Error.WriteLineAsync(
                $"The node's certificate ends on {ends:yyyy-MM-dd} and could not be renewed: {why} Start the node again when a lighthouse runs."
            );
        }
    }

    private GuardedProcess Start(RigOptions options, TimeProvider time)
    {
        string data = Path.GetFullPath(Path.Combine(options.Node.Data, "lighthouse"));
        List<string> words = ["lighthouse", "--data", data];
        if (Join is { } other && LighthouseToken is { } token)
        {
            words.AddRange(["--join", other.ToString(), "--token", token]);
        }

        string program = Environment.GetEnvironmentVariable(ProgramVariable) ?? Path.Combine(AppContext.BaseDirectory, "rig-lighthouse");
        GuardedProcess lighthouse = new(() => new GuardedCommand(program, words), new LogRing(), time, Patience)
        {
            Ended = reason => Console.Error.WriteLine($"The lighthouse beside this node ended and is started again: {reason}"),
        };
        lighthouse.Start();
        return lighthouse;
    }
}
