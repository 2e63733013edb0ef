using System.Runtime.CompilerServices;

namespace Rig.Cluster.Etcd;

/// <summary>
/// One watch, through any number of streams. Each stream begins after the last revision that was handed out whole, so that nothing is lost or told twice between them.
/// etcd 3.4 answers a progress request even before the changes of the past were sent, so only its own progress notices move the revision on.
/// </summary>
internal sealed class EtcdWatch(EtcdTransport transport, EtcdRange range, long afterRevision)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Events of one answer in parts. More than a transaction (128 operations) or a batch of etcd's (1,000 revisions) can have.</summary>
    private const int MaxEvents = 1_000_000;

    private long _next = afterRevision + 1;
    private bool _created;
    private int _failures;
    private bool _loggedInAgain;

    public async IAsyncEnumerable<IReadOnlyList<EtcdEvent>> RunAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        while (true)
        {
            EndpointRing.Place place = transport.Current;
            await using (IAsyncEnumerator<IReadOnlyList<EtcdEvent>> stream = StreamAsync(place, cancel).GetAsyncEnumerator(cancel))
            {
                while (await MoveAsync(stream, place, cancel))
                {
                    yield return stream.Current;
                }
            }

            await PauseAsync(cancel);
        }
    }

    /// <summary>False when this stream is over and another is needed.</summary>
    private async Task<bool> MoveAsync(
        IAsyncEnumerator<IReadOnlyList<EtcdEvent>> stream,
        EndpointRing.Place place,
        CancellationToken cancel
    )
    {
        try
        {
            if (await stream.MoveNextAsync())
            {
                return true;
            }
        }
        catch (EndpointFailedException failed) when (failed.Silent && _created)
        {
            cancel.ThrowIfCancellationRequested();
            return false;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
        catch (EndpointFailedException)
        {
            cancel.ThrowIfCancellationRequested();
        }
        catch (EtcdException refused) when (EtcdErrors.Of(refused) is not null)
        {
            // Its leader is lost, or it stops: another member may do better.
        }
        catch (EtcdException refused) when (EtcdErrors.TokenIsStale(refused) && !_loggedInAgain)
        {
            _loggedInAgain = true;
            transport.Relogin();
            return false;
        }

        _failures++;
        transport.Failed(place);
        return false;
    }

    private async IAsyncEnumerable<IReadOnlyList<EtcdEvent>> StreamAsync(
        EndpointRing.Place place,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        using CancellationTokenSource here = CancellationTokenSource.CreateLinkedTokenSource(cancel, place.Left);
        using EtcdStream stream = await transport.OpenAsync(
            place.Endpoint,
            "watch",
            Request(),
            EtcdJson.Default.EtcdWatchRequest,
            needsLeader: true,
            transport.Options.AttemptLimit,
            here.Token
        );
        _created = false;
        List<EtcdEvent> events = [];
        TimeSpan Quiet() => _created ? transport.Options.WatchQuiet : transport.Options.AttemptLimit;
        await foreach (EtcdWatchAnswer answer in stream.ReadAsync(EtcdJson.Default.StreamedWatch, Quiet, here.Token))
        {
            ThrowIfCancelled(answer);
            if (answer.Created)
            {
                (_created, _failures, _loggedInAgain) = (true, 0, false);
            }

            Collect(answer, events, place);
            if (!answer.Fragment && events.Count > 0)
            {
                _next = events[^1].Kv.ModRevision + 1;
                yield return events;
                events = [];
            }
            else if (answer is { Created: false, Fragment: false, WatchId: 0 })
            {
                _next = Math.Max(_next, answer.Header.Revision + 1);
            }
        }
    }

    private EtcdWatchRequest Request() =>
        new(
            new EtcdWatchCreate
            {
                Key = range.Key,
                RangeEnd = range.RangeEnd,
                StartRevision = _next,
                ProgressNotify = true,
                Fragment = true,
            }
        );

    private void Collect(EtcdWatchAnswer answer, List<EtcdEvent> events, EndpointRing.Place place)
    {
        foreach (EtcdEvent change in answer.Events)
        {
            // Order is what the reader builds on; a member that breaks it is not believed.
            long newest = events.Count > 0 ? events[^1].Kv.ModRevision : _next;
            if (change.Kv.ModRevision < newest || events.Count >= MaxEvents)
            {
                throw new EndpointFailedException(
                    place.Endpoint,
                    $"a change of revision {change.Kv.ModRevision} after {newest}",
                    unsent: false
                );
            }

            events.Add(change);
        }
    }

    private static void ThrowIfCancelled(EtcdWatchAnswer answer)
    {
        if (answer.CompactRevision > 0)
        {
            throw new RevisionCompactedException(answer.CompactRevision);
        }

        if (answer.Canceled)
        {
            throw EtcdErrors.ReadCancelled(answer.CancelReason);
        }
    }

    private async Task PauseAsync(CancellationToken cancel)
    {
        if (_failures > 0)
        {
            TimeSpan pause = ShortestPause * Math.Pow(2, Math.Min(_failures - 1, 10));
            await Task.Delay(pause < LongestPause ? pause : LongestPause, transport.Time, cancel);
        }

        cancel.ThrowIfCancellationRequested();
    }
}
