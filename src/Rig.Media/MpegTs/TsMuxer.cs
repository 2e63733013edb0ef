using System.Buffers;
using System.Buffers.Binary;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.MpegTs;

/// <summary>
/// Multiplexes units into an MPEG transport stream of one program (ISO/IEC 13818-1): PAT and PMT at the start and every 100 ms, a
/// clock every 40 ms, one PES packet a unit with the unit's own times (at 90 kHz, 33 bits). H.264 and H.265 as Annex B with an access
/// unit delimiter first and parameter sets before key units, AAC with ADTS headers, Opus with control headers, KLV as private data.
/// </summary>
/// <remarks>
/// Units are written in the order they are given; give them in rising decode time. The clock runs <see cref="ClockLead"/> before
/// the decode times of the first video track (or the first track). One thread.
/// </remarks>
public sealed class TsMuxer
{
    /// <summary>How long a unit may lie in a decoder's buffer (2.4.2.6 allows 1 s): enough for a key unit to arrive at a few times the mean rate.</summary>
    public static readonly MediaSpan ClockLead = MediaSpan.FromMilliseconds(200);

    private const int FirstPid = 0x100;
    private const long Second = 90_000;
    private const long ClockMask = (1L << 33) - 1;

    /// <summary>Between clock samples: half of what 2.7.2 allows.</summary>
    private const long PcrInterval = Second * 40 / 1000;

    /// <summary>Between tables: what ETSI TR 101 290 5.2.1 asks of PAT and PMT.</summary>
    private const long TableInterval = Second / 10;

    /// <summary>A hole in the clock beyond this is not filled with clock samples but announced as a new clock by the next one.</summary>
    private const long MaxFilledGap = Second;

    private readonly List<MuxTrack> _tracks = [];
    private readonly List<(int Pid, TrackFormat Format)> _map = [];
    private byte _patContinuity;
    private byte _pmtContinuity;
    private int _version = -1;
    private bool _mapChanged;
    private long _lastTables = long.MinValue;
    private long _lastPcr = long.MinValue;
    private int _pcrTrack;

    /// <summary>Whether units of a codec can be carried.</summary>
    public static bool Supports(Codec codec) => codec is Codec.H264 or Codec.H265 or Codec.Aac or Codec.Opus or Codec.Klv;

    /// <summary>Adds a track, or changes its format; the table that comes with the next unit has a new version then.</summary>
    /// <param name="track">The next free number, or one that was added already.</param>
    /// <param name="format">Its format.</param>
    /// <exception cref="ArgumentException">The codec or configuration cannot be carried (<see cref="Supports"/>; AAC that ADTS has no code for).</exception>
    public void SetFormat(int track, TrackFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentOutOfRangeException.ThrowIfNegative(track);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(track, Math.Min(_tracks.Count, StreamLimits.Tracks - 1));
        MuxTrack changed = new(FirstPid + track, format);
        if (track == _tracks.Count)
        {
            _tracks.Add(changed);
        }
        else
        {
            changed.Continuity = _tracks[track].Continuity;
            _tracks[track] = changed;
        }

        _map.Clear();
        _map.AddRange(_tracks.Select(entry => (entry.Pid, entry.Format)));
        _pcrTrack = Math.Max(0, _tracks.FindIndex(entry => entry.Format.Kind == TrackKind.Video));
        _mapChanged = true;
    }

    /// <summary>Writes one unit. Its memory stays the caller's. An AAC frame beyond the 8,191 bytes that ADTS can say is left out.</summary>
    /// <param name="unit">A unit of a track that was added.</param>
    /// <param name="output">Takes whole packets of 188 bytes.</param>
    public void Write(in AccessUnit unit, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)unit.Track, (uint)_tracks.Count, nameof(unit));
        MuxTrack track = _tracks[unit.Track];
        if (!track.CanWrite(unit))
        {
            return;
        }

        long decode = ToMpeg(track, unit.DecodeTime.IsKnown ? unit.DecodeTime : unit.PresentationTime);
        long presentation = ToMpeg(track, unit.PresentationTime.IsKnown ? unit.PresentationTime : unit.DecodeTime);
        WriteTables(decode, output);
        long pcr = unit.Track == _pcrTrack ? NextPcr(decode, output) : -1;
        track.Write(unit, presentation & ClockMask, decode & ClockMask, pcr, output);
    }

    private static long ToMpeg(MuxTrack track, MediaTime time) =>
        time.IsKnown ? track.Format.Timescale.Convert(time, Timescale.Mpeg).Ticks : 0;

    private void WriteTables(long now, IBufferWriter<byte> output)
    {
        if (!_mapChanged && _lastTables != long.MinValue && now - _lastTables < TableInterval && now >= _lastTables - Second)
        {
            return;
        }

        _version += _mapChanged ? 1 : 0;
        _mapChanged = false;
        _lastTables = now;
        PsiWriter.WritePat(output, ref _patContinuity, version: 0);
        PsiWriter.WritePmt(output, ref _pmtContinuity, _version, _tracks[_pcrTrack].Pid, _map);
    }

    /// <summary>The clock for the unit's first packet, in 27 MHz ticks; samples that were due before it are written by themselves.</summary>
    private long NextPcr(long decode, IBufferWriter<byte> output)
    {
        long clock = decode - Timescale.Mpeg.ToTicks(ClockLead);
        MuxTrack track = _tracks[_pcrTrack];
        if (_lastPcr != long.MinValue && clock - _lastPcr <= MaxFilledGap)
        {
            for (long due = _lastPcr + PcrInterval; due < clock; due += PcrInterval)
            {
                PesWriter.WritePcr(output, track.Pid, track.Continuity, (due & ClockMask) * 300);
            }
        }

        _lastPcr = clock;
        return (clock & ClockMask) * 300;
    }
}
