using System.Security.Cryptography;
using Rig.Media.Formats;
using Rig.Media.Mp4;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Log;

namespace Rig.Streams.Tests.Recording;

/// <summary>A unit as it was written to the log or found in a file.</summary>
internal sealed record SeenUnit(int Track, string Hash, UtcInstant Capture, long Sequence);

/// <summary>
/// Plays the sample clip over and over into a log, as fast as wanted, with continuous times and exact capture instants. Each picture gets
/// a user data SEI with its number, so that no two units of a recording are alike.
/// </summary>
internal sealed class CameraScript : IDisposable
{
    public static readonly UtcInstant Start = UtcInstant.From(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));

    private readonly BlockPool _samples = new();
    private readonly List<AccessUnit> _clip = [];
    private readonly List<AccessUnit> _other = [];
    private readonly UnitBuilder[] _builders;
    private readonly TrackFormat[] _formats;
    private readonly TrackFormat _otherFormat;
    private readonly bool _audio;
    private int _index;
    private int _loop;

    public CameraScript(GopLog log, BlockPool pool, bool audio = true, bool announceAudio = true, bool bPictures = true)
    {
        Log = log;
        _audio = audio;
        _builders = [new UnitBuilder(pool), new UnitBuilder(pool)];
        _formats = Load("clip.mp4", _clip);
        _otherFormat = Load("other.mp4", _other)[0];
        if (!bPictures)
        {
            _clip.RemoveAll(unit => unit.Track == 0);
            _formats[0] = _otherFormat;
            for (int half = 0; half < 2; half++)
            {
                _clip.AddRange(_other.Select(unit => Shifted(unit, 12_800L * half)));
            }

            _clip.Sort((a, b) => InstantOf(a, decode: true).CompareTo(InstantOf(b, decode: true)));
        }

        log.OnFormat(0, _formats[0]);
        if (audio && announceAudio)
        {
            log.OnFormat(1, _formats[1]);
        }
    }

    public GopLog Log { get; }

    /// <summary>All units written so far.</summary>
    public List<SeenUnit> Written { get; } = [];

    public TrackFormat AudioFormat => _formats[1];

    /// <summary>Units that the sensor saw in so many seconds are written.</summary>
    public void Play(double seconds, Func<SeenUnit, bool>? drops = null)
    {
        UtcInstant until = Now + MediaSpan.FromSeconds(seconds);
        while (Now < until)
        {
            Step(drops);
        }
    }

    /// <summary>As <see cref="Play"/>, slowed by the log's pressure.</summary>
    public async Task PlayAsync(double seconds)
    {
        UtcInstant until = Now + MediaSpan.FromSeconds(seconds);
        while (Now < until)
        {
            await Log.WhenWritableAsync();
            Step(null);
        }
    }

    /// <summary>Decode instant of the next unit.</summary>
    public UtcInstant Now => InstantOf(_clip[_index], decode: true) + MediaSpan.FromSeconds(2.0 * _loop);

    /// <summary>One second of another size, without sound; times go on.</summary>
    public void PlayOther()
    {
        Log.OnFormat(0, _otherFormat);
        MediaSpan offset = Now - InstantOf(_other[0], decode: true);
        foreach (AccessUnit unit in _other)
        {
            Write(unit, _otherFormat, offset, null);
        }

        for (UtcInstant end = Now + MediaSpan.FromSeconds(1); Now < end; )
        {
            Skip();
        }

        Log.OnFormat(0, _formats[0]);
    }

    /// <summary>Nothing comes for some time.</summary>
    public void Pause(int seconds) => _loop += seconds / 2;

    public static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    public void Dispose()
    {
        _clip.ForEach(unit => unit.Release());
        Array.ForEach(_builders, builder => builder.Dispose());
    }

    private void Step(Func<SeenUnit, bool>? drops)
    {
        AccessUnit unit = _clip[_index];
        if (unit.Track == 0 || _audio)
        {
            Write(unit, _formats[unit.Track], MediaSpan.FromSeconds(2.0 * _loop), drops);
        }

        Skip();
    }

    private void Skip()
    {
        _index = (_index + 1) % _clip.Count;
        _loop += _index == 0 ? 1 : 0;
    }

    private void Write(in AccessUnit unit, TrackFormat format, MediaSpan offset, Func<SeenUnit, bool>? drops)
    {
        UnitBuilder builder = _builders[unit.Track];
        if (unit.Track == 0)
        {
            builder.Append(Stamp(Log.NextSequence));
        }

        builder.Append(unit.Span);
        (UnitBlock block, int start, int length) = builder.Take();
        long ticks = format.Timescale.ToTicks(offset);
        AccessUnit written = unit with
        {
            Block = block,
            Offset = start,
            Length = length,
            DecodeTime = unit.DecodeTime + ticks,
            PresentationTime = unit.PresentationTime + ticks,
            Capture = InstantOf(unit, decode: false) + offset,
            Arrival = InstantOf(unit, decode: false) + offset,
        };
        var seen = new SeenUnit(unit.Track, HashOf(written.Span), written.Capture, Log.NextSequence);
        if (drops?.Invoke(seen) == true)
        {
            written.Release();
            return;
        }

        Written.Add(seen);
        Log.OnUnit(written);
    }

    /// <summary>SEI, user data unregistered (H.264 D.1.7), with a number in letters: no byte needs emulation prevention.</summary>
    private static byte[] Stamp(long number)
    {
        byte[] text = System.Text.Encoding.ASCII.GetBytes($"RecorderRigTests{number:D16}");
        return [0, 0, 0, (byte)(text.Length + 4), 6, 5, (byte)text.Length, .. text, 0x80];
    }

    private UtcInstant InstantOf(in AccessUnit unit, bool decode)
    {
        MediaTime time = decode ? unit.DecodeTime : unit.PresentationTime;
        return Start + _formats[unit.Track].Timescale.ToSpan(time.Ticks);
    }

    private static AccessUnit Shifted(in AccessUnit unit, long ticks)
    {
        unit.AddReference();
        return unit with { DecodeTime = unit.DecodeTime + ticks, PresentationTime = unit.PresentationTime + ticks };
    }

    private TrackFormat[] Load(string name, List<AccessUnit> units)
    {
        var bytes = new MemoryBytes(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "samples", name)));
        using var reader = new Mp4UnitReader(bytes, Mp4File.Read(bytes), _samples);
        while (reader.TryRead(out AccessUnit unit))
        {
            if (InstantlyInClip(unit, reader.Tracks[unit.Track].Timescale))
            {
                units.Add(unit);
            }
            else
            {
                unit.Release();
            }
        }

        return [.. reader.Tracks.Select(track => track.Format!)];
    }

    /// <summary>The sound's padding beyond two seconds would overlap with the next round.</summary>
    private static bool InstantlyInClip(in AccessUnit unit, Timescale scale) =>
        scale.ToSpan(unit.PresentationTime.Ticks).Seconds is > -0.1 and < 1.99;
}
