using Rig.Media;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Streams.Sources;

/// <summary>Looks at the first bytes of a stream, then hands all of it to the demuxer for what it is. Bytes that never make sense are counted and forgotten.</summary>
internal sealed class DetectingDemuxer(IAccessUnitSink sink, BlockPool pool, bool countTimes = false) : IDemuxer
{
    /// <summary>Bytes looked at before they are given up: more than any program prints before its stream begins.</summary>
    private const int Window = 64 << 10;

    private readonly byte[] _window = new byte[Window];
    private IDemuxer? _demuxer;
    private int _held;
    private long _forgotten;

    /// <summary>What the stream is; null while unknown.</summary>
    public StreamKind? Kind { get; private set; }

    public void Push(ReadOnlySpan<byte> bytes, UtcInstant arrival)
    {
        while (_demuxer is null && !bytes.IsEmpty)
        {
            int taken = Math.Min(bytes.Length, Window - _held);
            bytes[..taken].CopyTo(_window.AsSpan(_held));
            _held += taken;
            bytes = bytes[taken..];
            Look(arrival);
        }

        _demuxer?.Push(bytes, arrival);
    }

    public void Flush() => _demuxer?.Flush();

    public void Dispose() => _demuxer?.Dispose();

    private void Look(UtcInstant arrival)
    {
        Kind = StreamDetector.Detect(_window.AsSpan(0, _held));
        if (Kind is { } kind)
        {
            if (Demuxers.ContentsOf(kind) is { } contents)
            {
                sink.OnContents(contents);
            }

            _demuxer = Demuxers.Create(kind, sink, pool, countTimes);
            _demuxer.Push(_window.AsSpan(0, _held), arrival);
        }
        else if (_held == Window)
        {
            sink.OnFault(
                new StreamFault(StreamFaultKind.Garbage, -1, _forgotten, "64 KB that are neither MPEG-TS, Annex B, ADTS, IVF nor JPEG")
            );
            _forgotten += _held;
            _held = 0;
        }
    }
}
