using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Rig.Contracts.Access;
using Rig.Contracts.Events;
using Rig.Contracts.Json;
using Rig.Contracts.Problems;
using Rig.Node.Control;
using Rig.Node.Events;
using Rig.Node.Rights;

namespace Rig.Node.Http;

/// <summary><c>GET /api/v1/events</c>: everything noteworthy of the rig as server-sent events, with replay from <c>Last-Event-ID</c> and a topic filter.</summary>
public static class EventRoutes
{
    /// <summary>An event of this name so often keeps proxies and phones from closing a quiet connection.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    public static void MapEvents(this IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/api/v1/events", Stream)
            .Needs(Role.Viewer)
            .WithTags("events")
            .WithSummary(
                "Server-sent events of the whole rig: topic as event name, JSON as data. Topics: camera.*, recording.*, session.state, alarm.*, ..."
            )
            .Produces<string>(contentType: "text/event-stream")
            .Produces<Problem>(StatusCodes.Status429TooManyRequests, ProblemResults.ContentType);

    /// <param name="topics">Names or prefixes ending in <c>*</c>, separated by commas; all when left out.</param>
    /// <param name="node">Only this node's events.</param>
    private static IResult Stream(
        HttpContext http,
        EventHub hub,
        NodeControl control,
        ViewerLimits viewers,
        IHostApplicationLifetime life,
        TimeProvider time,
        string? topics,
        string? node,
        CancellationToken cancel
    )
    {
        if (viewers.TryEnter(http.Connection.RemoteIpAddress) is not { } place)
        {
            return ViewerLimits.Full.ToResult();
        }

        http.Response.RegisterForDispose(place);
        string? last = http.Request.Headers["Last-Event-ID"].FirstOrDefault() ?? http.Request.Query["lastEventId"].FirstOrDefault();
        long? after = long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? id : null;
        http.Response.Headers["X-Accel-Buffering"] = "no";
        TopicFilter filter = TopicFilter.Parse(topics);
        bool Wanted(NumberedEvent news) => filter.Wants(news.Topic) && (node is null || news.Node == node);
        string Missed(long count) =>
            JsonSerializer.Serialize(
                new EventsMissed(count > 0 ? count : null) { Time = time.GetUtcNow(), Node = control.NodeId },
                RigJson.Default.RigEvent
            );
        EventListener listener = hub.Listen(after);
        http.Response.RegisterForDispose(listener);
        return TypedResults.ServerSentEvents(Items(listener, Wanted, Missed, time, life.ApplicationStopping, cancel));
    }

    private static async IAsyncEnumerable<SseItem<string>> Items(
        EventListener listener,
        Func<NumberedEvent, bool> wanted,
        Func<long, string> missedText,
        TimeProvider time,
        CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancel, stopping);
        yield return new SseItem<string>("connected", "hello") { ReconnectionInterval = TimeSpan.FromSeconds(1) };
        while (!either.IsCancellationRequested)
        {
            NumberedEvent? news = listener.Cursor.TryRead(out long missed);
            if (missed != 0)
            {
                yield return new SseItem<string>(missedText(missed), EventsMissed.TopicName);
            }

            if (news is null)
            {
                if (!await ArrivedAsync(listener.Cursor, time, either.Token))
                {
                    yield return new SseItem<string>("", "keep-alive");
                }
            }
            else if (wanted(news))
            {
                yield return new SseItem<string>(news.Json, news.Topic) { EventId = news.Id.ToString(CultureInfo.InvariantCulture) };
            }
        }
    }

    /// <summary>False when nothing came for so long that the connection has to be kept alive.</summary>
    private static async Task<bool> ArrivedAsync(EventCursor cursor, TimeProvider time, CancellationToken cancel)
    {
        try
        {
            await cursor.WaitAsync(cancel).WaitAsync(KeepAlive, time, CancellationToken.None);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }
}
