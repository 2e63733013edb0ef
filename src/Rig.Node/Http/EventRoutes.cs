using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Rig.Node.Events;

namespace Rig.Node.Http;

/// <summary><c>GET /api/v1/events</c>: everything noteworthy as server-sent events, with replay from <c>Last-Event-ID</c> and a topic filter.</summary>
public static class EventRoutes
{
    /// <summary>An event of this name so often keeps proxies and phones from closing a quiet connection.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    public static void MapEvents(this IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/api/v1/events", Stream)
            .WithTags("events")
            .WithSummary(
                "Server-sent events: topic as event name, JSON as data. Topics: camera.*, recording.*, session.state, alarm.*, ..."
            )
            .Produces<string>(contentType: "text/event-stream");

    /// <param name="topics">Names or prefixes ending in <c>*</c>, separated by commas; all when left out.</param>
    private static IResult Stream(
        HttpContext http,
        EventBroker broker,
        IHostApplicationLifetime life,
        string? topics,
        CancellationToken cancel
    )
    {
        string? last = http.Request.Headers["Last-Event-ID"].FirstOrDefault() ?? http.Request.Query["lastEventId"].FirstOrDefault();
        long? after = long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? id : null;
        http.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(Items(broker, after, Filter(topics), life.ApplicationStopping, cancel));
    }

    private static async IAsyncEnumerable<SseItem<string>> Items(
        EventBroker broker,
        long? after,
        Func<string, bool> wanted,
        CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancel, stopping);
        IAsyncEnumerator<NumberedEvent> events = broker.Subscribe(after, either.Token).GetAsyncEnumerator(either.Token);
        Task<bool> next = events.MoveNextAsync().AsTask();
        yield return new SseItem<string>("connected", "hello") { ReconnectionInterval = TimeSpan.FromSeconds(1) };
        try
        {
            while (true)
            {
                if (await Task.WhenAny(next, Task.Delay(KeepAlive, either.Token)) != next)
                {
                    yield return new SseItem<string>("", "keep-alive");
                    continue;
                }

                if (!await Arrived(next))
                {
                    yield break;
                }

                NumberedEvent news = events.Current;
                next = events.MoveNextAsync().AsTask();
                if (wanted(news.Topic))
                {
                    yield return new SseItem<string>(news.Json, news.Topic) { EventId = news.Id.ToString(CultureInfo.InvariantCulture) };
                }
            }
        }
        finally
        {
            // An iterator must not be disposed of while it is asked for its next item.
            await either.CancelAsync();
            await Arrived(next);
            await events.DisposeAsync();
        }
    }

    private static async Task<bool> Arrived(Task<bool> next)
    {
        try
        {
            return await next;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static Func<string, bool> Filter(string? topics)
    {
        string[] patterns = topics?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        return patterns.Length == 0
            ? _ => true
            : topic =>
                patterns.Any(pattern =>
                    pattern.EndsWith('*')
                        ? topic.StartsWith(pattern[..^1], StringComparison.Ordinal)
                        : string.Equals(topic, pattern, StringComparison.Ordinal)
                );
    }
}
