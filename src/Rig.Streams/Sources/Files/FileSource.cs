using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Media.Units;

namespace Rig.Streams.Sources.Files;

/// <summary>Plays a file, once or over and over, each unit at its decode time; holds back when its output does. No thread of its own.</summary>
internal sealed class FileSource(string file, bool loop, double speed, SourceContext context) : ISource
{
    /// <summary>A pause in the file longer than this is a cut, not a pause to sit through.</summary>
    private static readonly MediaSpan LongestPause = MediaSpan.FromSeconds(10);

    private readonly SourceCounters _counters = new();
    private readonly PlayClock _clock = new();
    private readonly Dictionary<int, TrackFormat> _formats = [];
    private UtcInstant _started = UtcInstant.Unknown;
    private MediaSpan _origin;

    public string Description => $"file:{file}";

    public SourceStatistics Statistics => _counters.Read();

    public async Task RunAsync(ISourceOutput output, CancellationToken cancellation)
    {
        using var alarm = new Alarm(context.Time, cancellation);
        var items = new PlayQueue(_counters);
        try
        {
            do
            {
                await Task.Yield(); // at full speed nothing else may ever wait
                using IFileReader reader = Open(items);
                bool played = await PlayPassAsync(reader, items, alarm, output, cancellation);
                if (!played)
                {
                    throw new SourceException($"{file} has no picture or sound that can be played. Check it with: ffprobe '{file}'");
                }

                _clock.EndPass();
            } while (loop);
        }
        finally
        {
            items.Clear();
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private IFileReader Open(PlayQueue items)
    {
        try
        {
            return FileReaders.Open(file, items, context.Pool, _counters);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SourceException($"{file} cannot be read: {failure.Message} Check the path and that this user may read it.", failure);
        }
    }

    private async Task<bool> PlayPassAsync(
        IFileReader reader,
        PlayQueue items,
        Alarm alarm,
        ISourceOutput output,
        CancellationToken cancellation
    )
    {
        bool played = false;
        bool more = true;
        while (more)
        {
            more = await reader.ReadAsync(cancellation);
            while (items.TryTake(out PlayItem item))
            {
                if (item.Format is { } format)
                {
                    SetFormat(item.Track, format, output);
                }
                else if (item.Fault is { } fault)
                {
                    output.OnFault(fault);
                }
                else if (item.Contents is { } contents)
                {
                    output.OnContents(contents);
                }
                else
                {
                    await PlayAsync(item.Unit, alarm, output, cancellation);
                    played = true;
                }
            }
        }

        return played;
    }

    /// <summary>Units leave here on a line that does not wrap; a repetition brings the same format again, which is no change.</summary>
    private void SetFormat(int track, TrackFormat format, ISourceOutput output)
    {
        _clock.SetFormat(track, format);
        TrackFormat continuous = format with { ClockBits = 64 };
        if (!_formats.TryGetValue(track, out TrackFormat? before) || !before.IsSameStreamAs(continuous))
        {
            _formats[track] = continuous;
            output.OnFormat(track, continuous);
        }
    }

    private async ValueTask PlayAsync(AccessUnit unit, Alarm alarm, ISourceOutput output, CancellationToken cancellation)
    {
        bool passedOn = false;
        try
        {
            (MediaTime decode, MediaTime presentation, MediaSpan place) = _clock.Place(unit);
            cancellation.ThrowIfCancellationRequested();
            await output.WaitUntilWritableAsync(cancellation);
            if (speed > 0)
            {
                await alarm.WaitUntilAsync(Due(place, alarm.Now));
            }

            passedOn = true;
            UtcInstant now = alarm.Now;
            output.OnUnit(unit with { DecodeTime = decode, PresentationTime = presentation, Arrival = now });
        }
        finally
        {
            if (!passedOn)
            {
                unit.Release();
            }
        }
    }

    /// <summary>When a place of the line is to be played. After a cut, or when playing fell far behind, the line is laid anew from now on.</summary>
    private UtcInstant Due(MediaSpan place, UtcInstant now)
    {
        if (_started.IsKnown)
        {
            UtcInstant due = _started + MediaSpan.FromSeconds((place - _origin).Seconds / speed);
            if ((due - now).Abs() <= LongestPause)
            {
                return due;
            }
        }

        _started = now;
        _origin = place;
        return now;
    }
}
