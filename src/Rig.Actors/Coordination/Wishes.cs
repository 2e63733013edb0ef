using Rig.Contracts.Sessions;

namespace Rig.Actors.Coordination;

/// <summary>
/// What holds for a camera when several sessions, or two copies of one session, say different things about it: the later wish, and between wishes of the same
/// instant the greater session id. The end of a session is a wish about that session only; the end of a camera (a leave, a local stop) is one
/// about the camera, so that an older session does not take it up again. Coordinator and nodes use the same rules and so come to the same result.
/// </summary>
public static class Wishes
{
    public static bool IsOf(string camera, string node) =>
        camera.Length > node.Length && camera[node.Length] == '/' && camera.StartsWith(node, StringComparison.Ordinal);

    public static string NodeOf(string camera)
    {
        int slash = camera.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? camera : camera[..slash];
    }

    /// <summary>The session goes on for whoever is in it.</summary>
    public static bool Runs(DesiredSession session, DateTimeOffset now) =>
        session.State == DesiredState.Recording && (session.End is not { } end || end > now);

    /// <summary>The entry has not ended and is not refused.</summary>
    public static bool IsOpen(DesiredCamera camera) => camera.End is null && camera.Outcome is not { Result: CameraResult.Refused };

    /// <summary>When it was wished that this camera records in a session that runs.</summary>
    public static DateTimeOffset StartOf(DesiredSession session, DesiredCamera? camera) =>
        camera?.WishedAt is { } own && own > session.RequestedAt ? own : session.RequestedAt;

    /// <summary>The newest wish that a document knows of.</summary>
    public static DateTimeOffset Newest(DesiredSession session) =>
        session.Cameras.Aggregate(session.RequestedAt, (newest, camera) => camera.WishedAt is { } own && own > newest ? own : newest);

    /// <summary>In which of the sessions the camera is to record now; null for none.</summary>
    public static DesiredSession? Wanted(IEnumerable<DesiredSession> sessions, string camera, DateTimeOffset now)
    {
        DesiredSession? best = null;
        (bool Begun, DateTimeOffset Wish) rank = default;
        DateTimeOffset ended = DateTimeOffset.MinValue;
        foreach (DesiredSession session in sessions)
        {
            DesiredCamera? entry = Entry(session, camera);
            if (entry is { End: not null, WishedAt: { } own } && own > ended)
            {
                ended = own;
            }

            if (!Runs(session, now) || !(entry is null ? session.AllCameras : IsOpen(entry)))
            {
                continue;
            }

            // A start that lies ahead takes no camera from a session that records.
            (bool Begun, DateTimeOffset Wish) candidate = (session.Start <= now, StartOf(session, entry));
            int order = candidate.CompareTo(rank);
            if (best is null || order > 0 || (order == 0 && string.CompareOrdinal(session.SessionId, best.SessionId) > 0))
            {
                (best, rank) = (session, candidate);
            }
        }

        return best is not null && rank.Wish >= ended ? best : null;
    }

    /// <summary>
    /// The shared copy with what a node's own copy of the same session knows later: its cameras' entries with later wishes, its cameras that joined, its marks.
    /// The same object when there is nothing.
    /// </summary>
    public static DesiredSession Merge(DesiredSession shared, DesiredSession own, string node, int mostMarks)
    {
        ArgumentNullException.ThrowIfNull(shared);
        ArgumentNullException.ThrowIfNull(own);
        List<DesiredCamera>? cameras = null;
        foreach (DesiredCamera mine in own.Cameras.Where(camera => IsOf(camera.Camera, node)))
        {
            int at = IndexOf(shared, mine.Camera);
            if (at < 0)
            {
                (cameras ??= [.. shared.Cameras]).Add(mine);
            }
            else if (mine.WishedAt is { } wish && !(shared.Cameras[at].WishedAt >= wish))
            {
                (cameras ??= [.. shared.Cameras])[at] = mine;
            }
        }

        Mark[] marks = [.. own.Marks.Except(shared.Marks).Take(Math.Max(0, mostMarks - shared.Marks.Count))];
        return cameras is null && marks.Length == 0
            ? shared
            : shared with
            {
                Cameras = cameras ?? shared.Cameras,
                Marks = marks.Length == 0 ? shared.Marks : [.. shared.Marks, .. marks],
            };
    }

    /// <summary>
    /// A node ended cameras by itself in a session that the rig does not record any more, and knew nothing of the one that it wants now: the later wish is about the
    /// camera, so it holds there too.
    /// </summary>
    /// <param name="recording">What the rig wants now.</param>
    /// <param name="own">The node's copy of the other session, its own cameras only.</param>
    /// <returns>One of the sessions with those cameras ended; null when none is concerned.</returns>
    public static DesiredSession? EndElsewhere(IReadOnlyList<DesiredSession> recording, DesiredSession own, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(own);
        DesiredSession? changed = null;
        foreach (DesiredCamera camera in own.Cameras)
        {
            if (
                camera is { End: { } end, WishedAt: { } wish }
                && Wanted(recording, camera.Camera, now) is { } holder
                && holder.SessionId != own.SessionId
                && (changed is null || changed.SessionId == holder.SessionId)
                && StartOf(holder, Entry(holder, camera.Camera)) < wish
            )
            {
                DesiredCamera entry = Entry(holder, camera.Camera) ?? new DesiredCamera(camera.Camera, holder.Start);
                changed = With(changed ?? holder, entry with { End = end > holder.Start ? end : holder.Start, WishedAt = wish });
            }
        }

        return changed;
    }

    public static DesiredCamera? Entry(DesiredSession session, string camera)
    {
        int at = IndexOf(session, camera);
        return at < 0 ? null : session.Cameras[at];
    }

    public static DesiredSession With(DesiredSession session, DesiredCamera entry)
    {
        int at = IndexOf(session, entry.Camera);
        List<DesiredCamera> cameras = [.. session.Cameras];
        if (at < 0)
        {
            cameras.Add(entry);
        }
        else
        {
            cameras[at] = entry;
        }

        return session with
        {
            Cameras = cameras,
        };
    }

    private static int IndexOf(DesiredSession session, string camera)
    {
        for (int i = 0; i < session.Cameras.Count; i++)
        {
            if (session.Cameras[i].Camera == camera)
            {
                return i;
            }
        }

        return -1;
    }
}
