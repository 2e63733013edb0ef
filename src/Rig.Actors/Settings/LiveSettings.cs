namespace Rig.Actors.Settings;

/// <summary>The settings in force. What may change while the node runs is read from here at each use, not copied.</summary>
public sealed class LiveSettings(NodeSettings settings)
{
    private NodeSettings _current = settings;

    public NodeSettings Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }
}
