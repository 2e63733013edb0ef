using System.Text.RegularExpressions;
using Rig.Contracts.Access;
using Rig.Contracts.Problems;
using Rig.Node.Http;

namespace Rig.Node.Rights;

/// <summary>Gives and takes rights: users and tokens of the rig. Every change is logged with who made it.</summary>
internal sealed partial class RightsDesk(AccessStore store, Passwords passwords, ILoggerFactory loggers, TimeProvider time)
{
    private const int MostUsers = 100;
    private const int MostTokens = 200;

    private readonly ILogger _log = loggers.CreateLogger("rig.access");

    public IReadOnlyList<UserInfo> Users() => [.. store.Book.Users.OrderBy(user => user.Name, StringComparer.Ordinal).Select(Info)];

    public IReadOnlyList<TokenInfo> Tokens() => [.. store.Book.Tokens.OrderBy(token => token.Created).Select(Info)];

    /// <summary><see cref="UserInfo"/> or <see cref="Problem"/>.</summary>
    public async Task<object> PutUserAsync(NewUser request, Caller by, CancellationToken cancel)
    {
        UserDocument? known = store.Book.User(request.Name);
        if (!UserName().IsMatch(request.Name))
        {
            return ProblemResults.Invalid($"\"{request.Name}\" is no user name.", "Letters, digits, dot, - and _, 32 at most.");
        }

        if (WrongPassword(request.Password) is { } weak)
        {
            return weak;
        }

        if (known is null && store.Book.Users.Count >= MostUsers)
        {
            return ProblemResults.Invalid($"There are {MostUsers} users already.", "Remove one: rig user remove NAME.");
        }

        if (request.Role != Role.Admin && IsLastAdmin(known))
        {
            return LastAdmin(request.Name);
        }

        UserDocument user = new(request.Name, request.Role, passwords.Hash(request.Password), AccessToken.NewId())
        {
            Created = known?.Created ?? time.GetUtcNow(),
        };
        await store.WriteAsync(AccessKeys.Users + user.Name, user, cancel);
        RightsLog.RightsChanged(_log, by.Name, $"{user.Name} is {Policies.Name(user.Role)}");
        return Info(user);
    }

    /// <summary>A user's own new password. Null when it is done, else <see cref="Problem"/>.</summary>
    public async Task<Problem?> ChangePasswordAsync(NewPassword request, Caller caller, CancellationToken cancel)
    {
        if (caller.Kind != CallerKind.Session || store.Book.User(caller.Name) is not { } user)
        {
            return ProblemResults.Invalid(
                "Only a user who signed in with a password has one to change.",
                "Sign in with user and password."
            );
        }

        if (await passwords.CheckAsync(user.Password, request.Old, cancel) != true)
        {
            return new Problem
            {
                Status = StatusCodes.Status401Unauthorized,
                Code = ProblemCodes.LoginFailed,
                Title = "The old password is not right",
                Remedy = "Try again, or let an admin set a new one.",
            };
        }

        if (WrongPassword(request.New) is { } weak)
        {
            return weak;
        }

        // The stamp ends the logins of the old password; the caller signs in anew.
        UserDocument changed = user with
        {
            Password = passwords.Hash(request.New),
            Stamp = AccessToken.NewId(),
        };
        await store.WriteAsync(AccessKeys.Users + user.Name, changed, cancel);
        RightsLog.RightsChanged(_log, user.Name, "a new password");
        return null;
    }

    /// <summary>Null when it is done, else <see cref="Problem"/>.</summary>
    public async Task<Problem?> RemoveUserAsync(string name, Caller by, CancellationToken cancel)
    {
        if (store.Book.User(name) is not { } user)
        {
            return ProblemResults.NotFound($"There is no user {name}.", "GET /api/v1/users lists them.");
        }

        if (IsLastAdmin(user))
        {
            return LastAdmin(name);
        }

        await store.WriteAsync(AccessKeys.Users + name, null, cancel);
        RightsLog.RightsChanged(_log, by.Name, $"{name} was removed");
        return null;
    }

    /// <summary><see cref="TokenInfo"/> with the token, or <see cref="Problem"/>.</summary>
    public async Task<object> MakeTokenAsync(NewToken request, Caller by, CancellationToken cancel)
    {
        if (request.Name.Length is 0 or > 64 || request.Name.Any(char.IsControl))
        {
            return ProblemResults.Invalid("The token has no usable name.", "Say what it is for, in 1 to 64 characters.");
        }

        if (request.TtlSeconds is { } ttl && !(ttl is >= 1 and <= 10 * 365 * 86400.0))
        {
            return ProblemResults.Invalid(
                "ttlSeconds is out of range.",
                "1 second to 10 years; leave it out for a token that holds until it is revoked."
            );
        }

        if (store.Book.Tokens.Count >= MostTokens)
        {
            return ProblemResults.Invalid($"There are {MostTokens} tokens already.", "Revoke one: rig token revoke ID.");
        }

        string id = AccessToken.NewId();
        string token = AccessToken.New(id);
        DateTimeOffset now = time.GetUtcNow();
        TokenDocument document = new(
            id,
            request.Name,
            request.Role,
            AccessToken.HashOf(token)!,
            by.Name,
            DigestCredentials.Ha1(DigestAlgorithm.Md5, id, token),
            DigestCredentials.Ha1(DigestAlgorithm.Sha256, id, token),
            request.TtlSeconds is { } seconds ? now.AddSeconds(seconds) : null
        )
        {
            Created = now,
        };
        await store.WriteAsync(AccessKeys.Tokens + id, document, cancel);
        RightsLog.RightsChanged(_log, by.Name, $"token {id} ({request.Name}) is {Policies.Name(request.Role)}");
        return Info(document) with { Token = token };
    }

    /// <summary>Null when it is done, else <see cref="Problem"/>.</summary>
    public async Task<Problem?> RevokeTokenAsync(string id, Caller by, CancellationToken cancel)
    {
        if (store.Book.Token(id) is not { } token)
        {
            return ProblemResults.NotFound($"There is no token {id}.", "GET /api/v1/tokens lists them.");
        }

        await store.WriteAsync(AccessKeys.Tokens + id, null, cancel);
        RightsLog.RightsChanged(_log, by.Name, $"token {id} ({token.Name}) was revoked");
        return null;
    }

    private static UserInfo Info(UserDocument user) => new(user.Name, user.Role, user.Created);

    private static TokenInfo Info(TokenDocument token) =>
        new()
        {
            Id = token.Id,
            Name = token.Name,
            Role = token.Role,
            Created = token.Created,
            CreatedBy = token.CreatedBy,
            Expires = token.Expires,
        };

    private bool IsLastAdmin(UserDocument? user) =>
        user is { Role: Role.Admin } && store.Book.Users.Count(each => each.Role == Role.Admin) == 1;

    private static Problem LastAdmin(string name) =>
        ProblemResults.Conflict(
            ProblemCodes.LastAdmin,
            "The last admin stays",
            $"Without {name} nobody could give rights any more.",
            "Make another admin first: rig user add NAME --role admin."
        );

    private static Problem? WrongPassword(string password) =>
        password.Length is >= Passwords.Shortest and <= Passwords.Longest
            ? null
            : ProblemResults.Invalid(
                $"The password has {password.Length} characters.",
                $"{Passwords.Shortest} to {Passwords.Longest}; a few words in a row are good."
            );

    [GeneratedRegex(@"^[\p{L}\p{Nd}._-]{1,32}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UserName();
}
