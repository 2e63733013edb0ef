using Rig.Media.Time;

namespace Rig.Streams.Live.Hls;

/// <summary>What a request for a playlist or a file came to.</summary>
public enum HlsOutcome
{
    Found,

    /// <summary>There is no such thing (any more).</summary>
    Gone,

    /// <summary>The request is wrong (RFC 8216bis 6.2.5.2).</summary>
    Wrong,

    /// <summary>It did not come in time.</summary>
    Late,

    /// <summary>Nothing of the camera can be played so.</summary>
    Unplayable,
}

/// <summary>
/// One camera as HLS, shared by all who watch it: a task cuts, requests read and wait. Begun by <see cref="HlsServer"/> at the first request and ended after the last. Any thread.
/// </summary>
public sealed class HlsStream : IAsyncDisposable
{
    /// <summary>How far back it begins, so that a player finds enough to start at once.</summary>
    private static readonly MediaSpan Back = MediaSpan.FromSeconds(4);

    /// <summary>A request that waits for more target durations than this is answered with an error (6.2.5.2).</summary>
    private const int PatienceTargets = 3;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _end = new();
    private readonly LiveViewer _viewer;
    private readonly TimeProvider _time;
    private readonly HlsWindow _window;
    private readonly HlsCutter _cutter;
    private readonly Task _run;
    private readonly Dictionary<(bool, string), (long Version, string Text)> _texts = [];
    private TaskCompletionSource _changed = Signal();
    private long _lastUse;

    internal HlsStream(LiveViewer viewer, HlsOptions options, TimeProvider time)
    {
        (_viewer, _time) = (viewer, time);
        _window = new HlsWindow(options);
        _cutter = new HlsCutter(_window, options, _gate);
        _lastUse = time.GetTimestamp();
        _run = Task.Run(RunAsync);
    }

    /// <summary>How long nobody has asked.</summary>
    internal TimeSpan Unused => _time.GetElapsedTime(Volatile.Read(ref _lastUse));

    /// <summary>It cuts no more, whatever the reason.</summary>
    internal bool HasEnded => _run.IsCompleted;

    /// <summary>The media playlist.</summary>
    /// <param name="number">Waits until it has this segment, or this part of it (<c>_HLS_msn</c>, <c>_HLS_part</c>); null: as it is, once there is a complete segment.</param>
    public async Task<(HlsOutcome Outcome, string Text)> PlaylistAsync(
        long? number,
        int? part,
        bool skip,
        string query,
        CancellationToken cancel
    )
    {
        Touch();
        if (number is null && part is not null)
        {
            return (HlsOutcome.Wrong, "");
        }

        lock (_gate)
        {
            // 6.2.5.2: more than two segments ahead is no request of an honest player.
            if (number > _window.NextNumber + 1)
            {
                return (HlsOutcome.Wrong, "");
            }
        }

        HlsOutcome outcome = await UntilAsync(() => IsThere(number, part) ? HlsOutcome.Found : null, cancel);
        if (outcome != HlsOutcome.Found)
        {
            return (outcome, "");
        }

        lock (_gate)
        {
            return (HlsOutcome.Found, Text(skip, query));
        }
    }

    /// <summary>The multivariant playlist.</summary>
    public async Task<(HlsOutcome Outcome, string Text)> MultivariantAsync(string query, CancellationToken cancel)
    {
        Touch();
        HlsOutcome outcome = await UntilAsync(() => IsThere(null, null) ? HlsOutcome.Found : null, cancel);
        lock (_gate)
        {
            return outcome == HlsOutcome.Found && _cutter.Format is { } format
                ? (outcome, HlsPlaylist.Multivariant(format, Bandwidth(), query))
                : (outcome, "");
        }
    }

    public ReadOnlyMemory<byte>? Init(int format)
    {
        Touch();
        lock (_gate)
        {
            return _window.Init(format);
        }
    }

    /// <summary>The parts of a complete segment, held for the caller, who releases each; null when there is none of that number.</summary>
    public IReadOnlyList<HlsPart>? Segment(long number)
    {
        Touch();
        lock (_gate)
        {
            return Find(number) is { IsComplete: true } segment ? Hold(segment.Parts) : null;
        }
    }

