// The configuration as Microsoft.Extensions.Configuration sees it, for whatever binds that way. Reloads when the store changes.
using Microsoft.Extensions.Primitives;

namespace Rig.Node.Configuration;

/// <summary>Adds a store to a configuration builder.</summary>
public sealed class HoconConfigurationSource(ConfigurationStore store) : IConfigurationSource
{
    /// <inheritdoc/>
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new HoconConfigurationProvider(store);
}

/// <summary>
/// Gives each option under its key with colons (<c>recording:rotation</c>), in the notation that the binder reads: durations as
/// <c>00:30:00</c>, sizes as bytes, percentages and temperatures as numbers, list items as <c>http:addresses:0</c>.
/// </summary>
public sealed class HoconConfigurationProvider(ConfigurationStore store) : ConfigurationProvider, IDisposable
{
    private IDisposable? _registration;

    /// <inheritdoc/>
    public override void Load()
    {
        _registration ??= ChangeToken.OnChange(store.GetReloadToken, Reload);
        Fill();
    }

    /// <inheritdoc/>
    public void Dispose() => _registration?.Dispose();

    private void Reload()
    {
        Fill();
        OnReload();
    }

    private void Fill()
    {
        var data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, leaf, value) in OptionSchema.Root.Leaves(store.Current.Options))
        {
            var path = key.Replace('.', ':');
            if (leaf.IsList && value is IReadOnlyList<string> items)
            {
                for (var i = 0; i < items.Count; i++)
                {
                    data[ConfigurationPath.Combine(path, $"{i}")] = items[i];
                }
            }
            else
            {
                data[path] = value is null ? null : leaf.Text.Plain(value);
            }
        }

        Data = data;
    }
}
