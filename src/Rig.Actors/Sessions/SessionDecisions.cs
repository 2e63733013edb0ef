using System.Globalization;
using System.Text.RegularExpressions;
using Rig.Contracts.Cameras;
using Rig.Contracts.Nodes;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Sessions;

/// <summary>What came of a start request: either a session with those cameras that may record, or the reason why not.</summary>
public sealed record StartDecision(DesiredSession? Session, IReadOnlyList<CameraOutcome> Refused, Problem? Problem);

/// <summary>The rules of sessions. Pure: requests, statuses and the clock in, decisions out; nothing is started here.</summary>
public static partial class SessionDecisions
{
    /// <summary>How far ahead a start may be set.</summary>
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(7);

    /// <summary>How far a sender's clock may be ahead of ours before its instants are refused as nonsense.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    private const int LongestMetadata = 64;

    /// <summary>Marks of one session: one every 20 s of a long match. Each is in every manifest, file and journal entry.</summary>
    private const int MostMarks = 500;

    /// <summary>Decides on a start while no session runs.</summary>
    public static StartDecision Start(
        StartSession request,
        IReadOnlyList<CameraStatus> cameras,
        IReadOnlyList<GateReading> nodeGates,
        DateTimeOffset now
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Validate(request, cameras, now) is { } invalid)
        {
            return new StartDecision(null, [], invalid);
        }

        DateTimeOffset start = request.At ?? (request.RequestedAt ?? now).AddSeconds(-(request.PreRollSeconds ?? 0));
        List<DesiredCamera> ready = [];
        List<CameraOutcome> refused = [];
        List<GateReading> overridden = [];
        foreach (CameraStatus camera in Chosen(request, cameras))
        {
            GateReading[] blocking = [.. nodeGates.Concat(Health.Gates.OfCamera(camera)).Where(gate => gate.Level == GateLevel.Block)];
            if (blocking.Length == 0 || request.Force)
            {
                ready.Add(new DesiredCamera(camera.Id, start));
                overridden.AddRange(blocking);
            }
            else
            {
                refused.Add(Refused(camera.Id, blocking));
            }
        }

        if (ready.Count == 0 || (request.RequireAll && refused.Count > 0))
        {
            return new StartDecision(null, refused, GatesFailed(refused, request.RequireAll));
        }

