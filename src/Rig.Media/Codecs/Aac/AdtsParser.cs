using System.Buffers.Binary;
using Rig.Media.Bits;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Codecs.Aac;

/// <summary>
/// ADTS stream (ISO/IEC 14496-3 1.A.2) to raw AAC frames, one raw data block a unit. The first frame after the start or after garbage is
/// believed only when another header follows it, since twelve bits of sync occur by chance.
/// </summary>
public sealed class AdtsParser : IElementaryStreamParser
{
    private readonly AudioOutput _output;
    private readonly ScanBuffer _scan;
    private AdtsHeader _last;
    private bool _locked;
    private bool _inGarbage;

    /// <param name="track">What the container knows.</param>
    /// <param name="pool">Where the units' memory comes from.</param>
    /// <param name="sink">Takes formats, units and faults.</param>
    public AdtsParser(ElementaryTrack track, BlockPool pool, IAccessUnitSink sink)
    {
        ArgumentNullException.ThrowIfNull(track);
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentNullException.ThrowIfNull(sink);
        _output = new AudioOutput(track, pool, sink);
        _scan = new ScanBuffer(AdtsHeader.MaxFrameBytes + AdtsHeader.Bytes, (window, offset) => Scan(window, offset, final: false));
    }

    public void SetTimes(MediaTime presentation, MediaTime decode) => _output.SetTimes(_scan.End, presentation, decode);

    public void Append(ReadOnlySpan<byte> bytes, UtcInstant arrival)
    {
        _output.Arrival = arrival;
        _scan.Push(bytes);
    }

    /// <inheritdoc/>
    /// <remarks>ADTS frames carry their length; a first frame no longer waits for the header behind it.</remarks>
    public void EndOfUnit() => _scan.Consume(Scan(_scan.Waiting, _scan.Start, final: true));

    public void Gap()
    {
        if (_scan.Waiting.Length > 0)
        {
            _output.Fault(StreamFaultKind.UnitDropped, _scan.Start, "An ADTS frame lost its end.");
        }

        _scan.Clear();
        _locked = false;
        _output.Discontinuity = true;
    }

    public void Flush()
    {
        EndOfUnit();
        if (_scan.Waiting.Length > 0)
        {
            _output.Fault(StreamFaultKind.UnitDropped, _scan.Start, "The stream ends within an ADTS frame.");
            _scan.Clear();
        }
    }

    public void Dispose() => _output.Dispose();

    /// <summary>Gives out the frames in a window.</summary>
    /// <returns>Bytes that are done with.</returns>
    private int Scan(ReadOnlySpan<byte> window, long offset, bool final)
    {
        int at = 0;
        while (window.Length - at >= AdtsHeader.Bytes)
        {
            ReadOnlySpan<byte> rest = window[at..];
            if (!AdtsHeader.TryParse(rest, out AdtsHeader header))
            {
                at += Resync(rest, offset + at);
                continue;
            }

            if (rest.Length < header.FrameBytes)
            {
                return at;
            }

            if (!_locked || !header.IsSameStreamAs(_last))
            {
                ReadOnlySpan<byte> next = rest[header.FrameBytes..];
                if (next.Length < AdtsHeader.Bytes && !final)
                {
                    return at;
                }

                bool confirmed =
                    next.Length < AdtsHeader.Bytes
                    || (AdtsHeader.TryParse(next, out AdtsHeader follower) && follower.IsSameStreamAs(header));
                if (!confirmed)
                {
                    at += Resync(rest, offset + at);
                    continue;
                }
            }

            Accept(header, rest[..header.FrameBytes], offset + at);
            at += header.FrameBytes;
        }

        return at;
    }

    /// <summary>No frame begins here: counts the garbage once, goes to the next byte that could begin one.</summary>
    private int Resync(ReadOnlySpan<byte> bytes, long offset)
    {
        _locked = false;
        if (!_inGarbage)
        {
            _inGarbage = true;
            _output.Fault(StreamFaultKind.Garbage, offset, "Bytes that belong to no ADTS frame (ISO/IEC 14496-3 1.A.2).");
            _output.Discontinuity = true;
        }

        int next = bytes[1..].IndexOf((byte)0xFF);
        return next < 0 ? bytes.Length : next + 1;
    }

    private void Accept(in AdtsHeader header, ReadOnlySpan<byte> frame, long offset)
    {
        _inGarbage = false;
        ReadOnlySpan<byte> payload = frame[header.HeaderBytes..];
        if (!_locked || !header.IsSameStreamAs(_last) || _output.Format is null)
        {
            if (!Announce(header, payload))
            {
                _output.Fault(
                    StreamFaultKind.Missing,
                    offset,
                    "Channel configuration 0 without a program config element (ISO/IEC 14496-3 1.A.2.2)."
                );
                _output.Discontinuity = true;
                return;
            }
        }

        (_last, _locked) = (header, true);
        if (header.RawDataBlocks == 1)
        {
            Emit(payload, offset);
        }
        else if (header.HasCrc)
        {
            EmitBlocks(header.RawDataBlocks, frame, offset);
        }
        else
        {
            // Only decoding them would tell where they part.
            _output.Fault(StreamFaultKind.Unsupported, offset, "Several raw data blocks in an ADTS frame without their positions.");
            _output.Discontinuity = true;
        }
    }

    /// <summary>1.A.2.2: each position counts from the first block; a CRC stands behind each block.</summary>
    private void EmitBlocks(int count, ReadOnlySpan<byte> frame, long offset)
    {
        const int Crc = 2;
        ReadOnlySpan<byte> blocks = frame[(AdtsHeader.Bytes + (Crc * count))..];
        int start = 0;
        for (int i = 1; i <= count; i++)
        {
            int next = i == count ? blocks.Length : BinaryPrimitives.ReadUInt16BigEndian(frame[(AdtsHeader.Bytes + (Crc * (i - 1)))..]);
            if (next - Crc <= start || next > blocks.Length)
            {
                _output.Fault(StreamFaultKind.UnitDamaged, offset, "The positions of raw data blocks do not fit their ADTS frame.");
                _output.Discontinuity = true;
                return;
            }

            Emit(blocks[start..(next - Crc)], offset);
            start = next;
        }
    }

    private void Emit(ReadOnlySpan<byte> payload, long offset)
    {
        _output.Builder.Append(payload);
        _output.Emit(offset, _output.Format!.Audio!.SamplesPerUnit);
    }

    /// <returns>False when the channels are not described.</returns>
    private bool Announce(in AdtsHeader header, ReadOnlySpan<byte> payload)
    {
        const uint ProgramConfigId = 5;
        ProgramConfigElement? program = null;
        if (header.ChannelConfiguration == 0)
        {
            BitReader reader = new(payload);
            program = reader.Bits(3) == ProgramConfigId ? ProgramConfigElement.Parse(ref reader) : null;
            if (program is null || reader.Overrun || program.Channels == 0)
            {
                return _output.Format is not null;
            }
        }

        AudioSpecificConfig config = new()
        {
            ObjectType = header.Profile + 1,
            SampleRate = header.SampleRate,
            ChannelConfiguration = header.ChannelConfiguration,
            ProgramConfig = program,
        };
        byte[] bytes = config.ToBytes();
        if (_output.Format is { } known && known.ParameterSets[0].Span.SequenceEqual(bytes))
        {
            return true;
        }

        TrackFormat format = new()
        {
            Codec = Codec.Aac,
            Timescale = Timescale.Mpeg,
            ParameterSets = [bytes],
            Audio = config.ToAudioFormat(),
        };
        _output.Announce(format, config.SampleRate);
        return true;
    }
}
