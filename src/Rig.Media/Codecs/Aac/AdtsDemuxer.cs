using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Media.Codecs.Aac;

/// <summary>A raw .aac file: one track, whose times count samples from 0.</summary>
public sealed class AdtsDemuxer(BlockPool pool, IAccessUnitSink sink) : IDemuxer
{
    private readonly AdtsParser _parser = new(new ElementaryTrack(0) { CountTimes = true }, pool, sink);

    public void Push(ReadOnlySpan<byte> bytes, UtcInstant arrival) => _parser.Append(bytes, arrival);

    public void Flush() => _parser.Flush();

    public void Dispose() => _parser.Dispose();
}
