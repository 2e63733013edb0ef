using System.Buffers;
using Rig.Media.Codecs.Jpeg;
using Rig.Media.Formats;
using Rig.Media.Ivf;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Log;

namespace Rig.Streams.Snapshots;

/// <summary>
/// One picture of a log with all that a decoder needs for it: the pictures from its key picture on, as IVF. The wanted picture lies at
/// <see cref="WantedTime"/> exactly, so that one waiting decoder serves whatever instant is asked for: it gives out the first picture that is
/// not before.
/// </summary>
internal sealed record CodedPicture
{
    /// <summary>Microseconds: later than the longest GOP, so that no time of the pictures before it is negative.</summary>
    public const long WantedTime = 600_000_000;

    /// <summary>Pictures after the instant that are looked at: as many as a stream may reorder (H.264 A.3.1 MaxDpbFrames).</summary>
    private const int Reorder = 16;

    /// <summary>Bytes of a GOP that a snapshot may decode: a GOP of 10 s at 100 Mbit/s.</summary>
    private const int MostBytes = 128 << 20;

    private const int ReadAtOnce = 64;

    private static readonly MediaSpan NoLimit = MediaSpan.FromSeconds(3600);

    /// <summary>Number of the unit in its log; the same number is the same picture.</summary>
    public required long Sequence { get; init; }

    public required UtcInstant Capture { get; init; }

    public required TrackFormat Format { get; init; }

    /// <summary>What a decoder reads.</summary>
    public required ReadOnlyMemory<byte> Ivf { get; init; }

    /// <summary>The camera's own JPEG, where it sends JPEG.</summary>
    public ReadOnlyMemory<byte> Jpeg { get; init; }

    /// <summary>The newest key picture; null when there is none.</summary>
    /// <exception cref="SnapshotException">The codec cannot be decoded here.</exception>
    public static CodedPicture? Newest(GopLog log)
    {
        using var units = new Units(log, LogPosition.NewestKey, UtcInstant.Unknown);
        return units.Count == 0 ? null : units.Write(0);
    }

    /// <summary>The picture that was to be seen at an instant: the last one captured at or before it. Null when the log has none so old.</summary>
    /// <exception cref="SnapshotException">The codec cannot be decoded here.</exception>
    public static CodedPicture? At(GopLog log, UtcInstant instant)
    {
        using var units = new Units(log, LogPosition.AtCapture(instant), instant);
        return units.Find(instant) is >= 0 and int wanted ? units.Write(wanted) : null;
    }

    /// <summary>The main track's units from a key unit on, held while they are written.</summary>
    private sealed class Units : IDisposable
    {
        private readonly List<LogItem> _pictures = [];

        public Units(GopLog log, LogPosition position, UtcInstant until)
        {
            using LogReader reader = log.OpenReader(position, new LogReaderOptions { LagLimit = NoLimit });
            var items = new LogItem[ReadAtOnce];
            int later = 0;
            long bytes = 0;
            bool more = true;
            while (more && reader.TryRead(items) is > 0 and int count)
            {
                foreach (LogItem item in items.AsSpan(0, count))
                {
                    bool isMain = item.Gap is null && item.Unit.Track == item.Formats.MainTrack && item.Format.Kind == TrackKind.Video;
                    more &= item.Gap is null && !(isMain && item.Unit.IsKey && later > 0) && later < Reorder && bytes < MostBytes;
                    if (!isMain || !more)
                    {
                        item.Release();
                        continue;
                    }

                    _pictures.Add(item);
                    bytes += item.Unit.Length;
                    later += !until.IsKnown || item.Unit.Capture > until ? 1 : 0;
                    more = until.IsKnown;
                }
            }
        }

        public int Count => _pictures.Count;

        public int Find(UtcInstant instant)
        {
            int found = -1;
            for (int i = 0; i < _pictures.Count; i++)
            {
                UtcInstant capture = _pictures[i].Unit.Capture;
                if (capture <= instant && (found < 0 || capture > _pictures[found].Unit.Capture))
                {
                    found = i;
                }
            }

            return found;
        }

        /// <summary>The picture and, from the last key picture before it on, what it is decoded from.</summary>
        public CodedPicture Write(int wanted)
        {
            LogItem picture = _pictures[wanted];
            TrackFormat format = picture.Format;
            int first = _pictures.FindLastIndex(wanted, item => item.Unit.IsKey);
            return new CodedPicture
            {
                Sequence = picture.Sequence,
                Capture = picture.Unit.Capture,
                Format = format,
                Ivf = ToIvf(Math.Max(0, first), wanted, format),
                Jpeg = format.Codec == Codec.Jpeg ? JpegTables.Complete(picture.Unit.Span) : default,
            };
        }

        public void Dispose() => _pictures.ForEach(item => item.Release());

        private ReadOnlyMemory<byte> ToIvf(int first, int wanted, TrackFormat format)
        {
            if (!IvfWriter.Supports(format.Codec))
            {
                throw new SnapshotException(SnapshotFault.Undecodable, $"There is no decoder for {format.Codec} here.");
            }

            MediaTime zero = _pictures[wanted].Unit.PresentationTime;
            var output = new ArrayBufferWriter<byte>(_pictures.Skip(first).Take(wanted - first + 1).Sum(item => item.Unit.Length) + 4096);
            IvfWriter.WriteHeader(format, output);
            foreach (LogItem item in _pictures.GetRange(first, wanted - first + 1))
            {
                long before = format.Timescale.ToSpan(item.Unit.PresentationTime - zero).Nanoseconds / 1000;
                IvfWriter.WriteUnit(item.Unit, item.Format, WantedTime + before, output);
            }

            return output.WrittenMemory;
        }
    }
}
