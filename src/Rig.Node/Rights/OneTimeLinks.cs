using Rig.Contracts.Access;

namespace Rig.Node.Rights;

/// <summary>
/// Codes that sign one browser in, once. In this node's memory only: the link leads here, and a node that is started again has made none. Any thread.
/// </summary>
internal sealed class OneTimeLinks(TimeProvider time)
{
    /// <summary>More than a rig has people at once.</summary>
    private const int Most = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (Role Role, DateTimeOffset Expires)> _codes = new(StringComparer.Ordinal);

    /// <returns>The code and when it ends.</returns>
    public (string Code, DateTimeOffset Expires) Make(Role role, TimeSpan ttl)
    {
        string code = AccessToken.NewSecret();
        DateTimeOffset expires = time.GetUtcNow() + ttl;
        lock (_lock)
        {
            Forget();
            if (_codes.Count >= Most)
            {
                _codes.Remove(_codes.MinBy(each => each.Value.Expires).Key);
            }

            _codes[AccessToken.HashOf(code)!] = (role, expires);
        }

        return (code, expires);
    }

    /// <summary>Uses a code up; null when it is none.</summary>
    public Role? Use(string code)
    {
        lock (_lock)
        {
            Forget();
            return AccessToken.HashOf(code) is { } hash && _codes.Remove(hash, out (Role Role, DateTimeOffset Expires) found)
                ? found.Role
                : null;
        }
    }

    private void Forget()
    {
        DateTimeOffset now = time.GetUtcNow();
        foreach (string ended in _codes.Where(each => each.Value.Expires <= now).Select(each => each.Key).ToArray())
        {
            _codes.Remove(ended);
        }
    }
}
