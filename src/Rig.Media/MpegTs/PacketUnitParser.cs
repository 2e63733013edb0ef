using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.MpegTs;

/// <summary>
/// The part that parsers of streams with self-delimiting packets share (Opus, KLV): collects the payload of a PES packet, which holds
/// whole units only, and lets the codec cut them out as soon as each is complete.
/// </summary>
internal abstract class PacketUnitParser(int limit, IAccessUnitSink sink, BlockPool pool) : IElementaryStreamParser
{
    private readonly UnitBuilder _builder = new(pool);
    private byte[] _pending = new byte[1024];
    private int _held;
    private bool _skipping;
    private UnitFlags _flags;
    private MediaTime _presentation = MediaTime.Unknown;

    public void SetTimes(MediaTime presentation, MediaTime decode) => _presentation = presentation;

    public void Append(ReadOnlySpan<byte> bytes, UtcInstant arrival)
    {
        if (_skipping)
        {
            return;
        }

        if (_held + bytes.Length > limit)
        {
            Drop(StreamFaultKind.LimitExceeded, "Data unit larger than its limit.");
            return;
        }

        if (_held + bytes.Length > _pending.Length)
        {
            Array.Resize(ref _pending, Math.Min(limit, Math.Max(2 * _pending.Length, _held + bytes.Length)));
        }

        bytes.CopyTo(_pending.AsSpan(_held));
        _held += bytes.Length;
        Cut(arrival);
    }

    public void EndOfUnit()
    {
        if (_held > 0)
        {
            Drop(StreamFaultKind.UnitDropped, "PES packet ended within a unit.");
        }

        _skipping = false;
        _presentation = MediaTime.Unknown;
    }

    public void Gap()
    {
        _held = 0;
        _skipping = true;
        _flags |= UnitFlags.Discontinuity;
        _presentation = MediaTime.Unknown;
        OnGap();
    }

    public void Flush() => EndOfUnit();

    public void Dispose() => _builder.Dispose();

    /// <summary>Looks at the start of <paramref name="bytes"/>.</summary>
    /// <returns>How many bytes the first unit occupies; 0 when more are needed; negative when it cannot be one.</returns>
    protected abstract int Measure(ReadOnlySpan<byte> bytes);

    /// <summary>A whole unit as <see cref="Measure"/> found it: announces a format if need be, and gives out its parts with <see cref="Emit"/>.</summary>
    protected abstract void OnWhole(ReadOnlySpan<byte> bytes, UtcInstant arrival);

    protected virtual void OnGap() { }

    protected void Announce(TrackFormat format) => sink.OnFormat(0, format);

    protected void Report(StreamFaultKind kind, string detail) => sink.OnFault(new StreamFault(kind, 0, 0, detail));

    protected void MarkDiscontinuity() => _flags |= UnitFlags.Discontinuity;

    /// <summary>Gives out a unit that lasts <paramref name="duration"/> ticks of 90 kHz: what follows in the PES packet is later by it.</summary>
    protected void Emit(ReadOnlySpan<byte> unit, long duration, UtcInstant arrival)
    {
        _builder.Append(unit);
        (UnitBlock block, int offset, int length) = _builder.Take();
        sink.OnUnit(
            new AccessUnit
            {
                Block = block,
                Offset = offset,
                Length = length,
                Track = 0,
                DecodeTime = _presentation,
                PresentationTime = _presentation,
                Arrival = arrival,
                Flags = _flags | UnitFlags.Key,
            }
        );
        _flags = UnitFlags.None;
        _presentation = _presentation.IsKnown ? _presentation + duration : _presentation;
    }

    private void Cut(UtcInstant arrival)
    {
        int position = 0;
        while (position < _held)
        {
            ReadOnlySpan<byte> rest = _pending.AsSpan(position, _held - position);
            int size = Measure(rest);
            if (size < 0)
            {
                Drop(StreamFaultKind.Malformed, "Bytes in a PES packet that are no unit of the stream's kind.");
                return;
            }

            if (size == 0 || size > rest.Length)
            {
                break;
            }

            OnWhole(rest[..size], arrival);
            position += size;
        }

        _pending.AsSpan(position, _held - position).CopyTo(_pending);
        _held -= position;
    }

    private void Drop(StreamFaultKind kind, string detail)
    {
        Report(kind, detail);
        _held = 0;
        _skipping = true;
        _flags |= UnitFlags.Discontinuity;
    }
}
