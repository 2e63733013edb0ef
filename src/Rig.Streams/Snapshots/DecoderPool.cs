using Rig.Streams.Processes;

namespace Rig.Streams.Snapshots;

/// <summary>Settings of the decoders.</summary>
public sealed record DecoderPoolOptions
{
    /// <summary>Decoders that wait for each kind of JPEG that was asked for lately; 0: none waits.</summary>
    public int Warm { get; init; } = 1;

    /// <summary>Pictures decoded at once: more than processors would only make all of them later.</summary>
    public int Parallel { get; init; } = Math.Max(1, Environment.ProcessorCount);

    /// <summary>Requests that may wait; the next one is refused.</summary>
    public int Waiting { get; init; } = 64;

    /// <summary>Kinds of JPEG (size and quality) that decoders are kept waiting for.</summary>
    public int Kinds { get; init; } = 3;

    /// <summary>A kind that nobody has asked for so long is no longer waited for, but for the first.</summary>
    public TimeSpan KeepWarm { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>No picture takes so long; the decoder is ended then.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Folder that ffmpeg is looked for in before the <c>PATH</c>.</summary>
    public string? ToolFolder { get; init; }
}

/// <summary>
/// Keeps decoders waiting and gives each picture its own. What waits costs no processor time and about 10 MB that it does not share with
/// others of its kind. Any thread.
/// </summary>
internal sealed class DecoderPool : IAsyncDisposable
{
    private readonly DecoderPoolOptions _options;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _slots;
    private readonly Lock _gate = new();
    private readonly Dictionary<DecoderKind, Kind> _kinds = [];
    private readonly ITimer _tidy;
    private int _waiting;
    private bool _disposed;

    public DecoderPool(DecoderPoolOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _slots = new SemaphoreSlim(options.Parallel);
        _tidy = time.CreateTimer(static pool => ((DecoderPool)pool!).Tidy(), this, options.KeepWarm, options.KeepWarm);
    }

    /// <summary>Decoders that wait now.</summary>
    public int Warm
    {
        get
        {
            lock (_gate)
            {
                return _kinds.Values.Sum(kind => kind.Waiting.Count);
            }
        }
    }

    /// <summary>Lets decoders of a kind wait from now on.</summary>
    public Task WarmUpAsync(DecoderKind wanted) => Task.Run(() => Refill(wanted));

    /// <summary>The JPEG, and whether a decoder had been waiting for it.</summary>
    /// <exception cref="SnapshotException">Too many wait, or there is no picture.</exception>
    public async Task<(byte[] Jpeg, bool Warm)> DecodeAsync(ReadOnlyMemory<byte> ivf, DecoderKind wanted, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _waiting) > _options.Waiting + _options.Parallel)
        {
            Interlocked.Decrement(ref _waiting);
            throw new SnapshotException(SnapshotFault.Busy, "Too many snapshots are asked for at once. Try again in a second.");
        }

