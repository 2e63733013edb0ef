using System.Buffers.Binary;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.MpegTs;

/// <summary>
/// Demultiplexes an MPEG transport stream (ISO/IEC 13818-1, Rec. ITU-T H.222.0) into access units: packets to sections and PES
/// packets here, PAT and PMT in <see cref="ProgramSelector"/>, PES packets in <see cref="PesStream"/>, pictures and frames in the
/// parsers of the codecs. Times of the units are raw 33-bit ticks of 90 kHz.
/// </summary>
/// <remarks>
/// Tracks are numbered when the first program with supported streams is known: video, audio, data, in the order of the PMT. A stream
/// that takes another's place after a change of the PMT keeps its number; a track that never gets data never gets a format.
/// </remarks>
public sealed class TsDemuxer : IDemuxer, IPacketRun
{
    private readonly IAccessUnitSink _sink;
    private readonly PacketFramer _framer;
    private readonly ProgramSelector _programs;

    /// <summary>Index into <see cref="_states"/> for every PID; 0 for those that nobody wants.</summary>
    private readonly byte[] _slots = new byte[TsPacket.Pids];
    private readonly PidState?[] _states = new PidState?[byte.MaxValue + 1];

    private PidState? _last;
    private UtcInstant _arrival;
    private bool _reportedEarly;

