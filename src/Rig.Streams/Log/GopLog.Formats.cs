using Rig.Media;
using Rig.Media.Formats;

namespace Rig.Streams.Log;

/// <content>What the source tells besides units: formats, contents, faults.</content>
public sealed partial class GopLog
{
    /// <summary>Faults of a kind that the source and everything before the log survived.</summary>
    public long CountFaults(StreamFaultKind kind) => Volatile.Read(ref _faults[(int)kind]);

    /// <inheritdoc/>
    public void OnFault(in StreamFault fault) => Interlocked.Increment(ref _faults[(int)fault.Kind]);

    /// <inheritdoc/>
    public void OnFormat(int track, TrackFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        if ((uint)track >= StreamLimits.Tracks)
        {
            Interlocked.Increment(ref _faults[(int)StreamFaultKind.LimitExceeded]);
            return;
        }

        FormatSet formats = _formats.With(track, format);
        if (ReferenceEquals(formats, _formats))
        {
            return;
        }

        bool mainChanged = formats.MainTrack != _formats.MainTrack;
        Volatile.Write(ref _formats, formats);
        if (mainChanged)
        {
            ForgetKeys();
        }
    }

    /// <inheritdoc/>
    public void OnContents(StreamContents contents) => Volatile.Write(ref _formats, _formats.With(contents));
}