        try
        {
            await _slots.WaitAsync(cancellation);
            try
            {
                return await Task.Factory.StartNew(
                    () => Decode(ivf, wanted),
                    CancellationToken.None,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default
                );
            }
            finally
            {
                _slots.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<PictureDecoder> waiting;
        lock (_gate)
        {
            _disposed = true;
            waiting = [.. _kinds.Values.SelectMany(kind => kind.Waiting)];
            _kinds.Clear();
        }

        await _tidy.DisposeAsync();
        await Task.WhenAll(waiting.Select(decoder => decoder.DisposeAsync().AsTask()));
    }

    private (byte[] Jpeg, bool Warm) Decode(ReadOnlyMemory<byte> ivf, DecoderKind wanted)
    {
        PictureDecoder? waiting = Take(wanted);
        PictureDecoder decoder = waiting ?? Start(wanted);
        try
        {
            return (decoder.Decode(ivf, _options.Limit, _time), waiting is not null);
        }
        finally
        {
            // Neither the end of this decoder nor the start of the next one is waited for by whoever gets the picture.
            _ = Task.Run(async () =>
            {
                await decoder.DisposeAsync();
                Refill(wanted);
            });
        }
    }

    private PictureDecoder Start(DecoderKind wanted)
    {
        string ffmpeg =
            ProgramPath.Find("ffmpeg", _options.ToolFolder)
            ?? throw new SnapshotException(
                SnapshotFault.Undecodable,
                "The program ffmpeg is not installed. Install it with: apt install ffmpeg"
            );
        try
        {
            return PictureDecoder.Start(ffmpeg, wanted);
        }
        catch (IOException refused)
        {
            throw new SnapshotException(SnapshotFault.Undecodable, refused.Message, refused);
        }
    }

    private PictureDecoder? Take(DecoderKind wanted)
    {
        lock (_gate)
        {
            if (!_kinds.TryGetValue(wanted, out Kind? kind))
            {
                return null;
            }

            kind.Used = _time.GetTimestamp();
            while (kind.Waiting.TryDequeue(out PictureDecoder? decoder))
            {
                if (decoder.IsAlive)
                {
                    return decoder;
                }
            }

            return null;
        }
    }

    /// <summary>Starts what is missing of a kind; the kind that was used longest ago makes room for a new one.</summary>
    private void Refill(DecoderKind wanted)
    {
        while (Wants(wanted))
        {
            PictureDecoder? started = null;
            try
            {
                started = Start(wanted);
            }
            catch (SnapshotException)
            {
                // Whoever asks for a picture hears of it.
            }

            Keep(wanted, started);
            if (started is null)
            {
                return;
            }
        }
    }

    private bool Wants(DecoderKind wanted)
    {
        List<PictureDecoder> surplus = [];
        lock (_gate)
        {
            if (_disposed || _options.Warm == 0)
            {
                return false;
            }

            if (!_kinds.TryGetValue(wanted, out Kind? kind))
            {
                MakeRoom(surplus);
                kind = _kinds[wanted] = new Kind { Used = _time.GetTimestamp() };
            }

            bool wants = kind.Waiting.Count + kind.Starting < _options.Warm;
            kind.Starting += wants ? 1 : 0;
            End(surplus);
            return wants;
        }
    }

    private void MakeRoom(List<PictureDecoder> surplus)
    {
        while (_kinds.Count >= _options.Kinds)
        {
            DecoderKind oldest = _kinds.MinBy(kind => kind.Value.Used).Key;
            surplus.AddRange(_kinds[oldest].Waiting);
            _kinds.Remove(oldest);
        }
    }

    private void Keep(DecoderKind wanted, PictureDecoder? started)
    {
        lock (_gate)
        {
            if (_kinds.TryGetValue(wanted, out Kind? kind))
            {
                kind.Starting = Math.Max(0, kind.Starting - 1);
                if (started is not null)
                {
                    kind.Waiting.Enqueue(started);
                }

                return;
            }
        }

        if (started is not null)
        {
            End([started]);
        }
    }

    /// <summary>Ends what waits for kinds that nobody asks for any more; the one used last goes on waiting.</summary>
    private void Tidy()
    {
        List<PictureDecoder> surplus = [];
        lock (_gate)
        {
            DecoderKind? newest = _kinds.Count == 0 ? null : _kinds.MaxBy(kind => kind.Value.Used).Key;
            foreach ((DecoderKind wanted, Kind kind) in _kinds.ToArray())
            {
                if (wanted != newest && _time.GetElapsedTime(kind.Used) >= _options.KeepWarm)
                {
                    surplus.AddRange(kind.Waiting);
                    _kinds.Remove(wanted);
                }
            }
        }

        End(surplus);
    }

    private static void End(List<PictureDecoder> decoders)
    {
        foreach (PictureDecoder decoder in decoders)
        {
            _ = Task.Run(async () => await decoder.DisposeAsync());
        }
    }

    private sealed class Kind
    {
        public Queue<PictureDecoder> Waiting { get; } = new();
        public int Starting { get; set; }
        public long Used { get; set; }
    }
}