        DesiredSession session = new()
        {
            SessionId = request.SessionId ?? start.UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture),
            Revision = 1,
            State = DesiredState.Recording,
            Start = start,
            End = request.DurationSeconds is { } seconds ? start.AddSeconds(seconds) : null,
            Cameras = ready,
            Metadata = request.Metadata ?? new Dictionary<string, string>(StringComparer.Ordinal),
            GateOverrides = [.. overridden.Distinct()],
            RequestId = request.RequestId,
        };
        return new StartDecision(session, refused, null);
    }

    /// <summary>The session with its end fixed, or the reason why not.</summary>
    public static (DesiredSession? Session, Problem? Problem) Stop(StopSession request, DesiredSession? current, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (current is null || current.State == DesiredState.Finished || (request.SessionId is { } id && id != current.SessionId))
        {
            return (null, NoSession(request.SessionId));
        }

        if (current.State == DesiredState.Stopped)
        {
            return (current, null);
        }

        DateTimeOffset end = request.At ?? request.RequestedAt ?? now;
        if (end <= current.Start || end > now + Horizon)
        {
            return (null, Invalid($"The session began at {current.Start:O}; it cannot end at {end:O}.", "Leave `at` out to stop now."));
        }

        return (current with { State = DesiredState.Stopped, End = end, Revision = current.Revision + 1 }, null);
    }

    /// <summary>The session with a mark more, or the reason why not.</summary>
    public static (DesiredSession? Session, Mark? Mark, Problem? Problem) AddMark(
        AddMark request,
        DesiredSession? current,
        DateTimeOffset now
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        if (current is not { State: DesiredState.Recording })
        {
            return (null, null, NoSession(null));
        }

        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > 200)
        {
            return (null, null, Invalid("A mark needs a name of 1 to 200 characters.", "Shorten the name."));
        }

        DateTimeOffset at = request.At ?? now;
        if (at < current.Start || at > now + ClockTolerance)
        {
            return (null, null, Invalid($"The instant {at:O} lies outside the session.", "Leave `at` out to mark now."));
        }

        if (current.Marks.Count >= MostMarks)
        {
            return (null, null, Invalid($"The session has {MostMarks} marks already.", "Begin a new session for more."));
        }

        Mark mark = new(request.Name.Trim(), at);
        return (current with { Marks = [.. current.Marks, mark], Revision = current.Revision + 1 }, mark, null);
    }

    /// <summary>Whether a session that was found in the journal at start is to go on.</summary>
    public static bool ShouldResume(DesiredSession session, TimeSpan resumeWithin, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.State == DesiredState.Recording && now - session.Start < resumeWithin && (session.End is not { } end || end > now);
    }

    public static Problem SessionRunning(DesiredSession current)
    {
        ArgumentNullException.ThrowIfNull(current);
        return new Problem
        {
            Status = 409,
            Code = ProblemCodes.SessionRunning,
            Title = "A session is running",
            Detail = $"Session {current.SessionId} has been recording since {current.Start:O}.",
            Remedy = "Stop it first.",
        };
    }

    public static Problem SessionExists(string sessionId) =>
        new()
        {
            Status = 409,
            Code = ProblemCodes.SessionExists,
            Title = "The session exists",
            Detail = $"There are recordings of a session {sessionId} already.",
            Remedy = "Choose another id, or leave it out.",
        };

    public static Problem NoSession(string? sessionId) =>
        new()
        {
            Status = 409,
            Code = ProblemCodes.NoSession,
            Title = "No such session is running",
            Detail = sessionId is null ? "Nothing is being recorded." : $"Session {sessionId} is not running.",
            Remedy = "Look at the status for what runs.",
        };

    private static Problem? Validate(StartSession request, IReadOnlyList<CameraStatus> cameras, DateTimeOffset now)
    {
        if (request.SessionId is { } id && !SessionIdPattern().IsMatch(id))
        {
            return Invalid($"The session id '{id}' is not usable.", "Use letters, digits, '-' and '_', 64 at most.");
        }

        if (request.At is not null && request.PreRollSeconds is not null)
        {
            return Invalid("`at` and `preRollSeconds` exclude each other.", "Give one of them.");
        }

        if (request.PreRollSeconds is < 0 or > 3600 || request.DurationSeconds is <= 0 or > 7 * 86400)
        {
            return Invalid("`preRollSeconds` must be 0 to 3600, `durationSeconds` up to 604800.", "Correct the number.");
        }

        if (request.At > now + Horizon || request.RequestedAt > now + ClockTolerance)
        {
            return Invalid("The start lies too far in the future.", "Check the sender's clock, or leave the instant out.");
        }

        if (
            request.Metadata is { } metadata
            && (metadata.Count > LongestMetadata || metadata.Any(pair => pair.Key.Length > 100 || pair.Value.Length > 2000))
        )
        {
            return Invalid("The metadata is too large.", "At most 64 entries, keys up to 100 and values up to 2000 characters.");
        }

        string? unknown = request.Cameras?.FirstOrDefault(camera => cameras.All(known => known.Id != camera));
        return unknown is null && cameras.Count > 0
            ? null
            : new Problem
            {
                Status = 404,
                Code = ProblemCodes.UnknownCamera,
                Title = "No such camera",
                Detail = unknown is null ? "This node has no cameras." : $"There is no camera '{unknown}' on this node.",
                Remedy =
                    cameras.Count == 0 ? "Configure a camera." : $"Choose from {string.Join(", ", cameras.Select(camera => camera.Id))}.",
            };
    }

    private static IEnumerable<CameraStatus> Chosen(StartSession request, IReadOnlyList<CameraStatus> cameras) =>
        request.Cameras is { Count: > 0 } chosen ? cameras.Where(camera => chosen.Contains(camera.Id, StringComparer.Ordinal)) : cameras;

    private static CameraOutcome Refused(string camera, IReadOnlyList<GateReading> gates) =>
        new()
        {
            Camera = camera,
            Result = CameraResult.Refused,
            Reason = string.Join("; ", gates.Select(gate => $"{gate.Gate}: {gate.Value}")),
            Gates = gates,
        };

    private static Problem GatesFailed(IReadOnlyList<CameraOutcome> refused, bool requireAll) =>
        new()
        {
            Status = 412,
            Code = ProblemCodes.GatesFailed,
            Title = requireAll ? "Not every camera may record" : "No camera may record",
            Detail = string.Join("; ", refused.Select(outcome => $"{outcome.Camera}: {outcome.Reason}")),
            Remedy = string.Join(" ", refused.SelectMany(outcome => outcome.Gates ?? []).Select(gate => gate.Remedy).Distinct()),
            Gates = [.. refused.SelectMany(outcome => outcome.Gates ?? []).Distinct()],
        };

    private static Problem Invalid(string detail, string remedy) =>
        new()
        {
            Status = 400,
            Code = ProblemCodes.InvalidRequest,
            Title = "The request cannot be carried out",
            Detail = detail,
            Remedy = remedy,
        };

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SessionIdPattern();
}
