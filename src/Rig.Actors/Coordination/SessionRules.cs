using System.Globalization;
using System.Text.RegularExpressions;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Coordination;

/// <summary>What requests may ask for, the same on the coordinator and on a node by itself. Pure.</summary>
public static partial class SessionRules
{
    /// <summary>How far ahead a start or stop may be set.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromDays(7);

    /// <summary>How far a sender's clock may be ahead of ours before its instants are refused as nonsense.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    /// <summary>
    /// A stop that lies no further ahead ends the session at once and is answered when the files are closed: the sender's clock may be ahead of ours. A later
    /// one is a planned end.
    /// </summary>
    public static readonly TimeSpan NearStop = TimeSpan.FromSeconds(5);

    /// <summary>Marks of one session: one every 20 s of a long match. Each is in every manifest, file and journal entry.</summary>
    public const int MostMarks = 500;

    private const int LongestMetadata = 64;

    public static Problem? Validate(StartSession request, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.SessionId is { } id && !IsSessionId(id))
        {
            return SessionProblems.Invalid($"The session id '{id}' is not usable.", "Use letters, digits, '-' and '_', 64 at most.");
        }

        if (request.At is not null && request.PreRollSeconds is not null)
        {
            return SessionProblems.Invalid("`at` and `preRollSeconds` exclude each other.", "Give one of them.");
        }

        if (
            request.PreRollSeconds is { } roll and not (>= 0 and <= 3600)
            || request.DurationSeconds is { } length and not (> 0 and <= 7 * 86400)
        )
        {
            return SessionProblems.Invalid("`preRollSeconds` must be 0 to 3600, `durationSeconds` up to 604800.", "Correct the number.");
        }

        if (request.At > now + Horizon || request.RequestedAt > now + ClockTolerance)
        {
            return SessionProblems.Invalid("The start lies too far in the future.", "Check the sender's clock, or leave the instant out.");
        }

        return
            request.Metadata is { } metadata
            && (metadata.Count > LongestMetadata || metadata.Any(pair => pair.Key.Length > 100 || pair.Value.Length > 2000))
            ? SessionProblems.Invalid("The metadata is too large.", "At most 64 entries, keys up to 100 and values up to 2000 characters.")
            : null;
    }

    public static bool IsSessionId(string id) => SessionIdPattern().IsMatch(id);

    /// <summary>T0: a given instant, or the press minus the pre-roll.</summary>
    public static DateTimeOffset StartOf(StartSession request, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.At ?? (request.RequestedAt ?? now).AddSeconds(-(request.PreRollSeconds ?? 0));
    }

    /// <summary>The name of a session that was given none.</summary>
    public static string IdOf(DateTimeOffset start) => start.UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);

    /// <summary>
    /// Where the session ends after this stop, never before it begins: what has not begun is cancelled. Null with a reason when the instant is nonsense.
    /// </summary>
    public static (DateTimeOffset? End, Problem? Problem) EndOf(StopSession request, DesiredSession session, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(session);
        DateTimeOffset end = request.At ?? request.RequestedAt ?? now;
        bool before = end <= session.Start;
        if (end > now + Horizon || (before && request.At is not null && now > session.Start))
        {
            return (
                null,
                SessionProblems.Invalid($"The session began at {session.Start:O}; it cannot end at {end:O}.", "Leave `at` out to stop now.")
            );
        }

        if (session.End is { } planned && planned < end)
        {
            return request.At is null
                ? (planned, null)
                : (
                    null,
                    SessionProblems.Invalid(
                        $"The session ends at {planned:O} already; its end can only be moved earlier.",
                        "Begin a new session after it."
                    )
                );
        }

        return (before ? session.Start : end, null);
    }

    /// <summary>The session with a mark more, or the reason why not. The same mark again changes nothing.</summary>
    public static (DesiredSession? Session, Mark? Mark, Problem? Problem) AddMark(
        AddMark request,
        DesiredSession? current,
        DateTimeOffset now
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        if (current is not { State: DesiredState.Recording })
        {
            return (null, null, SessionProblems.NoSession(null));
        }

        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Length > 200)
        {
            return (null, null, SessionProblems.Invalid("A mark needs a name of 1 to 200 characters.", "Shorten the name."));
        }

        DateTimeOffset at = request.At ?? now;
        if (at < current.Start || at > now + ClockTolerance)
        {
            return (null, null, SessionProblems.Invalid($"The instant {at:O} lies outside the session.", "Leave `at` out to mark now."));
        }

        Mark mark = new(request.Name.Trim(), at);
        if (current.Marks.Contains(mark))
        {
            return (current, mark, null);
        }

        return current.Marks.Count >= MostMarks
            ? (null, null, SessionProblems.Invalid($"The session has {MostMarks} marks already.", "Begin a new session for more."))
            : (current with { Marks = [.. current.Marks, mark] }, mark, null);
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SessionIdPattern();
}
