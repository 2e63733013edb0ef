using System.Buffers.Binary;

namespace Rig.Bench.Load;

/// <summary>A recorded MPEG-TS clip in memory with the schedule by which its own clock (PCR) wants it sent.</summary>
internal sealed class LoadClip
{
    private const int PacketBytes = 188;

    /// <summary>Packets are sent in groups this far apart: what a network card's interrupt moderation does to real senders.</summary>
    private static readonly TimeSpan Group = TimeSpan.FromMilliseconds(5);

    private LoadClip(string path, byte[] bytes, IReadOnlyList<(TimeSpan At, int End)> schedule)
    {
        Path = path;
        Bytes = bytes;
        Schedule = schedule;
    }

    public string Path { get; }

    public byte[] Bytes { get; }

    /// <summary>Up to which byte the clip must be sent at which time since its start.</summary>
    public IReadOnlyList<(TimeSpan At, int End)> Schedule { get; }

    /// <summary>Pictures in the clip, as ffprobe counts them.</summary>
    public required int Pictures { get; init; }

    /// <summary>Audio frames in the clip, as ffprobe counts them.</summary>
    public required int Sounds { get; init; }

    public static LoadClip Load(string path, int pictures, int sounds)
    {
        byte[] bytes = File.ReadAllBytes(path);
        List<(TimeSpan At, int End)> pcrs = [];
        for (int packet = 0; packet + PacketBytes <= bytes.Length; packet += PacketBytes)
        {
            if (Pcr(bytes.AsSpan(packet, PacketBytes)) is { } pcr)
            {
                pcrs.Add((TimeSpan.FromSeconds(pcr / 90_000.0), packet));
            }
        }

        return new LoadClip(path, bytes, Smooth(pcrs, bytes.Length)) { Pictures = pictures, Sounds = sounds };
    }

    /// <summary>Between two clock samples bytes flow evenly (ISO/IEC 13818-1 2.4.2.2).</summary>
    private static List<(TimeSpan At, int End)> Smooth(List<(TimeSpan At, int Offset)> pcrs, int length)
    {
        TimeSpan origin = pcrs[0].At;
        List<(TimeSpan, int)> schedule = [];
        TimeSpan next = Group;
        for (int index = 0; index + 1 < pcrs.Count; index++)
        {
            (TimeSpan from, int start) = (pcrs[index].At - origin, pcrs[index].Offset);
            (TimeSpan to, int end) = (pcrs[index + 1].At - origin, pcrs[index + 1].Offset);
            for (; next <= to; next += Group)
            {
                double part = to > from ? (next - from) / (to - from) : 1;
                int offset = start + (int)((end - start) * Math.Clamp(part, 0, 1) / PacketBytes) * PacketBytes;
                schedule.Add((next, offset));
            }
        }

        schedule.Add((next, length));
        return schedule;
    }

    private static long? Pcr(ReadOnlySpan<byte> packet)
    {
        bool hasField = packet[0] == 0x47 && (packet[3] & 0x20) != 0 && packet[4] >= 7 && (packet[5] & 0x10) != 0;
        return hasField ? ((long)BinaryPrimitives.ReadUInt32BigEndian(packet[6..]) << 1) | (uint)(packet[10] >> 7) : null;
    }
}
