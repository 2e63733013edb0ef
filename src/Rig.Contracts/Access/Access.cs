using System.Text.Json.Serialization;
using Rig.Contracts.Json;

namespace Rig.Contracts.Access;

/// <summary>What somebody may do; each role includes those before it.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<Role>))]
public enum Role
{
    Viewer,
    Operator,
    Admin,
}

/// <summary>How somebody has said who he is.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<CallerKind>))]
public enum CallerKind
{
    /// <summary>A cookie from a login.</summary>
    Session,

    /// <summary>A token of the rig or of this node's configuration.</summary>
    Token,

    /// <summary>The token that a node leaves for programs of its own user on its machine.</summary>
    Local,

    /// <summary>Rights are switched off.</summary>
    Open,
}

/// <summary><c>GET /api/v1/me</c>, and the answer to a login.</summary>
public sealed record Me
{
    public required string Node { get; init; }
    public required bool Authenticated { get; init; }

    /// <summary>Rights are switched off: everybody is an admin.</summary>
    public required bool Open { get; init; }
    public string? Name { get; init; }
    public Role? Role { get; init; }
    public CallerKind? Kind { get; init; }

    /// <summary>When the credential ends; null when it does not.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The rig has no user yet.</summary>
    public bool Setup { get; init; }
}

/// <summary><c>POST /api/v1/login</c>: user and password, or the code of a one-time link, or a token.</summary>
public sealed record Login
{
    public string? User { get; init; }
    public string? Password { get; init; }
    public string? Link { get; init; }
    public string? Token { get; init; }
}

public sealed record UserInfo(string Name, Role Role, DateTimeOffset Created);

/// <summary><c>POST /api/v1/users</c>. Writes over one that exists.</summary>
public sealed record NewUser(string Name, string Password, Role Role);

/// <summary><c>POST /api/v1/me/password</c>.</summary>
public sealed record NewPassword(string Old, string New);

/// <summary>A token as it is listed: without its secret, which nobody keeps.</summary>
public sealed record TokenInfo
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required Role Role { get; init; }
    public required DateTimeOffset Created { get; init; }
    public required string CreatedBy { get; init; }

    /// <summary>Null: until it is revoked.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The token itself, in the answer to its making and never again.</summary>
    public string? Token { get; init; }
}

/// <summary><c>POST /api/v1/tokens</c>.</summary>
/// <param name="TtlSeconds">How long it holds; null: until it is revoked.</param>
public sealed record NewToken(string Name, Role Role, double? TtlSeconds = null);

/// <summary><c>POST /api/v1/links</c>.</summary>
/// <param name="TtlSeconds">Until when it may be opened; an hour when null.</param>
public sealed record NewLink(Role Role, double? TtlSeconds = null);

/// <summary>A link that signs one browser in, once.</summary>
public sealed record OneTimeLink(string Link, Role Role, DateTimeOffset Expires);
