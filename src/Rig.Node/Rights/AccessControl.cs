using Rig.Contracts.Access;
using Rig.Node.Configuration;

namespace Rig.Node.Rights;

/// <summary>Who a credential belongs to. Costs one fast hash a question. Any thread.</summary>
internal sealed class AccessControl
{
    private readonly AccessStore _store;
    private readonly TimeProvider _time;
    private readonly HashSet<string> _configured;
    private string? _local;

    public AccessControl(AccessStore store, ConfigurationStore configuration, TimeProvider time)
    {
        _store = store;
        _time = time;
        AccessOptions access = configuration.Current.Options.Access;
        IsOpen = access.Mode == AccessMode.Open;
        _configured = access.AdminTokens.ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Rights are switched off.</summary>
    public bool IsOpen { get; }

    /// <summary>The rig knows nobody yet.</summary>
    public bool IsBlank => _store.Book.IsBlank && _configured.Count == 0;

    /// <summary>From here on this token is the one of the machine's own programs.</summary>
    public void SetLocal(string token) => _local = AccessToken.HashOf(token);

    /// <summary>A token's caller, or that of a login whose secret a program keeps instead of a browser.</summary>
    public Caller? ByToken(string? token)
    {
        if (AccessToken.HashOf(token) is not { } hash)
        {
            return null;
        }

        if (hash == _local)
        {
            return new Caller("local", "this machine", Role.Admin, CallerKind.Local);
        }

        return _configured.Contains(hash)
            ? new Caller($"configured:{hash[..8]}", "access.adminTokens", Role.Admin, CallerKind.Token)
            : _store.Book.ByToken(hash, _time.GetUtcNow()) ?? _store.Book.BySession(hash, _time.GetUtcNow());
    }

    public Caller? BySession(string? cookie) =>
        AccessToken.HashOf(cookie) is { } hash ? _store.Book.BySession(hash, _time.GetUtcNow()) : null;

    /// <summary>The token of this id, with the callers' right; null when it is unknown or has ended.</summary>
    public (Caller Caller, TokenDocument Token)? ByTokenId(string id) =>
        _store.Book.Token(id) is { } token && AccessBook.Of(token, _time.GetUtcNow()) is { } caller ? (caller, token) : null;

    /// <summary>Whether a caller's credential still gives its right.</summary>
    public bool Holds(Caller caller) => _store.Book.Holds(caller, _time.GetUtcNow());
}
