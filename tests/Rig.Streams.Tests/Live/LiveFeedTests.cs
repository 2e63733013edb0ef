using System.Buffers.Binary;
using Rig.Media.Formats;
using Rig.Media.Time;
using Rig.Streams.Live;
using Rig.Streams.Log;
using Rig.Streams.TestCamera;
using Rig.Streams.Tests.Log;

namespace Rig.Streams.Tests.Live;

/// <summary>What a viewer's player is told of tracks, and when.</summary>
public sealed class LiveFeedTests : IDisposable
{
    private readonly CameraLogs _logs = new();
    private readonly LogFixture _camera = new(formats: false);
    private readonly LiveHub _hub;
    private readonly LiveViewer _viewer;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));

    public LiveFeedTests()
    {
        _logs.Put("cam0", _camera.Log);
        _hub = new LiveHub(_logs, new LiveOptions { Lag = MediaSpan.FromSeconds(60) }, TimeProvider.System);
        _viewer = _hub.TryEnter("cam0", LiveOutput.Socket)!;
    }

    public void Dispose()
    {
        _viewer.Dispose();
        _hub.Dispose();
        _camera.Dispose();
        _limit.Dispose();
    }

    [Fact]
    public async Task It_begins_with_the_format_and_a_key_picture_one_second_into_media_time()
    {
        using LiveFeed feed = Begin(audio: true);
        _camera.Write(0, key: true);
        LiveFormat format = await FormatAsync(feed);
        Assert.Equal((1, LiveFormatReason.Start, 2), (format.Generation, format.Reason, format.Tracks.Count));
        Assert.Matches("^video/mp4; codecs=\"avc1\\.42[0-9A-F]{4},mp4a\\.40\\.2\"$", format.Mime);
        Assert.Equal("ftyp"u8, format.Init.Span[4..8]);
        LivePiece.Fragment first = await FragmentAsync(feed);
        Assert.Equal((true, 1.0), (first.IsKey, first.MediaTime.Seconds));
        Assert.Equal("prft"u8, first.Head.Span[4..8]);
        int rest = BinaryPrimitives.ReadInt32BigEndian(first.Head.Span[^8..]);
        Assert.Equal(("mdat", 8 + first.Unit.Length), (System.Text.Encoding.ASCII.GetString(first.Head.Span[^4..]), rest));
        _camera.Write(1);
        LivePiece.Fragment second = await FragmentAsync(feed);
        Assert.Equal((false, 1.04), (second.IsKey, second.MediaTime.Seconds));
        Assert.Equal("moof"u8, second.Head.Span[4..8]);
    }

    [Fact]
    public async Task Sound_that_is_gone_is_taken_out_at_the_next_key_picture_and_comes_back_at_another()
    {
        using LiveFeed feed = Begin(audio: true);
        _camera.Write(0, key: true);
        Assert.Equal(2, (await FormatAsync(feed)).Tracks.Count);
        List<string> told = [];
        Task reading = ReadAsync(feed, told, formats: 3);
        for (int frame = 1; frame < 200; frame++)
        {
            _camera.Write(frame, frame % 10 == 0);
            if (frame is < 20 or > 120)
            {
                _camera.Write(frame, key: true, track: LogFixture.Audio);
            }
        }

        _camera.Log.OnFormat(LogFixture.Video, Video(1280));
        _camera.Write(200, key: true);
        await reading.WaitAsync(_limit.Token);

        // 2 s after the last sound, of frame 19, comes key picture 70; the one after the first sound again, of 121, is 130.
        Assert.Equal(["AudioLost 1 @70", "AudioBack 2 @130", "Change 2 @200"], told);
    }

    [Fact]
    public async Task A_track_that_comes_later_waits_for_a_key_picture_and_the_old_ones_go_on_meanwhile()
    {
        using LiveFeed feed = Begin(audio: false);
        _camera.Write(0, key: true);
        Assert.Single((await FormatAsync(feed)).Tracks);
        await FragmentAsync(feed);
        _camera.Log.OnFormat(LogFixture.Audio, Audio());
        _camera.Write(1, key: true, track: LogFixture.Audio);
        _camera.Write(1);
        Assert.Equal(LogFixture.Video, (await FragmentAsync(feed)).Unit.Track);
        _camera.Write(2, key: true);
        LiveFormat wider = await FormatAsync(feed);
        Assert.Equal((LiveFormatReason.Change, 2), (wider.Reason, wider.Tracks.Count));
        Assert.Equal(1.08, (await FragmentAsync(feed)).MediaTime.Seconds, 6);
    }

    [Fact]
    public async Task Media_time_goes_on_by_the_clock_when_the_camera_is_made_anew()
    {
        using LogFixture anew = new(formats: false);
        using LiveFeed feed = Begin(audio: false);
        _camera.Write(0, key: true);
        await FormatAsync(feed);
        await FragmentAsync(feed);
        _camera.Log.Dispose();
        Assert.True(Assert.IsType<LivePiece.Away>(await feed.NextAsync(_limit.Token)).Restarting);
        anew.Log.OnFormat(LogFixture.Video, Video(640));
        anew.Write(50, key: true);
        _logs.Put("cam0", anew.Log);
        Assert.IsType<LivePiece.Back>(await feed.NextAsync(_limit.Token));
        Assert.Equal(LiveFormatReason.Restart, (await FormatAsync(feed)).Reason);
        Assert.Equal(3.0, (await FragmentAsync(feed)).MediaTime.Seconds, 6);
    }

    [Fact]
    public async Task A_camera_that_no_player_knows_is_told_and_nothing_is_sent_of_it()
    {
        _camera.Log.OnFormat(LogFixture.Video, LogFixture.VideoFormat() with { Codec = Codec.Jpeg });
        _camera.Write(0, key: true);
        using LiveFeed feed = new(_viewer);
        LiveFormat format = await FormatAsync(feed);
        Assert.Equal(("", 0, 0), (format.Mime, format.Tracks.Count, format.Init.Length));
        Assert.Equal(Codec.Jpeg, Assert.Single(format.Left).Codec);
        _camera.Write(1, key: true);
        using CancellationTokenSource enough = new();
        Task<LivePiece> next = feed.NextAsync(enough.Token).AsTask();
        Assert.False(next.IsCompleted);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    private LiveFeed Begin(bool audio)
    {
        _camera.Log.OnFormat(LogFixture.Video, Video(640));
        if (audio)
        {
            _camera.Log.OnFormat(LogFixture.Audio, Audio());
        }

        return new LiveFeed(_viewer);
    }

    private static TrackFormat Video(int width) =>
        LogFixture.VideoFormat(width) with
        {
            ParameterSets =
            [
                ParameterSetWriter.SequenceParameterSet(width, 360, new Ratio(25, 1)),
                ParameterSetWriter.PictureParameterSet(),
            ],
        };

    /// <summary>AAC-LC, 48 kHz, stereo; in the fixture's 90 kHz ticks.</summary>
    private static TrackFormat Audio() =>
        LogFixture.AudioFormat() with
        {
            Timescale = Timescale.Mpeg,
            ParameterSets = [new byte[] { 0x11, 0x90 }],
        };

    private async Task<LiveFormat> FormatAsync(LiveFeed feed) => Assert.IsType<LivePiece.Format>(await feed.NextAsync(_limit.Token)).Value;

    private async Task<LivePiece.Fragment> FragmentAsync(LiveFeed feed) =>
        Assert.IsType<LivePiece.Fragment>(await feed.NextAsync(_limit.Token));

    /// <summary>Notes each format with the number of the picture that it comes before, until there were so many.</summary>
    private async Task ReadAsync(LiveFeed feed, List<string> told, int formats)
    {
        string? format = null;
        while (told.Count < formats)
        {
            switch (await feed.NextAsync(_limit.Token))
            {
                case LivePiece.Format { Value: var value }:
                    format = $"{value.Reason} {value.Tracks.Count}";
                    break;
                case LivePiece.Fragment fragment when format is not null:
                    told.Add($"{format} @{Math.Round((fragment.MediaTime.Seconds - 1) * 25)}");
                    format = null;
                    break;
                default:
                    break;
            }
        }
    }
}
