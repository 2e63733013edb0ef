using Rig.Cluster;
using Rig.Contracts.Cluster;
using Rig.Contracts.Problems;
using Rig.Contracts.Sessions;

namespace Rig.Actors.Coordination;

// Reading and writing the documents. After a write of which nobody knows whether it happened, everything is read again before anything else is decided.
public sealed partial class CoordinatorMachine
{
    private PendingWrite? _write;
    private bool _reading;
    private bool _readOnce;
    private DateTimeOffset? _readAgain;

    /// <summary>Why the shared state cannot be used; null while it can.</summary>
    private string? _away;

    private void Read()
    {
        _reading = true;
        _readAgain = null;
        _effects.Add(new ReadDocuments());
    }

    private void OnRead(DocumentsRead read)
    {
        if (!_reading)
        {
            return;
        }

        _reading = false;
        _away = null;
        HashSet<string> found = [.. read.Documents.Select(document => document.Session.SessionId)];
        foreach (string gone in _documents.Keys.Where(id => !found.Contains(id)).ToArray())
        {
            Forget(gone);
        }

        foreach (SharedDocument document in read.Documents)
        {
            string id = document.Session.SessionId;
            if (!_documents.TryGetValue(id, out SharedDocument? known) || known.Revision != document.Revision)
            {
                Keep(document, told: true);
            }
        }

        if (_readOnce)
        {
            Retell();
        }
        else
        {
            _readOnce = true;
            TakeOver();
        }
    }

    /// <summary>Every node is told what is wanted and asked what it does. Those that record are waited for, as long as one that is well needs.</summary>
    private void TakeOver()
    {
        Gathering all = new("", null) { Then = () => State = CoordinatorState.Active };
        foreach (DesiredSession session in NewestFirst().Where(IsUnfinished))
        {
            Tell(session, Concerned(session), session.State == DesiredState.Recording ? all : null);
        }

        Await(all);
    }

    private void OnAway(string reason)
    {
        _reading = true;
        _away = reason;
        _readAgain = _now + _settings.RetryInterval;
        Problem problem = SessionProblems.ClusterAway(reason);
        foreach (Asked waiting in _commands)
        {
            Answer(waiting.Asker, problem);
        }

        _commands.Clear();
    }

    private void OnChanged(SharedDocument document)
    {
        string id = document.Session.SessionId;
        bool known = _documents.TryGetValue(id, out SharedDocument? mine) && mine.Revision >= document.Revision;
        if (!known && !_reading && _readOnce && _write?.SessionId != id)
        {
            Read();
        }
    }

    /// <param name="document">The next revision of the session; null deletes it.</param>
    /// <param name="told">Nodes must hear of it; false when only outcomes are noted down.</param>
    private void Write(string sessionId, DesiredSession? document, bool told, Action written, Action<Problem>? failed = null)
    {
        long expected = 0;
        if (_documents.TryGetValue(sessionId, out SharedDocument? known))
        {
            expected = known.Revision;
            document = document is null ? null : document with { Revision = known.Session.Revision + 1 };
        }

        _write = new PendingWrite(NextNumber(), sessionId, document, told, written, failed ?? (_ => { }));
        _effects.Add(new WriteDocument(_write.Number, SharedKeys.OfSession(sessionId), document, new WriteGuard(_token, expected)));
    }

    private void OnWriteEnded(WriteEnded ended)
    {
        if (_write is not { } write || write.Number != ended.Write)
        {
            return;
        }

        switch (ended.Result)
        {
            case WriteResult.Written(long revision):
                _write = null;
                if (write.Document is { } document)
                {
                    Keep(new SharedDocument(document, revision), write.Told);
                }
                else
                {
                    Forget(write.SessionId);
                }

                write.Written();
                break;
            case WriteResult.Conflict:
                _write = null;
                write.Failed(SessionProblems.CoordinatorChanged($"Another change of session {write.SessionId} came first."));
                Read();
                break;
            default:
                End("Another node leads.");
                break;
        }
    }

    private void OnWriteUnknown(WriteUnknown unknown)
    {
        if (_write is not { } write || write.Number != unknown.Write)
        {
            return;
        }

        _write = null;
        write.Failed(
            SessionProblems.ClusterAway($"Whether the change of session {write.SessionId} was written is not known: {unknown.Reason}")
        );
        OnAway(unknown.Reason);
    }

    private void Keep(SharedDocument document, bool told)
    {
        string id = document.Session.SessionId;
        if (_documents.TryGetValue(id, out SharedDocument? before) && before.Session.State != document.Session.State)
        {
            _outcomes.Remove(id);
        }

        _documents[id] = document;
        if (told || before is null)
        {
            _need[id] = document.Session.Revision;
        }
    }

    private void Forget(string sessionId)
    {
        _documents.Remove(sessionId);
        _need.Remove(sessionId);
        _outcomes.Remove(sessionId);
        foreach ((string, string) told in _told.Keys.Where(key => key.Session == sessionId).ToArray())
        {
            _told.Remove(told);
        }
    }

    private static bool IsUnfinished(DesiredSession session) => session.State != DesiredState.Finished;

    private sealed record PendingWrite(
        long Number,
        string SessionId,
        DesiredSession? Document,
        bool Told,
        Action Written,
        Action<Problem> Failed
    );
}
