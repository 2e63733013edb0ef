using System.Globalization;
using System.Security.Cryptography;
using Rig.Media.Formats;
using Rig.Media.Rtp;
using Rig.Media.Rtsp;
using Rig.Streams.Log;

namespace Rig.Streams.Live.Rtsp;

/// <summary>What a client has set up, and its answers to requests (RFC 7826 13): one session of one camera on one connection. One request at a time.</summary>
internal sealed class RtspSession(RtspConnection connection, RtspContext context) : IAsyncDisposable
{
    private const string Methods = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER, TEARDOWN";

    /// <summary>Wrong proofs on one connection; a player asks its user after the first.</summary>
    private const int MostProofs = 5;

    /// <summary>A camera that has just been started gets so long for its first picture.</summary>
    private static readonly TimeSpan FirstPicture = TimeSpan.FromSeconds(5);

    private readonly string _nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private readonly Dictionary<int, RtspStream> _streams = [];
    private string? _id;
    private string? _camera;
    private string? _granted;
    private RtspPlay? _play;
    private int _proofs;

    /// <summary>It plays over TCP: a client that is gone does not read.</summary>
    public bool ProvesItselfByReading =>
        _play is { IsRunning: true } && _streams.Values.All(stream => stream.Transport.Interleaved is not null);

    public async ValueTask<RtspAnswer> HandleAsync(RtspRequest request, CancellationToken cancel)
    {
        if (request.Sequence is null)
        {
            return new RtspAnswer(400, "Bad Request");
        }

        RtspAnswer answer = request.Method switch
        {
            "OPTIONS" => RtspAnswer.Ok().With("Public", Methods),
            "DESCRIBE" => await DescribeAsync(request, cancel),
            "SETUP" => await SetupAsync(request, cancel),
            "PLAY" => IsOurs(request) ? await PlayAsync(request, cancel) : NoSession(),
            "PAUSE" => IsOurs(request) ? await PauseAsync() : NoSession(),
            "TEARDOWN" => IsOurs(request) ? await TeardownAsync() : NoSession(),
            "GET_PARAMETER" or "SET_PARAMETER" => RtspAnswer.Ok(),
            _ => new RtspAnswer(501, "Not Implemented").With("Public", Methods),
        };
        return _id is null || answer.Headers.Exists(header => header.Name == "Session") ? answer : answer.With("Session", _id);
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private static RtspAnswer NoSession() => new(454, "Session Not Found");

    private bool IsOurs(RtspRequest request) => _id is not null && request.Header("Session")?.Split(';')[0].Trim() == _id;

    private async ValueTask<RtspAnswer> DescribeAsync(RtspRequest request, CancellationToken cancel)
    {
        (RtspTarget? target, RtspAnswer? refusal) = await AdmitAsync(request, cancel);
        if (target is null)
        {
            return refusal!;
        }

        if (await FormatsAsync(target.Camera, cancel) is not { } formats)
        {
            return new RtspAnswer(503, "Service Unavailable").With("Retry-After", "2");
        }

        TrackFormat?[] tracks = [.. Enumerable.Range(0, formats.Count).Select(track => formats[track])];
        if (!Array.Exists(tracks, track => track is not null && RtpPayload.Of(track) is not null))
        {
            return new RtspAnswer(415, "Unsupported Media Type");
        }

        RtspAnswer answer = new(200, "OK") { Body = SdpMedia.Describe(target.Camera, tracks) };
        return answer.With("Content-Type", "application/sdp").With("Content-Base", $"{request.Uri.Split('?')[0].TrimEnd('/')}/");
    }

    private async ValueTask<RtspAnswer> SetupAsync(RtspRequest request, CancellationToken cancel)
    {
        (RtspTarget? target, RtspAnswer? refusal) = await AdmitAsync(request, cancel);
        if (target is null)
        {
            return refusal!;
        }

        if (_play is not null || (_camera is not null && _camera != target.Camera))
        {
            return new RtspAnswer(455, "Method Not Valid in This State");
        }

        FormatSet? formats = await FormatsAsync(target.Camera, cancel);
        int track = target.Track ?? formats?.MainTrack ?? -1;
        if (formats?[track] is not { } format || RtpPayload.Of(format) is null)
        {
            return new RtspAnswer(404, "Not Found");
        }

        if (RtspTransport.Read(request.Header("Transport"), (byte)(2 * track)) is not { } transport)
        {
            return new RtspAnswer(461, "Unsupported Transport");
        }

        _camera = target.Camera;
        _id ??= Convert.ToHexString(RandomNumberGenerator.GetBytes(8));
        RtspStream stream = new(format, track, transport, connection);
        _streams[track] = stream;
        return RtspAnswer
            .Ok()
            .With("Transport", stream.Describe())
            .With("Session", string.Create(CultureInfo.InvariantCulture, $"{_id};timeout={(int)context.Options.Timeout.TotalSeconds}"));
    }

    private async ValueTask<RtspAnswer> PlayAsync(RtspRequest request, CancellationToken cancel)
    {
        if (_camera is null || _streams.Count == 0)
        {
            return new RtspAnswer(455, "Method Not Valid in This State");
        }

        if (_play is { IsRunning: true })
        {
            return RtspAnswer.Ok();
        }

        await StopAsync();
        if (context.Hub.TryEnter(_camera, LiveOutput.Rtsp) is not { } viewer)
        {
            return new RtspAnswer(453, "Not Enough Bandwidth");
        }

        _play = new RtspPlay(viewer, [.. _streams.Values], connection, context);
        string address = request.Uri.Split('?')[0].TrimEnd('/');
        string info = string.Join(',', _streams.Values.Select(stream => stream.Information(address)));

        // No packet before the answer (RFC 7826 13.4).
        return new RtspAnswer(200, "OK") { Then = _play.Start }
            .With("Range", "npt=now-")
            .With("RTP-Info", info);
    }

    private async ValueTask<RtspAnswer> PauseAsync()
    {
        await StopAsync();
        return RtspAnswer.Ok();
    }

    private async ValueTask<RtspAnswer> TeardownAsync()
    {
        await StopAsync();
        string? id = _id;
        (_id, _camera) = (null, null);
        _streams.Clear();
        return RtspAnswer.Ok().With("Session", id ?? "");
    }

    private async ValueTask StopAsync()
    {
        if (_play is { } play)
        {
            _play = null;
            await play.DisposeAsync();
        }
    }

    /// <summary>The camera of a request, if it is here and the client may view it; else the answer that says why not.</summary>
    private async ValueTask<(RtspTarget? Target, RtspAnswer? Refusal)> AdmitAsync(RtspRequest request, CancellationToken cancel)
    {
        if (RtspTarget.Read(request, context.Options.NodeId) is not { } target)
        {
            return (null, new RtspAnswer(404, "Not Found"));
        }

        if (_granted != target.Camera && await RefusalAsync(request, target, cancel) is { } refusal)
        {
            return (null, refusal);
        }

        // After the question of rights: who may not view does not learn which cameras there are.
        _granted = target.Camera;
        return context.Hub.Logs.Find(target.Camera) is null ? (null, new RtspAnswer(404, "Not Found")) : (target, null);
    }

    private async ValueTask<RtspAnswer?> RefusalAsync(RtspRequest request, RtspTarget target, CancellationToken cancel)
    {
        IMediaAccess access = context.Access;
        DigestAnswer? digest = DigestAnswer.Read(request.Header("Authorization"), request.Method);
        bool isOurs = digest is not null && digest.Nonce == _nonce && digest.Realm == access.Realm;
        MediaQuestion question = new(target.Camera, connection.Remote.Address, target.Token, isOurs ? digest : null);
        switch (await access.AskAsync(question, cancel))
        {
            case MediaVerdict.Granted:
                return null;
            case MediaVerdict.Forbidden:
                context.CountUnproven();
                return new RtspAnswer(403, "Forbidden");
            default:
                context.CountUnproven();
                _proofs += digest is null && target.Token is null ? 0 : 1;
                return new RtspAnswer(401, "Unauthorized") { Then = _proofs >= MostProofs ? connection.End : null }.With(
                    "WWW-Authenticate",
                    $"Digest realm=\"{access.Realm}\", nonce=\"{_nonce}\", algorithm=MD5"
                );
        }
    }

    /// <summary>The camera's formats, once it has a picture; null when none comes.</summary>
    private async ValueTask<FormatSet?> FormatsAsync(string camera, CancellationToken cancel)
    {
        if (context.Hub.Logs.Find(camera) is not { } log)
        {
            return null;
        }

        if (log.NewestKey < 0)
        {
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(FirstPicture);
            using LogReader reader = log.OpenReader(LogPosition.NewestKey);
            try
            {
                await reader.WaitToReadAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                return null;
            }
        }

        return log.Formats.MainTrack >= 0 ? log.Formats : null;
    }
}

/// <summary>What a request's address names.</summary>
/// <param name="Track">Null: the camera as a whole.</param>
internal sealed record RtspTarget(string Camera, int? Track, string? Token)
{
    private const string TrackName = "trackID=";

