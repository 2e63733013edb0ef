using Rig.Contracts.Cluster;
using Rig.Streams.Live;

namespace Rig.Node.Rights;

/// <summary>Answers the RTSP server by the rig's users and tokens. Any thread.</summary>
internal sealed class RtspAccess(MediaAccess access, string nodeId) : IMediaAccess
{
    public string Realm => MediaAccess.Realm;

    public ValueTask<MediaVerdict> AskAsync(MediaQuestion question, CancellationToken cancellation) =>
        ValueTask.FromResult(Answer(question));

    private MediaVerdict Answer(MediaQuestion question)
    {
        if (access.IsOpen)
        {
            return MediaVerdict.Granted;
        }

        // Whoever was wrong too often is asked for a proof again, and none is looked at until he has waited.
        if (question is { Token: null, Digest: null } || access.Wait(question.Client) is not null)
        {
            return MediaVerdict.Unproven;
        }

        if (Proven(question) is not { } caller)
        {
            access.Wrong(question.Client);
            return MediaVerdict.Unproven;
        }

        return access.MayView(caller, new CameraId(nodeId, question.Camera)) ? MediaVerdict.Granted : MediaVerdict.Forbidden;
    }

    private Caller? Proven(MediaQuestion question) =>
        question switch
        {
            { Token: { } token } => access.ByToken(token),
            { Digest: { } digest } when access.DigestSecret(digest.User, DigestAlgorithm.Md5) is var (caller, ha1) && digest.Matches(ha1) =>
                caller,
            _ => null,
        };
}
