using Microsoft.Win32.SafeHandles;
using Rig.Media;
using Rig.Media.Formats;
using Rig.Media.Mp4;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Files;

namespace Rig.Streams.Sources.Files;

/// <summary>Brings the units of a file into a queue, a piece at a time.</summary>
internal interface IFileReader : IDisposable
{
    /// <summary>Reads the next piece; false when it was the last.</summary>
    ValueTask<bool> ReadAsync(CancellationToken cancellation);
}

/// <summary>Finds out what a file is and opens it.</summary>
internal static class FileReaders
{
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static IFileReader Open(string path, IAccessUnitSink sink, BlockPool pool, SourceCounters counters)
    {
        SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            Span<byte> start = stackalloc byte[8];
            int count = RandomAccess.Read(file, start, 0);
            return IsMp4(start[..count]) ? new Mp4Reader(file, sink, pool, counters) : new StreamReader(file, sink, pool, counters);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>ISO/IEC 14496-12 4.2: the type of the first box.</summary>
    private static bool IsMp4(ReadOnlySpan<byte> start)
    {
        ReadOnlySpan<byte> type = start.Length == 8 ? start[4..] : default;
        return type.SequenceEqual("ftyp"u8)
            || type.SequenceEqual("styp"u8)
            || type.SequenceEqual("moov"u8)
            || type.SequenceEqual("moof"u8)
            || type.SequenceEqual("mdat"u8)
            || type.SequenceEqual("free"u8)
            || type.SequenceEqual("wide"u8);
    }

    /// <summary>MPEG-TS and elementary streams, through the demuxer for what they are.</summary>
    private sealed class StreamReader(SafeFileHandle file, IAccessUnitSink sink, BlockPool pool, SourceCounters counters) : IFileReader
    {
        /// <summary>Bytes a read: 10 ms of 50 Mbit/s, so that few units wait.</summary>
        private const int PieceBytes = 64 << 10;

        private readonly DetectingDemuxer _demuxer = new(sink, pool, countTimes: true);
        private readonly byte[] _piece = new byte[PieceBytes];
        private long _offset;

        public async ValueTask<bool> ReadAsync(CancellationToken cancellation)
        {
            int count = await RandomAccess.ReadAsync(file, _piece, _offset, cancellation);
            if (count == 0)
            {
                _demuxer.Flush();
                return false;
            }

            counters.CountRead(count);
            _offset += count;
            _demuxer.Push(_piece.AsSpan(0, count), UtcInstant.Unknown);
            return true;
        }

        public void Dispose()
        {
            _demuxer.Dispose();
            file.Dispose();
        }
    }

    private sealed class Mp4Reader : IFileReader
    {
        private readonly FileBytes _bytes;
        private readonly IAccessUnitSink _sink;
        private readonly SourceCounters _counters;
        private readonly Mp4UnitReader _reader;
        private bool _begun;

        public Mp4Reader(SafeFileHandle file, IAccessUnitSink sink, BlockPool pool, SourceCounters counters)
        {
            _bytes = new FileBytes(file);
            _sink = sink;
            _counters = counters;
            _reader = new Mp4UnitReader(_bytes, Mp4File.Read(_bytes), pool);
        }

        public ValueTask<bool> ReadAsync(CancellationToken cancellation)
        {
            if (!_begun)
            {
                _begun = true;
                _sink.OnContents(new StreamContents(Count(TrackKind.Video), Count(TrackKind.Audio)));
                for (int track = 0; track < _reader.Tracks.Count; track++)
                {
                    _sink.OnFormat(track, _reader.Tracks[track].Format!);
                }
            }

            if (!_reader.TryRead(out AccessUnit unit))
            {
                return ValueTask.FromResult(false);
            }

            _counters.CountRead(unit.Length);
            _sink.OnUnit(unit);
            return ValueTask.FromResult(true);
        }

        private int Count(TrackKind kind) => _reader.Tracks.Count(track => track.Format!.Kind == kind);

        public void Dispose()
        {
            _reader.Dispose();
            _bytes.Dispose();
        }
    }
}
