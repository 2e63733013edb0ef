using System.Net;
using Rig.Contracts.Access;
using Rig.Contracts.Cluster;

namespace Rig.Node.Rights;

/// <summary>
/// Whether a credential may see a camera, for servers that are no HTTP endpoints: RTSP asks here. HTTP endpoints name their right by
/// <see cref="Policies.Needs"/> instead. Any thread.
/// </summary>
public sealed class MediaAccess
{
    private readonly AccessControl _access;
    private readonly LiveCallers _live;
    private readonly LoginThrottle _throttle;

    internal MediaAccess(AccessControl access, LiveCallers live, LoginThrottle throttle) =>
        (_access, _live, _throttle) = (access, live, throttle);

    /// <summary>The realm of digest challenges.</summary>
    public static string Realm => DigestCredentials.Realm;

    /// <summary>Rights are switched off: nobody need be challenged.</summary>
    public bool IsOpen => _access.IsOpen;

    /// <summary>Whom a token belongs to (Basic's password, Bearer); null when it does not hold.</summary>
    public Caller? ByToken(string token) => _access.ByToken(token);

    /// <summary>Whom a digest answer proves; null when it proves nobody. The nonce's freshness and the request's own URI are the server's to check.</summary>
    public Caller? ByDigest(DigestResponse answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return
            _access.ByTokenId(answer.UserName) is var (caller, token)
            && DigestCredentials.Matches(answer.Algorithm == DigestAlgorithm.Md5 ? token.Md5 : token.Sha256, answer)
            ? caller
            : null;
    }

    /// <summary>HA1 of a token for servers that compute the rest themselves: RFC 7616 section 3.4.2, hex. Null for an unknown user. Leave it in memory.</summary>
    public (Caller Caller, string Ha1)? DigestSecret(string userName, DigestAlgorithm algorithm) =>
        _access.ByTokenId(userName) is var (caller, token) ? (caller, algorithm == DigestAlgorithm.Md5 ? token.Md5 : token.Sha256) : null;

    /// <summary>How long an address that was wrong too often has to wait for its next attempt; null: not at all.</summary>
    public TimeSpan? Wait(IPAddress client) => _throttle.Wait(LoginThrottle.OfAddress(client));

    /// <summary>A proof of this address did not hold.</summary>
    public void Wrong(IPAddress client) => _throttle.Failed(LoginThrottle.OfAddress(client));

    /// <summary>Every viewer may see every camera of the rig.</summary>
    public bool MayView(Caller? caller, CameraId camera) => camera.Camera.Length > 0 && (caller?.May(Role.Viewer) ?? IsOpen);

    /// <summary>Calls <paramref name="ended"/> once when the caller's right ends while this registration lives: close the connection then.</summary>
    public IDisposable WhenEnded(Caller caller, Action ended) => _live.Register(caller, ended);
}
