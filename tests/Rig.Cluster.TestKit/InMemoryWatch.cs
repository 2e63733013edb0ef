namespace Rig.Cluster.TestKit;

/// <summary>One watch: asks for what is new after what it has, one request at a time, until it is disposed of or what it needs was forgotten.</summary>
public sealed class InMemoryWatch : IDisposable
{
    private readonly InMemoryEngine _engine;
    private readonly string _prefix;
    private readonly Action<IReadOnlyList<StoreChange>> _changed;
    private readonly Action<RevisionCompactedException> _compacted;
    private long _after;
    private bool _asking;
    private bool _again;
    private bool _ended;

    internal InMemoryWatch(
        InMemoryEngine engine,
        string prefix,
        long after,
        Action<IReadOnlyList<StoreChange>> changed,
        Action<RevisionCompactedException> compacted
    ) => (_engine, _prefix, _after, _changed, _compacted) = (engine, prefix, after, changed, compacted);

    public void Dispose()
    {
        _ended = true;
        _engine.Forget(this);
    }

    internal void Pull()
    {
        if (_asking || _ended)
        {
            _again = true;
            return;
        }

        (_asking, _again) = (true, false);
        _engine.Call(store => Ask(store), Take, _ => _asking = false);
    }

    private (IReadOnlyList<StoreChange> Changes, long Revision, RevisionCompactedException? Compacted) Ask(SimulatedStore store)
    {
        try
        {
            return (store.Changes(_prefix, _after), store.Revision, null);
        }
        catch (RevisionCompactedException error)
        {
            return ([], store.Revision, error);
        }
    }

    private void Take((IReadOnlyList<StoreChange> Changes, long Revision, RevisionCompactedException? Compacted) answer)
    {
        _asking = false;
        if (_ended)
        {
            return;
        }

        if (answer.Compacted is { } error)
        {
            Dispose();
            _compacted(error);
            return;
        }

        _after = Math.Max(_after, answer.Revision);
        if (answer.Changes.Count > 0)
        {
            _changed(answer.Changes);
        }

        if (_again)
        {
            Pull();
        }
    }
}
