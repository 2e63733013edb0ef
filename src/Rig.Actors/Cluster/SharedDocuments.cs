using System.Text.Json;
using Rig.Actors.Coordination;
using Rig.Cluster;
using Rig.Contracts.Json;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Cluster;

/// <summary>Session documents as they lie in the shared state: JSON, small enough for any engine.</summary>
public static class SharedDocuments
{
    public static ReadOnlyMemory<byte> Write(DesiredSession session) =>
        JsonSerializer.SerializeToUtf8Bytes(session, RigJson.Default.DesiredSession);

    /// <summary>Null for a deletion, and for an entry that no version of this program has written.</summary>
    public static SharedDocument? Read(StateEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Value is not { } bytes)
        {
            return null;
        }

        try
        {
            DesiredSession? session = JsonSerializer.Deserialize(bytes.Span, RigJson.Default.DesiredSession);
            return session is not null && entry.Key == SharedKeys.OfSession(session.SessionId)
                ? new SharedDocument(session, entry.Revision)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// For a node alone: nobody but itself says that a session is still wanted, so one that was too old to be resumed when this program began has ended when it
    /// became so.
    /// </summary>
    /// <param name="since">When this program began.</param>
    public static SharedDocument Aged(SharedDocument document, DateTimeOffset since, TimeSpan resumeWithin)
    {
        ArgumentNullException.ThrowIfNull(document);
        DesiredSession session = document.Session;
        DateTimeOffset limit = session.Start + resumeWithin;
        return session.State == DesiredState.Recording && limit <= since && !(session.End <= limit)
            ? document with
            {
                Session = session with { End = limit },
            }
            : document;
    }
}
