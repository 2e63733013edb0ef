using Rig.Media.Time;

namespace Rig.Media.MpegTs;

/// <summary>
/// One elementary stream: takes the payloads of its packets, reads the PES headers and feeds the parser. Decides where a PES packet
/// is known to end a unit, so that a picture is given out without waiting for its successor.
/// </summary>
/// <remarks>
/// 2.4.3.7 lets a picture span PES packets and a PES packet hold several pictures, so an end of PES packet alone proves nothing. A
/// unit is ended (a) at the start of a PES packet with a new time whose payload begins with a start code, and (b) already at the end
/// of the PES packet, once some ends in a row have been confirmed by (a) and for as long as none is refuted. The end of an unbounded
/// PES packet shows by the stuffing that fills its last transport packet up.
/// </remarks>
internal sealed class PesStream(int pid, IElementaryStreamParser parser, TsTrack track, PesUnits units) : IDisposable
{
    /// <summary>Confirmed ends before an end is believed at once. Costs three frames' time of latency at the start of a stream.</summary>
    private const int Confirmations = 3;

    /// <summary>Once refuted never believed again: a muxer does not change its ways.</summary>
    private const int Refuted = int.MinValue;

    /// <summary>Bounded packets longer than this are taken for pieces of a larger picture: PES_packet_length ends at 65,535.</summary>
    private const int FullPacket = 0xff00;

    private readonly byte[] _header = new byte[PesHeader.MaxSize];
    private int _headerLength;
    private PesState _state;
    private int _length;
    private int _remaining;
    private bool _bounded;
    private bool _endSeen;
    private int _confirmed;
    private MediaTime _lastTime = MediaTime.Unknown;

    private enum PesState
    {
        /// <summary>Waits for the start of a PES packet.</summary>
        Idle,

        /// <summary>The header is not complete.</summary>
        Header,

        Payload,
    }

    public int Pid => pid;

    public TsTrack Track => track;

    /// <summary>Takes the payload of the next packet.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="starts">payload_unit_start_indicator.</param>
    /// <param name="stuffed">The packet was filled up by an adaptation field.</param>
    /// <param name="arrival">When it came.</param>
    public void Append(ReadOnlySpan<byte> payload, bool starts, bool stuffed, UtcInstant arrival)
    {
        if (starts)
        {
            _headerLength = 0;
            _state = PesState.Header;
        }
        else if (_endSeen && units == PesUnits.Pictures && !payload.IsEmpty)
        {
            _endSeen = false;
            _bounded = false;
            _confirmed = Refuted;
        }

        if (_state == PesState.Header && !ReadHeader(ref payload))
        {
            return;
        }

        if (_state == PesState.Payload && !payload.IsEmpty)
        {
            AppendPayload(payload, stuffed, arrival);
        }
    }

    /// <summary>Packets are missing: what is under construction is broken.</summary>
    public void Gap()
    {
        _endSeen = false;
        _bounded = false;
        if (_state == PesState.Header || units == PesUnits.WholePackets)
        {
            _state = PesState.Idle;
        }

        parser.Gap();
    }

    public void Flush()
    {
        if (units == PesUnits.WholePackets)
        {
            parser.EndOfUnit();
        }

        parser.Flush();
        _state = PesState.Idle;
        _endSeen = false;
    }

    public void Dispose() => parser.Dispose();

    private void AppendPayload(ReadOnlySpan<byte> payload, bool stuffed, UtcInstant arrival)
    {
        if (!_bounded)
        {
            parser.Append(payload, arrival);
            if (stuffed && units == PesUnits.Pictures)
            {
                EndSeen();
            }

            return;
        }

        if (payload.Length > _remaining && units == PesUnits.Pictures)
        {
            // Encoders write the low 16 bits of the length of a picture beyond 64 kB: it proves to be no bound.
            _bounded = false;
            _endSeen = false;
            _confirmed = Refuted;
            parser.Append(payload, arrival);
            return;
        }

        int count = Math.Min(payload.Length, _remaining);
        parser.Append(payload[..count], arrival);
        _remaining -= count;
        if (_remaining == 0 && (units != PesUnits.Pictures || _length < FullPacket))
        {
            EndSeen();
        }
    }

