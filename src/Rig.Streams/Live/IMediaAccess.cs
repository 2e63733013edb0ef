using System.Net;
using Rig.Media.Rtsp;

namespace Rig.Streams.Live;

/// <summary>Whether a client may view a camera.</summary>
public enum MediaVerdict
{
    Granted,

    /// <summary>It must prove who it is, or its proof does not hold: it is challenged.</summary>
    Unproven,

    /// <summary>It is known and may not.</summary>
    Forbidden,
}

/// <summary>Who asks for a camera. At most one of the proofs is given.</summary>
/// <param name="Camera">Id on this node.</param>
/// <param name="Token">From the address: <c>rtsp://node:8554/cam0?token=...</c>.</param>
/// <param name="Digest">The answer to the server's challenge, its nonce checked.</param>
public sealed record MediaQuestion(string Camera, IPAddress Client, string? Token = null, DigestAnswer? Digest = null);

/// <summary>
/// Decides who may view cameras over protocols that have their own way to prove who one is. Asked at the beginning of every session; any thread. Whoever answers knows
/// users and tokens, counts failures and slows brute force by answering late.
/// </summary>
public interface IMediaAccess
{
    /// <summary>Named in challenges; part of every stored digest secret, so it must not change.</summary>
    string Realm { get; }

    ValueTask<MediaVerdict> AskAsync(MediaQuestion question, CancellationToken cancellation);
}

/// <summary>Everybody may: for a node whose routes nobody guards either.</summary>
public sealed class OpenMediaAccess : IMediaAccess
{
    public string Realm => "RecorderRig";

    public ValueTask<MediaVerdict> AskAsync(MediaQuestion question, CancellationToken cancellation) =>
        ValueTask.FromResult(MediaVerdict.Granted);
}
