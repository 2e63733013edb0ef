using Rig.Node.Events;
using Rig.Node.Hosting;
using Rig.Node.Rights;

namespace Rig.Node.Http;

/// <summary>What the server itself counts, for <c>/metrics</c>.</summary>
internal sealed class ServerMeters(EventHub hub, Webhooks webhooks, LoginThrottle throttle, ViewerLimits viewers, PublicListener listener)
{
    public void Add(MetricsText text)
    {
        text.Counter("rig_events_total", "Events that clients could see.", hub.Rig.Published);
        text.Gauge("rig_event_clients", "Clients that follow events.", hub.Listeners);
        text.Counter("rig_login_failures_total", "Wrong passwords, links and tokens.", throttle.Failures);
        text.Counter("rig_viewers_refused_total", "Streams and sockets that found no place.", viewers.Refused);
        text.Counter("rig_connections_refused_total", "Connections of addresses that had enough.", listener.Refused);
        foreach (WebhookStatus hook in webhooks.Status())
        {
            (string, string) url = ("host", hook.Host);
            text.Counter("rig_webhook_delivered_total", "Events that a webhook took.", hook.Delivered, url);
            text.Counter("rig_webhook_dropped_total", "Events that a webhook did not get.", hook.Dropped, url);
            text.Counter("rig_webhook_retries_total", "Attempts after the first.", hook.Retries, url);
        }
    }
}