    /// <param name="sink">Where the units go.</param>
    /// <param name="pool">Where their memory comes from.</param>
    public TsDemuxer(IAccessUnitSink sink, BlockPool pool)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentNullException.ThrowIfNull(pool);
        _sink = sink;
        _framer = new PacketFramer(this);
        _programs = new ProgramSelector(this, sink, pool);
        Claim(TsPacket.PatPid).Sections = new SectionAssembler();
    }

    public TsStatistics Statistics { get; } = new();

    /// <summary>Offset in the input of the packet at hand.</summary>
    internal long Position { get; private set; }

    /// <inheritdoc/>
    public void Push(ReadOnlySpan<byte> bytes, UtcInstant arrival)
    {
        _arrival = arrival;
        _framer.Push(bytes);
    }

    /// <inheritdoc/>
    public void Flush()
    {
        _framer.Flush();
        foreach (PidState? state in _states)
        {
            state?.Stream?.Flush();
            state?.Restart();
        }
    }

    public void Dispose()
    {
        foreach (PidState? state in _states)
        {
            state?.Stream?.Dispose();
        }

        Array.Clear(_states);
        Array.Clear(_slots);
    }

    int IPacketRun.OnRun(ReadOnlySpan<byte> bytes, int stride, long offset)
    {
        int position = 0;
        while (bytes.Length - position >= TsPacket.Size && bytes[position] == TsPacket.Sync)
        {
            ReadOnlySpan<byte> packet = bytes.Slice(position, TsPacket.Size);
            uint header = TsPacket.Header(packet);
            Position = offset + position;
            PidState? state = _states[_slots[TsPacket.Pid(header)]];
            if (TsPacket.HasError(header))
            {
                OnTransportError(state);
            }
            else if (state is not null)
            {
                OnPacket(state, header, packet);
            }
            else if (!_programs.IsKnown)
            {
                OnEarlyPacket(header);
            }

            Statistics.Packets++;
            position += stride;
        }

        return position;
    }

    void IPacketRun.OnSyncLost()
    {
        // The packet before the break may be cut off: a following one of its PID shows that only when its counter is wrong.
        _last?.Stream?.Gap();
        _last?.Sections?.Reset();
    }

    void IPacketRun.OnGarbage(long offset, long count)
    {
        Statistics.GarbageBytes += count;
        _sink.OnFault(
            new StreamFault(
                StreamFaultKind.Garbage,
                -1,
                offset,
                "Bytes between transport packets: no sync byte where one should be (2.4.3.3)."
            )
        );
    }

    internal ReadOnlySpan<PidState?> States => _states;

    internal bool IsClaimed(int pid) => _slots[pid] != 0;

    internal PidState? Find(int pid) => _states[_slots[pid]];

    /// <summary>Starts to listen to a PID. The tables' limits keep the number of claims below the number of slots.</summary>
    internal PidState Claim(int pid)
    {
        if (_states[_slots[pid]] is { } claimed)
        {
            return claimed;
        }

        int slot = 1;
        while (_states[slot] is not null)
        {
            slot++;
        }

        PidState state = new(pid);
        _states[slot] = state;
        _slots[pid] = (byte)slot;
        return state;
    }

    internal void Abandon(int pid)
    {
        if (_slots[pid] is not 0 and byte slot)
        {
            _last = _last == _states[slot] ? null : _last;
            _states[slot]!.Stream?.Dispose();
            _states[slot] = null;
            _slots[pid] = 0;
        }
    }

    internal void Report(StreamFaultKind kind, string detail) => _sink.OnFault(new StreamFault(kind, -1, Position, detail));

    private void OnPacket(PidState state, uint header, ReadOnlySpan<byte> packet)
    {
        int start = TsPacket.HeaderSize;
        bool stuffed = false;
        bool announced = false;
        if (TsPacket.HasAdaptation(header))
        {
            if (!AdaptationField.TryRead(packet, out AdaptationField field, out start))
            {
                Report(StreamFaultKind.Malformed, "Adaptation field longer than its packet (ISO/IEC 13818-1 2.4.3.4).");
                return;
            }

            stuffed = field.IsStuffed;
            announced = field.Discontinuity;
            if (field.HasPcr && state.Pid == _programs.PcrPid)
            {
                OnPcr(field);
            }
        }

        if (!TsPacket.HasPayload(header) || !Continues(state, header, packet, announced))
        {
            return;
        }

        _last = state;
        if (TsPacket.IsScrambled(header))
        {
            OnScrambled(state);
        }
        else if (state.Stream is { } stream)
        {
            stream.Append(packet[start..], TsPacket.StartsUnit(header), stuffed, _arrival);
        }
        else
        {
            OnTablePacket(state, packet[start..], TsPacket.StartsUnit(header));
        }
    }

    /// <summary>
    /// Checks the continuity counter, 2.4.3.3: one more than the last packet's with payload, or the same once when the packet is a
    /// repetition. False when the packet is to be dropped.
    /// </summary>
    private bool Continues(PidState state, uint header, ReadOnlySpan<byte> packet, bool announced)
    {
        int counter = TsPacket.Continuity(header);
        int last = state.Continuity;
        ulong tail = BinaryPrimitives.ReadUInt64LittleEndian(packet[^sizeof(ulong)..]);
        bool same = tail == state.Tail;
        state.Continuity = counter;
        state.Tail = tail;
        if (last < 0 || counter == ((last + 1) & 15))
        {
            state.Repeated = false;
            return true;
        }

        // Tables are repeated as a whole; some multiplexers do so with a counter that stands still.
        if (counter == last && same && (!state.Repeated || state.Sections is not null))
        {
            state.Repeated = true;
            Statistics.Duplicates++;
            _sink.OnFault(
                new StreamFault(StreamFaultKind.PacketDuplicated, state.Track, Position, "Packet sent twice (ISO/IEC 13818-1 2.4.3.3).")
            );
            return false;
        }

        state.Repeated = false;
        if (!announced)
        {
            Statistics.ContinuityErrors++;
            Statistics.LostPackets += (counter - last - 1) & 15;
            _sink.OnFault(
                new StreamFault(
                    StreamFaultKind.PacketLost,
                    state.Track,
                    Position,
                    "Continuity counter out of sequence (ISO/IEC 13818-1 2.4.3.3)."
                )
            );
        }

        state.Stream?.Gap();
        state.Sections?.Reset();
        return true;
    }

    private void OnTablePacket(PidState state, ReadOnlySpan<byte> payload, bool starts)
    {
        if (state.Sections is not { } sections)
        {
            _programs.Probe(state, payload, starts, _arrival);
            return;
        }

        bool good = sections.Append(payload, starts, state.Pid == TsPacket.PatPid ? _programs.HandlePat : _programs.HandlePmt);
        if (!good)
        {
            Report(StreamFaultKind.Malformed, "Section longer than its limit or pointer_field outside its packet (ISO/IEC 13818-1 2.4.4).");
        }
    }

    private void OnPcr(AdaptationField field)
    {
        const long Second = 27_000_000;
        const long Wrap = (1L << 33) * 300;
        long pcr = field.Pcr;
        long step = (pcr - Statistics.Pcr + Wrap) % Wrap;
        if (Statistics.Pcr >= 0 && step > Second && !field.Discontinuity)
        {
            Statistics.PcrJumps++;
        }

        Statistics.Pcr = pcr;
    }

    private void OnScrambled(PidState state)
    {
        Statistics.Scrambled++;
        if (!state.ReportedScrambled)
        {
            state.ReportedScrambled = true;
            _sink.OnFault(
                new StreamFault(
                    StreamFaultKind.Unsupported,
                    state.Track,
                    Position,
                    "Scrambled payload (ISO/IEC 13818-1 2.4.3.3, transport_scrambling_control)."
                )
            );
        }

        state.Stream?.Gap();
        state.Sections?.Reset();
    }

    private void OnTransportError(PidState? state)
    {
        // The header itself may be wrong, so that nothing is concluded from it: the counter of the next packet tells what is missing.
        Statistics.TransportErrors++;
        _sink.OnFault(
            new StreamFault(
                StreamFaultKind.TransportError,
                state?.Track ?? -1,
                Position,
                "transport_error_indicator is set (ISO/IEC 13818-1 2.4.3.3)."
            )
        );
    }

    private void OnEarlyPacket(uint header)
    {
        int pid = TsPacket.Pid(header);
        if (pid <= TsPacket.LastReservedPid || pid == TsPacket.NullPid)
        {
            return;
        }

        Statistics.BeforeProgram++;
        if (!_reportedEarly)
        {
            _reportedEarly = true;
            Report(StreamFaultKind.Missing, "Packets before the first PAT and PMT are dropped (ISO/IEC 13818-1 2.4.4).");
        }
    }
}
