namespace Rig.Cluster.TestKit;

/// <summary>How a simulated network behaves. Delays are drawn evenly from their range.</summary>
/// <param name="Duplicates">The part of unordered messages between nodes that arrive twice: 0 to 1.</param>
public sealed record NetworkBehaviour(TimeSpan ShortestDelay, TimeSpan LongestDelay, double Duplicates = 0)
{
    /// <summary>A wired network with some load: 0.2 to 3 ms.</summary>
    public static readonly NetworkBehaviour Wired = new(TimeSpan.FromMicroseconds(200), TimeSpan.FromMilliseconds(3));

    /// <summary>Bad Wi-Fi: 1 to 400 ms.</summary>
    public static readonly NetworkBehaviour Wireless = new(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(400));
}

/// <summary>
/// What lies between the nodes (and the engine): messages take time, can be cut off, arrive out of order or twice; nodes freeze and thaw. All by one seed, in the thread that lets
/// <see cref="VirtualTime"/> pass. Knows nothing of what it carries.
/// </summary>
public sealed class SimulatedNetwork(VirtualTime time, int seed, NetworkBehaviour behaviour)
{
    /// <summary>The place of the engine, as a name among the nodes' names.</summary>
    public const string Engine = "(engine)";

    private readonly Random _random = new(seed);
    private readonly HashSet<(string, string)> _cuts = [];
    private readonly Dictionary<(string From, string To), TimeSpan> _lastArrival = [];
    private readonly Dictionary<string, Queue<Action>> _frozen = new(StringComparer.Ordinal);

    public NetworkBehaviour Behaviour { get; set; } = behaviour;

    /// <summary>Messages that were lost to cuts.</summary>
    public long Lost { get; private set; }

    /// <summary>Cuts the way between two places, both directions; what is on the way is lost too.</summary>
    public void Cut(string one, string other) => _cuts.Add(Pair(one, other));

    public void Heal(string one, string other) => _cuts.Remove(Pair(one, other));

    /// <summary>Ends every cut.</summary>
    public void HealAll() => _cuts.Clear();

    public bool IsCut(string one, string other) => _cuts.Contains(Pair(one, other));

    public bool IsFrozen(string place) => _frozen.ContainsKey(place);

    /// <summary>From now on nothing happens in that place: what arrives and what becomes due waits.</summary>
    public void Freeze(string place) => _frozen.TryAdd(place, new Queue<Action>());

    /// <summary>What waited happens now, in its order.</summary>
    public void Thaw(string place)
    {
        if (_frozen.Remove(place, out Queue<Action>? waiting))
        {
            while (waiting.TryDequeue(out Action? action))
            {
                action();
            }
        }
    }

    /// <summary>Carries a message that arrives by running <paramref name="arrive"/> in the place <paramref name="to"/>, or never.</summary>
    /// <param name="ordered">Not before earlier ordered ones of the same way; never twice.</param>
    public void Send(string from, string to, bool ordered, Action arrive)
    {
        Carry(from, to, Arrival(from, to, ordered), arrive);
        if (!ordered && Behaviour.Duplicates > 0 && from != Engine && to != Engine && _random.NextDouble() < Behaviour.Duplicates)
        {
            Carry(from, to, Arrival(from, to, ordered: false), arrive);
        }
    }

    /// <summary>Runs something later in a place itself: a timer of the node, which does not run while it is frozen.</summary>
    public IDisposable Local(string place, TimeSpan delay, Action action) => time.After(delay, () => RunIn(place, action));

    private void Carry(string from, string to, TimeSpan arrival, Action arrive)
    {
        if (IsCut(from, to))
        {
            Lost++;
            return;
        }

        time.After(
            arrival - time.Now,
            () =>
            {
                if (IsCut(from, to))
                {
                    Lost++;
                }
                else
                {
                    RunIn(to, arrive);
                }
            }
        );
    }

    private void RunIn(string place, Action action)
    {
        if (_frozen.TryGetValue(place, out Queue<Action>? waiting))
        {
            waiting.Enqueue(action);
        }
        else
        {
            action();
        }
    }

    private TimeSpan Arrival(string from, string to, bool ordered)
    {
        TimeSpan range = Behaviour.LongestDelay - Behaviour.ShortestDelay;
        TimeSpan arrival = time.Now + Behaviour.ShortestDelay + range * _random.NextDouble();
        if (ordered)
        {
            TimeSpan last = _lastArrival.GetValueOrDefault((from, to));
            arrival = arrival > last ? arrival : last;
            _lastArrival[(from, to)] = arrival;
        }

        return arrival;
    }

    private static (string, string) Pair(string one, string other) => string.CompareOrdinal(one, other) < 0 ? (one, other) : (other, one);
}
