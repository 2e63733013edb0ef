using Rig.Cluster.Joining;
using Rig.Contracts.Problems;

namespace Rig.Lighthouse.Http;

/// <summary>A request is refused; becomes the answer and is counted under its code.</summary>
internal sealed class RefusedException(Problem problem) : Exception(problem.Detail)
{
    public Problem Problem { get; } = problem;
}

/// <summary>Every refusal of a lighthouse, with its remedy.</summary>
internal static class Refusals
{
    private const string NewToken = "Make a new one on the lighthouse: rig lighthouse token.";

    public static RefusedException TokenWrong() =>
        Of(JoinProblems.TokenWrong, 403, "Token not known", "This rig never gave out this token, or it ran out long ago.", NewToken);

    public static RefusedException TokenExpired() =>
        Of(JoinProblems.TokenExpired, 403, "Token expired", "The token's time is over.", NewToken);

    public static RefusedException TokenUsed(string by) =>
        Of(JoinProblems.TokenUsed, 403, "Token used", $"The token was used by {by}; each lets in one.", NewToken);

    public static RefusedException TokenRole(string detail, string remedy) =>
        Of(JoinProblems.TokenRole, 403, "Token for something else", detail, remedy);

    public static RefusedException BadCsr(string why) =>
        Of(
            JoinProblems.BadCsr,
            400,
            "Certificate request refused",
            $"The certificate request cannot be used: {why}.",
            "Join with rig node --join."
        );

    public static RefusedException BadId(string detail) =>
        Of(
            JoinProblems.BadId,
            400,
            "Id refused",
            detail,
            "Use letters, digits, dot, dash and underscore, at most 64, with a letter or digit at both ends; not 'lighthouse'."
        );

    public static RefusedException BadAddress(string address) =>
        Of(
            JoinProblems.BadAddress,
            400,
            "Address refused",
            $"'{address}' is no host name and no IP address, or there are too many.",
            "Name at most 16 host names or IP addresses of the node itself."
        );

    public static RefusedException IdTaken(string id, bool lighthouse) =>
        Of(
            JoinProblems.IdTaken,
            409,
            "Id taken",
            $"The rig already has a {(lighthouse ? "lighthouse" : "node")} with the id {id}.",
            lighthouse
                ? $"Choose another --name, or replace the old one: rig lighthouse replace {id}."
                : $"Choose another node id, or let this computer take the place of the old one: rig lighthouse token --node {id}."
        );

    public static RefusedException BadRequest(string why, int status = 400) =>
        Of(JoinProblems.BadRequest, status, "Request refused", why, "Bring both computers to the same version of RecorderRig.");

    public static RefusedException NeedsTls(string address) =>
        Of(JoinProblems.NeedsTls, 421, "Over TLS only", "Tokens and certificates do not travel in the clear.", $"Use {address}.");

    public static RefusedException NoCertificate() =>
        Of(
            JoinProblems.NoCertificate,
            401,
            "No valid certificate",
            "A renewal needs the node's certificate of this rig, still valid.",
            "Join again: rig lighthouse token --node NODE, then rig node --join."
        );

    public static RefusedException TooMany() =>
        Of(JoinProblems.TooMany, 429, "Too many requests", "Too many requests from this address.", "Wait a minute.");

    public static RefusedException EtcdAway(string why) =>
        Of(
            JoinProblems.EtcdAway,
            503,
            "etcd away",
            $"The lighthouse cannot use its etcd now: {why}",
            "Try again; see rig lighthouse status. Without a majority of the lighthouses nothing can be written: start the others."
        );

    public static RefusedException MemberRefused(string why) =>
        Of(
            JoinProblems.MemberRefused,
            409,
            "New member refused",
            $"etcd does not take the new member: {why}",
            "See rig lighthouse status: wait until the newest lighthouse votes, replace dead ones (rig lighthouse replace NAME), then make a new token."
        );

    public static RefusedException Internal() =>
        Of(ProblemCodes.Internal, 500, "Failed", "The lighthouse failed at this request.", "Look into the lighthouse's log and report it.");

    public static RefusedException NotFound(string path) =>
        Of(JoinProblems.NotFound, 404, "Not found", $"{path} is not here.", "See /.well-known/rig, /healthz, /status.");

    private static RefusedException Of(string code, int status, string title, string detail, string remedy) =>
        new(
            new Problem
            {
                Code = code,
                Status = status,
                Title = title,
                Detail = detail,
                Remedy = remedy,
            }
        );
}