    /// <summary>The PES packet has ended; perhaps a unit with it.</summary>
    private void EndSeen()
    {
        switch (units)
        {
            case PesUnits.WholePackets:
                parser.EndOfUnit();
                break;
            case PesUnits.Pictures:
                _endSeen = true;
                if (_confirmed >= Confirmations)
                {
                    parser.EndOfUnit();
                }

                break;
        }
    }

    /// <summary>Reads the header, over several packets if need be.</summary>
    /// <returns>Whether the payload follows in <paramref name="payload"/>.</returns>
    private bool ReadHeader(ref ReadOnlySpan<byte> payload)
    {
        ReadOnlySpan<byte> bytes = payload;
        int before = _headerLength;
        if (before > 0)
        {
            int count = Math.Min(payload.Length, _header.Length - before);
            payload[..count].CopyTo(_header.AsSpan(before));
            bytes = _header.AsSpan(0, before + count);
        }

        switch (PesHeader.Read(bytes, out PesHeader header))
        {
            case PesParse.Good:
                payload = payload[(header.Size - before)..];
                Begin(header, payload);
                return true;
            case PesParse.Short:
                if (before == 0)
                {
                    bytes.CopyTo(_header);
                }

                _headerLength = bytes.Length;
                return false;
            case PesParse.Malformed:
                track.Report(StreamFaultKind.Malformed, "PES packet without start code prefix (ISO/IEC 13818-1 2.4.3.6).");
                parser.Gap();
                break;
            case PesParse.NoData:
                break;
        }

        _state = PesState.Idle;
        return false;
    }

    private void Begin(in PesHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.BadTimes)
        {
            track.Report(StreamFaultKind.Malformed, "PTS or DTS with a wrong marker bit or flags '01' (ISO/IEC 13818-1 2.4.3.7).");
        }

        if (units == PesUnits.WholePackets)
        {
            parser.EndOfUnit();
        }
        else if (units == PesUnits.Pictures)
        {
            EndPicture(header, payload);
        }

        if (header.Presentation.IsKnown)
        {
            parser.SetTimes(header.Presentation, header.Decode);
            _lastTime = header.Presentation;
        }

        _bounded = header.PayloadLength != PesHeader.Unbounded;
        _length = _remaining = header.PayloadLength;
        _endSeen = false;
        _state = PesState.Payload;
    }

    /// <summary>Whether the picture before this PES packet has ended with it, and what that says of the ends seen earlier.</summary>
    private void EndPicture(in PesHeader header, ReadOnlySpan<byte> payload)
    {
        bool begins = header.Presentation.IsKnown && header.Presentation != _lastTime && BeginsWithStartCode(payload);
        if (begins)
        {
            parser.EndOfUnit();
            _confirmed = _endSeen && _confirmed >= 0 ? Math.Min(_confirmed + 1, Confirmations) : _confirmed;
        }
        else if (_endSeen)
        {
            _confirmed = Refuted;
        }
    }

    private static bool BeginsWithStartCode(ReadOnlySpan<byte> payload) =>
        payload.StartsWith((ReadOnlySpan<byte>)[0, 0, 1]) || payload.StartsWith((ReadOnlySpan<byte>)[0, 0, 0, 1]);
}

/// <summary>How the units of a stream lie in its PES packets.</summary>
internal enum PesUnits
{
    /// <summary>The parser finds them by itself, wherever PES packets begin (ADTS, LATM).</summary>
    Anywhere,

    /// <summary>Pictures of an Annex B stream, mostly one a PES packet.</summary>
    Pictures,

    /// <summary>A PES packet holds whole units only (Opus, KLV).</summary>
    WholePackets,
}
