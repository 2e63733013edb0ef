using Rig.Node.Hosting;
using Rig.Streams.Live;
using Rig.Streams.Live.Hls;

namespace Rig.Node.Http;

/// <summary>Viewers of all kinds as metrics.</summary>
internal static class LiveMetrics
{
    public static void Add(MetricsText text, IServiceProvider services)
    {
        LiveStatistics live = services.GetRequiredService<LiveHub>().GetStatistics();
        foreach ((LiveOutput output, OutputStatistics counts) in live.Outputs)
        {
            (string, string) label = ("output", output.ToString().ToLowerInvariant());
            text.Gauge("rig_live_viewers", "Viewers now; of HLS the cameras being cut.", counts.Viewers, label);
            text.Counter("rig_live_entered_total", "Viewers so far.", counts.Entered, label);
            text.Counter("rig_live_bytes_total", "Bytes sent to viewers.", counts.Bytes, label);
            text.Counter("rig_live_missed_units_total", "Units that viewers did not get because they were slow.", counts.Missed, label);
            text.Counter("rig_live_sent_away_total", "Viewers that did not read at all.", counts.SentAway, label);
        }

        foreach ((string camera, int viewers) in live.Viewers)
        {
            text.Gauge("rig_live_camera_viewers", "Viewers of the camera now.", viewers, ("camera", camera));
        }

        text.Counter("rig_live_refused_total", "Viewers for whom there was no place.", live.Refused);
        text.Gauge("rig_hls_cameras", "Cameras being cut for HLS.", services.GetRequiredService<HlsServer>().Streams);
        Relay(text, services.GetRequiredService<PeerRelay>());
        if (services.GetRequiredService<RtspHost>().Server?.GetStatistics() is { } rtsp)
        {
            text.Gauge("rig_rtsp_connections", "Connections of the RTSP server.", rtsp.Connections);
            text.Counter("rig_rtsp_accepted_total", "Connections so far.", rtsp.Accepted);
            text.Counter("rig_rtsp_refused_total", "Connections for which there was no place.", rtsp.Refused);
            text.Counter("rig_rtsp_malformed_total", "Connections ended for what they sent.", rtsp.Malformed);
            text.Counter("rig_rtsp_unproven_total", "Requests without the right to them.", rtsp.Unproven);
            text.Counter("rig_rtsp_failed_total", "Connections ended by a fault of the node.", rtsp.Failed);
        }
    }

    private static void Relay(MetricsText text, PeerRelay relay)
    {
        text.Gauge("rig_relay_active", "Requests and sockets of other nodes being relayed.", relay.Active);
        text.Counter("rig_relay_requests_total", "Requests relayed to other nodes.", relay.Requests);
        text.Counter("rig_relay_failed_total", "Of them those that the other node could not be asked.", relay.Failed);
        text.Counter("rig_relay_bytes_total", "Bytes of other nodes passed on.", relay.Bytes);
    }
}