    /// <summary>Reads <c>/cam0</c>, <c>/NODE/cam0</c>, each with <c>/trackID=1</c>, and a token in the query; null when it names no camera of this node.</summary>
    public static RtspTarget? Read(RtspRequest request, string nodeId)
    {
        if (request.Target is not { } target)
        {
            return null;
        }

        // Some players put the query before the track: rtsp://node/cam0?token=T/trackID=0.
        string[] query = target.Query.TrimStart('?').Split('/', 2);
        List<string> words = [.. target.Path.Split('/', StringSplitOptions.RemoveEmptyEntries), .. query.Skip(1)];
        int? track = null;
        if (words.Count > 0 && words[^1].StartsWith(TrackName, StringComparison.OrdinalIgnoreCase))
        {
            if (!int.TryParse(words[^1][TrackName.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                return null;
            }

            track = number;
            words.RemoveAt(words.Count - 1);
        }

        string? token = query[0]
            .Split('&')
            .Where(pair => pair.StartsWith("token=", StringComparison.Ordinal))
            .Select(pair => Uri.UnescapeDataString(pair["token=".Length..]))
            .FirstOrDefault();
        return words switch
        {
            [var camera] => new RtspTarget(camera, track, token),
            [var node, var camera] when node == nodeId => new RtspTarget(camera, track, token),
            _ => null,
        };
    }
}
