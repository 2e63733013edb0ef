using System.Buffers;
using Rig.Media.Formats;
using Rig.Media.Ivf;
using Rig.Media.Time;
using Rig.Media.Units;
using Rig.Streams.Log;

namespace Rig.Streams.Transcoding;

/// <summary>
/// Feeds a camera's pictures to a process as IVF while they come: a live reader, which loses pictures rather than holding anything back when
/// the process is slow. Other tracks go to whoever wants them, unchanged.
/// </summary>
internal sealed class PictureFeed(GopLog log)
{
    /// <summary>Where the first picture lies on the process' line, in microseconds: pictures that are presented before it have room.</summary>
    public const long Lead = 10_000_000;

    private const int ReadAtOnce = 32;

    private long _zero = long.MinValue;
    private long _offset;

    /// <summary>Called with what is no picture of the main track; takes the item's reference.</summary>
    public Action<LogItem>? Others { get; init; }

    /// <summary>Presentation time on the log's line of what the process calls <see cref="Lead"/>, in nanoseconds.</summary>
    public long Zero => Volatile.Read(ref _zero);

    /// <summary>Capture instant less presentation time, in nanoseconds, as of the newest picture.</summary>
    public long CaptureOffset => Volatile.Read(ref _offset);

    /// <summary>Runs until the format changes or the log ends; whatever is written after that would not be understood by the same process.</summary>
    /// <exception cref="IOException">The process has ended.</exception>
    public async Task RunAsync(Stream process, CancellationToken cancellation)
    {
        using LogReader reader = log.OpenReader(LogPosition.NewestKey);
        var items = new LogItem[ReadAtOnce];
        var bytes = new ArrayBufferWriter<byte>(1 << 18);
        TrackFormat? format = null;
        while (await reader.ReadAsync(items, cancellation) is > 0 and int count)
        {
            bool goesOn = true;
            foreach (LogItem item in items.AsSpan(0, count))
            {
                goesOn = goesOn && Take(item, bytes, ref format);
                if (goesOn && Others is { } others && !IsPicture(item))
                {
                    others(item);
                }
                else
                {
                    item.Release();
                }
            }

            await process.WriteAsync(bytes.WrittenMemory, cancellation);
            bytes.ResetWrittenCount();
            if (!goesOn)
            {
                return;
            }
        }
    }

    private static bool IsPicture(in LogItem item) =>
        item.Gap is not null || (item.Unit.Track == item.Formats.MainTrack && item.Format.Kind == TrackKind.Video);

    /// <summary>False when another format begins.</summary>
    private bool Take(in LogItem item, ArrayBufferWriter<byte> bytes, ref TrackFormat? format)
    {
        if (item.Gap is not null || !IsPicture(item))
        {
            return true;
        }

        TrackFormat now = item.Format;
        if (format is null)
        {
            format = now;
            IvfWriter.WriteHeader(now, bytes);
            Volatile.Write(ref _zero, now.Timescale.ToSpan(item.Unit.PresentationTime.Ticks).Nanoseconds);
        }
        else if (!ReferenceEquals(format, now) && !format.IsSameStreamAs(now))
        {
            return false;
        }

        AccessUnit unit = item.Unit;
        long presentation = now.Timescale.ToSpan(unit.PresentationTime.Ticks).Nanoseconds;
        Volatile.Write(ref _offset, unit.Capture.Nanoseconds - presentation);
        IvfWriter.WriteUnit(unit, now, Lead + ((presentation - _zero) / 1000), bytes);
        return true;
    }
}