    /// <summary>One part, held for the caller; the next one to come is waited for.</summary>
    public async Task<(HlsOutcome Outcome, IReadOnlyList<HlsPart> Parts)> PartAsync(long number, int part, CancellationToken cancel)
    {
        Touch();
        IReadOnlyList<HlsPart> found = [];
        HlsOutcome outcome = await UntilAsync(Look, cancel);
        return (outcome, found);

        HlsOutcome? Look()
        {
            HlsSegment? segment = Find(number);
            if (segment is not null && part < segment.Parts.Count)
            {
                found = Hold([segment.Parts[part]]);
                return HlsOutcome.Found;
            }

            bool mayCome = segment is { IsComplete: false } ? part == segment.Parts.Count : number == _window.NextNumber && part == 0;
            return mayCome ? null : HlsOutcome.Gone;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    /// <summary>Counts bytes that went to players.</summary>
    public void Sent(long bytes) => _viewer.Sent(bytes);

    private async Task RunAsync()
    {
        using LiveReader reader = new(_viewer, Back);
        try
        {
            while (true)
            {
                bool changed = false;
                switch (await reader.NextAsync(_end.Token))
                {
                    case LiveEvent.Unit:
                        changed = _cutter.Take(reader.Item);
                        break;
                    case LiveEvent.Gap:
                        _cutter.Break();
                        changed = true;
                        break;
                    case LiveEvent.Restarted:
                        _cutter.Restart();
                        changed = true;
                        break;
                    default:
                        break;
                }

                if (changed)
                {
                    Publish();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody asks any more.
        }
        finally
        {
            // After a fault too: the next request begins anew.
            lock (_gate)
            {
                _cutter.Dispose();
                _window.Clear();
            }

            Publish();
            _viewer.Dispose();
        }
    }

    private void Publish()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            (changed, _changed) = (_changed, Signal());
        }

        changed.SetResult();
    }

    /// <summary>Looks, under the lock, after every change until there is an outcome.</summary>
    private async Task<HlsOutcome> UntilAsync(Func<HlsOutcome?> look, CancellationToken cancel)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel, _end.Token);
        limit.CancelAfter(TimeSpan.FromSeconds(PatienceTargets * Math.Max(2, _window.TargetDuration)));
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_cutter.Format is { Tracks.Count: 0 })
                {
                    return HlsOutcome.Unplayable;
                }

                if (look() is { } outcome)
                {
                    return outcome;
                }

                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                cancel.ThrowIfCancellationRequested();
                return HlsOutcome.Late;
            }
        }
    }

    private bool IsThere(long? number, int? part)
    {
        long complete = _window.NextNumber - (_window.Open is null ? 0 : 1);
        if (number is not { } wanted)
        {
            return _window.Segments.Count > 0 && _window.Segments[0].IsComplete;
        }

        if (wanted < complete)
        {
            // A part behind the last one of its segment is the first part of the next one.
            return part is not { } of
                || Find(wanted) is not { } segment
                || of < segment.Parts.Count
                || wanted + 1 < complete
                || _window.Open is { Parts.Count: > 0 };
        }

        return part is { } index && wanted == complete && _window.Open?.Parts.Count > index;
    }

    private string Text(bool skip, string query)
    {
        const int mostTexts = 8;
        if (_texts.TryGetValue((skip, query), out (long Version, string Text) known) && known.Version == _window.Version)
        {
            return known.Text;
        }

        if (_texts.Count >= mostTexts)
        {
            _texts.Clear();
        }

        string text = HlsPlaylist.Media(_window, skip, query);
        _texts[(skip, query)] = (_window.Version, text);
        return text;
    }

    private long Bandwidth() =>
        _window
            .Segments.Where(segment => segment.IsComplete && segment.Duration > MediaSpan.Zero)
            .Select(segment => (long)(segment.Length * 8 / segment.Duration.Seconds))
            .DefaultIfEmpty(1)
            .Max();

    private HlsSegment? Find(long number)
    {
        long index = number - _window.First;
        return index >= 0 && index < _window.Segments.Count ? _window.Segments[(int)index] : null;
    }

    private static HlsPart[] Hold(IReadOnlyList<HlsPart> parts) => [.. parts.Where(part => part.TryHold())];

    private void Touch() => Volatile.Write(ref _lastUse, _time.GetTimestamp());

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
