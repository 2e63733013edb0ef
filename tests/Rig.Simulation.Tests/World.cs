using System.Text.Json;
using Rig.Actors.Coordination;
using Rig.Cluster;
using Rig.Cluster.TestKit;
using Rig.Contracts.Cluster;
using Rig.Contracts.Json;
using Rig.Contracts.Sessions;

namespace Rig.Simulation.Tests;

/// <summary>How a run goes. Everything else follows from the seed.</summary>
/// <param name="Stops">False: nobody ever stops anything, so nothing may stop.</param>
/// <param name="Fencing">False: the store does not look at tokens; the checks must notice.</param>
internal sealed record Scenario(int Seed, int Nodes, TimeSpan Faults, bool Stops = true, bool Fencing = true)
{
    public override string ToString() => $"seed {Seed}: {Nodes} nodes, {Faults.TotalSeconds} s of faults{(Stops ? "" : ", no stops")}";
}

/// <summary>A check that failed, with the run that led to it.</summary>
internal sealed class SimulationFailure(Scenario scenario, string what, IEnumerable<string> trace)
    : Exception(
        $"{what}\n{scenario}\nReplay: RIG_SEED={scenario.Seed} dotnet test tests/Rig.Simulation.Tests -c Release --logger 'console;verbosity=detailed'\n"
            + string.Join('\n', trace)
    );

/// <summary>Nodes, store and network of one run, and what is watched over them. One thread, virtual time, one seed.</summary>
internal sealed class World
{
    private const int TraceLines = 400;
    private readonly Queue<string> _trace = new();
    private readonly Dictionary<long, DesiredSession> _parsed = [];
    private readonly Dictionary<string, SimNode> _byId;
    private long _newestToken;

    public World(Scenario scenario)
    {
        Scenario = scenario;
        Random = new Random(scenario.Seed);
        NetworkBehaviour behaviour = new(TimeSpan.FromMilliseconds(0.2), TimeSpan.FromMilliseconds(Random.Next(2, 300)), 0.02);
        Network = new SimulatedNetwork(Time, scenario.Seed, behaviour);
        Nodes = [.. Enumerable.Range(1, scenario.Nodes).Select(number => new SimNode(this, $"N{number:000}", number % 3 + 1))];
        _byId = Nodes.ToDictionary(node => node.Id, StringComparer.Ordinal);
        Store.OnChange = _ => Poke();
        Expiry();
    }

    public Scenario Scenario { get; }
    public Random Random { get; }
    public VirtualTime Time { get; } = new();
    public SimulatedNetwork Network { get; }
    public SimulatedStore Store { get; } = new();
    public SimNode[] Nodes { get; }
    public WishLog Wishes { get; } = new();
    public List<Command> Commands { get; } = [];

    /// <summary>How often something that a run is about has happened.</summary>
    public Dictionary<string, int> Met { get; } = new(StringComparer.Ordinal);
    public DateTimeOffset Now => Time.GetUtcNow();

    public void Meets(string what) => Met[what] = Met.GetValueOrDefault(what) + 1;

    public SimNode? Find(string nodeId) => _byId.GetValueOrDefault(nodeId);

    public void Trace(string line)
    {
        _trace.Enqueue($"{Time.Now.TotalSeconds, 9:0.0000} {line}");
        if (_trace.Count > TraceLines)
        {
            _trace.Dequeue();
        }
    }

    public SimulationFailure Fails(string what) => new(Scenario, what, _trace);

    public void Check(bool holds, string what)
    {
        if (!holds)
        {
            throw Fails(what);
        }
    }

    /// <summary>A guarded write as the store carries it out, watched over.</summary>
    public WriteResult Write(string node, string key, DesiredSession? document, WriteGuard guard)
    {
        long? leader = Store.Leader?.Created;
        WriteResult result = Store.Write(
            key,
            document is null ? null : JsonSerializer.SerializeToUtf8Bytes(document, RigJson.Default.DesiredSession),
            Scenario.Fencing ? guard : guard with { Leader = null }
        );
        Trace($"store: {node} writes {key} r{document?.Revision} {document?.State} with token {guard.Leader} -> {result.GetType().Name}");
        Meets("write " + result.GetType().Name);
        if (result is WriteResult.Written)
        {
            long token = guard.Leader!.Value.Value;
            Check(token == leader, $"{node} wrote {key} with token {token} while {leader?.ToString() ?? "nobody"} leads.");
            Check(token >= _newestToken, $"{node} wrote {key} with token {token} after a write with token {_newestToken}.");
            _newestToken = token;
        }

        return result;
    }

    public IReadOnlyList<SharedDocument> Documents() =>
        [.. Store.Range(SharedKeys.Sessions).Select(key => new SharedDocument(Parse(key), key.Modified))];

    public DesiredSession Parse(StoredKey key)
    {
        if (!_parsed.TryGetValue(key.Modified, out DesiredSession? session))
        {
            _parsed[key.Modified] = session = JsonSerializer.Deserialize(key.Value.Span, RigJson.Default.DesiredSession)!;
        }

        return session;
    }

    private void Poke()
    {
        if (Store.Revision % 100 == 0)
        {
            Store.Compact(Store.Revision - 300);
        }

        foreach (SimNode node in Nodes.Where(node => node.IsAlive))
        {
            Network.Send(SimulatedNetwork.Engine, node.Id, ordered: true, node.Pull);
        }
    }

    private void Expiry()
    {
        Store.Expire(Time.Now);
        Time.After(TimeSpan.FromMilliseconds(100), Expiry);
    }
}

/// <summary>A command that an operator gave to a node.</summary>
internal sealed class Command(SimNode node, RemoteMessage message)
{
    public SimNode Node { get; } = node;
    public int Life { get; } = node.Life;
    public RemoteMessage Message { get; } = message;
    public List<RemoteMessage> Answers { get; } = [];

    public override string ToString() => $"{Message} on {Node.Id}";
}
