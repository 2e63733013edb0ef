using System.Net;
using System.Net.Sockets;
using Rig.Media.Rtp;
using Rig.Media.Time;
using Rig.Streams.Log;

namespace Rig.Streams.Live.Rtsp;

/// <summary>Sends a camera to a client: packets of each unit as it comes, and sender reports that tie both tracks to the rig's clock.</summary>
internal sealed class RtspPlay(LiveViewer viewer, IReadOnlyList<RtspStream> streams, RtspConnection connection, RtspContext context)
    : IAsyncDisposable
{
    /// <summary>Packets of a burst; between two bursts the receiver's buffer, 200 KB by default, gets a moment.</summary>
    private const int Burst = 32;

    private static readonly TimeSpan BurstPause = TimeSpan.FromMilliseconds(1);

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(connection.Ended);
    private readonly RtpPackets _packets = new();
    private readonly RtpPackets _reports = new();
    private Task _run = Task.CompletedTask;
    private ITimer? _limit;
    private int _stopped;

    public bool IsRunning => Volatile.Read(ref _stopped) == 0;

    public void Start()
    {
        foreach (RtspStream stream in streams)
        {
            if (stream.Rtcp is { } rtcp)
            {
                connection.Udp.Expect(rtcp, connection);
            }
        }

        _limit = context.Time.CreateTimer(
            static play => ((RtspPlay)play!).OnLate(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );
        _run = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        foreach (RtspStream stream in streams)
        {
            if (stream.Rtcp is { } rtcp)
            {
                connection.Udp.Forget(rtcp);
            }
        }

        if (_limit is not null)
        {
            await _limit.DisposeAsync();
        }

        viewer.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            using LiveReader reader = new(viewer);
            while (await StepAsync(reader)) { }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The client is gone, or has stopped the session.
        }

        Volatile.Write(ref _stopped, 1);
        if (!_stop.IsCancellationRequested)
        {
            // What the client was told of the stream does not hold any more: it has to ask anew.
            connection.End();
        }
    }

    private async ValueTask<bool> StepAsync(LiveReader reader)
    {
        switch (await reader.NextAsync(_stop.Token))
        {
            case LiveEvent.Restarted:
                foreach (RtspStream stream in streams)
                {
                    stream.Writer.Break();
                }

                return true;
            case LiveEvent.Unit:
                return await UnitAsync(reader.Item);
            default:
                return true;
        }
    }

    /// <returns>False when the track is not what the client set up.</returns>
    private async ValueTask<bool> UnitAsync(LogItem item)
    {
        RtspStream? stream = Find(item.Unit.Track);
        if (stream is null)
        {
            return true;
        }

        if (!stream.Writer.Follow(item.Format))
        {
            return false;
        }

        _packets.Clear();
        stream.Writer.Write(item.Unit, _packets);
        if (stream.Reported is not { } last || context.Time.GetElapsedTime(last) >= context.Options.ReportPeriod)
        {
            // Before the packets: so the very first one has its place on the wall clock.
            stream.Reported = context.Time.GetTimestamp();
            await ReportAsync(stream);
        }

        await SendAsync(_packets, stream.Rtp, connection.Udp.Rtp);
        return true;
    }

    private ValueTask ReportAsync(RtspStream stream)
    {
        _reports.Clear();
        UtcInstant now = UtcInstant.From(context.Time.GetUtcNow());
        Rtcp.AddReport(_reports, stream.ReportChannel, stream.Writer, now, $"{viewer.Camera}@{context.Options.NodeId}");
        return SendAsync(_reports, stream.Rtcp, connection.Udp.Rtcp);
    }

    private RtspStream? Find(int track)
    {
        foreach (RtspStream stream in streams)
        {
            if (stream.Track == track)
            {
                return stream;
            }
        }

        return null;
    }

    private async ValueTask SendAsync(RtpPackets packets, IPEndPoint? to, Socket udp)
    {
        if (to is not null)
        {
            await DatagramsAsync(packets, to, udp);
            return;
        }

        _limit!.Change(viewer.Options.SendLimit, Timeout.InfiniteTimeSpan);
        await connection.SendAsync(packets.Interleaved, _stop.Token);
        _limit.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        viewer.Sent(packets.Interleaved.Length);
    }

    private async ValueTask DatagramsAsync(RtpPackets packets, IPEndPoint to, Socket udp)
    {
        for (int i = 0; i < packets.Count; i++)
        {
            if (i > 0 && i % Burst == 0)
            {
                await Task.Delay(BurstPause, context.Time, _stop.Token);
            }

            viewer.Sent(await udp.SendToAsync(packets[i], SocketFlags.None, to, _stop.Token));
        }
    }

    private void OnLate()
    {
        viewer.SentAway();
        connection.End();
    }
}
