using Rig.Contracts.Access;

namespace Rig.Node.Rights;

/// <summary>All that gives rights at one instant, ready to be asked. Does not change; another takes its place.</summary>
internal sealed class AccessBook
{
    private readonly Dictionary<string, TokenDocument> _tokensByHash;
    private readonly Dictionary<string, TokenDocument> _tokens;
    private readonly Dictionary<string, SessionDocument> _sessions;
    private readonly Dictionary<string, UserDocument> _users;

    public AccessBook(IReadOnlyCollection<AccessDocument> documents)
    {
        _tokens = By(documents.OfType<TokenDocument>(), token => token.Id);
        _tokensByHash = By(_tokens.Values, token => token.Hash);
        _sessions = By(documents.OfType<SessionDocument>(), session => session.Hash);
        _users = By(documents.OfType<UserDocument>(), user => user.Name);
    }

    /// <summary>Documents come from every node of the rig: two alike must not stop this one.</summary>
    private static Dictionary<string, T> By<T>(IEnumerable<T> documents, Func<T, string> key)
    {
        Dictionary<string, T> found = new(StringComparer.Ordinal);
        foreach (T document in documents)
        {
            found[key(document)] = document;
        }

        return found;
    }

    public static AccessBook Empty { get; } = new([]);

    public IReadOnlyCollection<UserDocument> Users => _users.Values;
    public IReadOnlyCollection<TokenDocument> Tokens => _tokens.Values;
    public IReadOnlyCollection<SessionDocument> Sessions => _sessions.Values;

    /// <summary>Nobody but a machine's own user could sign in.</summary>
    public bool IsBlank => _users.Count == 0 && _tokens.Count == 0;

    public UserDocument? User(string name) => _users.GetValueOrDefault(name);

    public TokenDocument? Token(string id) => _tokens.GetValueOrDefault(id);

    public static string IdOf(TokenDocument token) => $"token:{token.Id}";

    public static string IdOf(SessionDocument session) => $"session:{session.Hash}";

    /// <summary>Whom a token's hash belongs to; null when it is unknown or has ended.</summary>
    public Caller? ByToken(string hash, DateTimeOffset now) =>
        _tokensByHash.TryGetValue(hash, out TokenDocument? token) ? Of(token, now) : null;

    public static Caller? Of(TokenDocument token, DateTimeOffset now) =>
        token.Expires <= now ? null : new Caller(IdOf(token), token.Name, token.Role, CallerKind.Token, token.Expires);

    /// <summary>Whom a cookie's hash belongs to; null when it is unknown, has ended, or its user or token is another one now.</summary>
    public Caller? BySession(string hash, DateTimeOffset now)
    {
        if (!_sessions.TryGetValue(hash, out SessionDocument? session) || session.Expires <= now)
        {
            return null;
        }

        string? name = session switch
        {
            { User: { } user } => _users.TryGetValue(user, out UserDocument? known) && known.Stamp == session.Stamp ? user : null,
            { Token: { } id } => _tokens.TryGetValue(id, out TokenDocument? token) && !(token.Expires <= now) ? token.Name : null,
            _ => "one-time link",
        };
        return name is null ? null : new Caller(IdOf(session), name, session.Role, CallerKind.Session, session.Expires);
    }

    /// <summary>Whether a credential still gives its right.</summary>
    public bool Holds(Caller caller, DateTimeOffset now)
    {
        string[] parts = caller.Id.Split(':', 2);
        return parts is ["token", var id]
            ? Token(id) is { } token && Of(token, now) is not null
            : parts is not ["session", var hash] || BySession(hash, now) is not null;
    }
}
