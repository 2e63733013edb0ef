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
}
