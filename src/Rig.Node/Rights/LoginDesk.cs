using Rig.Cluster;
using Rig.Contracts.Access;
using Rig.Contracts.Problems;
using Rig.Node.Configuration;

namespace Rig.Node.Rights;

/// <summary>A login that succeeded.</summary>
/// <param name="Secret">For the cookie.</param>
internal sealed record SignedIn(Caller Caller, string Secret, DateTimeOffset Expires);

/// <summary>Turns a password, a link's code or a token into a login of the rig, and ends it.</summary>
internal sealed class LoginDesk(
    AccessStore store,
    AccessControl access,
    Passwords passwords,
    OneTimeLinks links,
    LoginThrottle throttle,
    ConfigurationStore configuration,
    ILoggerFactory loggers,
    TimeProvider time
)
{
    /// <summary>Of one user or link in the rig; the oldest goes. A phone, a laptop and some forgotten ones.</summary>
    private const int MostOfOne = 20;

    /// <summary>Of all: bounds what logins can take in the shared state.</summary>
    private const int Most = 500;

    private readonly ILogger _log = loggers.CreateLogger("rig.access");

    /// <summary><see cref="SignedIn"/> or <see cref="Problem"/>.</summary>
    /// <param name="http">For the sender's address, and the header of a refusal.</param>
    public async Task<object> LoginAsync(Login login, HttpContext http, CancellationToken cancel)
    {
        string address = LoginThrottle.OfAddress(http);
        string? user = login.User is { } name ? LoginThrottle.OfUser(name) : null;
        if ((throttle.Wait(address) ?? (user is null ? null : throttle.Wait(user))) is { } wait)
        {
            return Refusals.TooMany(http, wait);
        }

        (SessionDocument? session, string who, bool busy) = await CheckAsync(login, cancel);
        if (busy)
        {
            return Refusals.TooMany(http, TimeSpan.FromSeconds(1));
        }

        if (session is null)
        {
            throttle.Failed(address);
            if (user is not null)
            {
                throttle.Failed(user);
            }

            RightsLog.Wrong(_log, http.Connection.RemoteIpAddress, throttle.Failures);
            return Wrong();
        }

        throttle.Succeeded(address);
        if (user is not null)
        {
            throttle.Succeeded(user);
        }

        return await OpenAsync(session, who, http, cancel);
    }

    /// <summary>Ends a login on all nodes. Without the rig it ends here, and everywhere when its time is up.</summary>
    public async Task LogoutAsync(string? cookie, CancellationToken cancel)
    {
        if (AccessToken.HashOf(cookie) is { } hash && store.Book.Sessions.Any(session => session.Hash == hash))
        {
            try
            {
                await store.WriteAsync(AccessKeys.Sessions + hash, null, cancel);
            }
            catch (ClusterAwayException)
            {
                store.ForgetHere(AccessKeys.Sessions + hash);
            }
        }
    }

    private async Task<(SessionDocument? Session, string Who, bool Busy)> CheckAsync(Login login, CancellationToken cancel)
    {
        switch (login)
        {
            case { User: { } name, Password: { } password }:
                UserDocument? user = store.Book.User(name);
                bool? right = await passwords.CheckAsync(user?.Password, password, cancel);
                return right == true
                    ? (New(user!.Role) with { User = name, Stamp = user.Stamp }, name, false)
                    : (null, name, right is null);
            case { Link: { } code }:
                return links.Use(code) is { } role ? (New(role), "one-time link", false) : (null, "", false);
            case { Token: { } token }:
                return access.ByToken(token) is { Kind: CallerKind.Token } caller && caller.Id.Split(':') is ["token", var id]
                    ? (New(caller.Role) with { Token = id }, caller.Name, false)
                    : (null, "", false);
            default:
                return (null, "", false);
        }
    }

    private SessionDocument New(Role role)
    {
        DateTimeOffset now = time.GetUtcNow();
        return new SessionDocument("", role, now + configuration.Current.Options.Access.SessionLifetime) { Created = now };
    }

    private async Task<object> OpenAsync(SessionDocument session, string who, HttpContext http, CancellationToken cancel)
    {
        string secret = AccessToken.NewSecret();
        SessionDocument opened = session with { Hash = AccessToken.HashOf(secret)! };
        try
        {
            await MakeRoomAsync(opened, cancel);
            await store.WriteAsync(AccessKeys.Sessions + opened.Hash, opened, cancel);
        }
        catch (ClusterAwayException)
        {
            store.KeepHere(opened);
        }

        RightsLog.SignedIn(_log, who, opened.Role, http.Connection.RemoteIpAddress);
        return new SignedIn(
            new Caller(AccessBook.IdOf(opened), who, opened.Role, CallerKind.Session, opened.Expires),
            secret,
            opened.Expires
        );
    }

    /// <summary>Ended logins go, then the oldest ones above the bounds.</summary>
    private async Task MakeRoomAsync(SessionDocument opened, CancellationToken cancel)
    {
        DateTimeOffset now = time.GetUtcNow();
        AccessBook book = store.Book;
        SessionDocument[] ended = [.. book.Sessions.Where(each => book.BySession(each.Hash, now) is null)];
        SessionDocument[] living = [.. book.Sessions.Except(ended).OrderByDescending(each => each.Created)];
        IEnumerable<SessionDocument> tooMany = living
            .Where(each => (each.User, each.Token) == (opened.User, opened.Token))
            .Skip(MostOfOne - 1)
            .Union(living.Skip(Most - 1));
        foreach (SessionDocument each in ended.Union(tooMany))
        {
            await store.WriteAsync(AccessKeys.Sessions + each.Hash, null, cancel);
        }
    }

    private static Problem Wrong() =>
        new()
        {
            Status = StatusCodes.Status401Unauthorized,
            Code = ProblemCodes.LoginFailed,
            Title = "That is not right",
            Detail = "User and password do not belong together, or the link or token does not hold any more.",
            Remedy = "Try again; an admin can set a new password or make a new link: rig login --link on the node's machine.",
        };
}
