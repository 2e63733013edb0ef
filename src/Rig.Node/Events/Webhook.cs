using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Rig.Node.Events;

/// <summary>How a webhook does.</summary>
internal sealed record WebhookStatus(string Host, long Delivered, long Dropped, long Retries);

/// <summary>
/// Sends this node's events to one URL, one after another. Waiting events stay where they are, in the ring of the newest: the hook only remembers its place and is told what it
/// missed, so that one that is down costs nothing.
/// </summary>
internal sealed class Webhook(
    Uri url,
    TopicFilter topics,
    EventBroker events,
    WebhookKey key,
    HttpClient http,
    ILogger log,
    TimeProvider time
)
{
    /// <summary>About a quarter of an hour with the waits between.</summary>
    private const int Attempts = 10;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>Events that may wait for the URL.</summary>
    private const int MostWaiting = 1000;

    private readonly EventCursor _cursor = events.Open(null);
    private long _delivered;
    private long _dropped;
    private long _retries;
    private bool _inTrouble;

    public WebhookStatus Status =>
        new(url.Host, Interlocked.Read(ref _delivered), Interlocked.Read(ref _dropped), Interlocked.Read(ref _retries));

    /// <summary>Runs until cancelled, or until the receiver says that it is gone for good.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            while (await NextAsync(cancel) is { } news)
            {
                if (!await DeliverAsync(news, cancel))
                {
                    WebhookLog.Gone(log, url.Host);
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The node ends, or the hook was changed.
        }
    }

    private async Task<NumberedEvent?> NextAsync(CancellationToken cancel)
    {
        while (true)
        {
            NumberedEvent? news = _cursor.TryRead(out long missed);
            Drop(Math.Max(0, missed));
            if (news is null)
            {
                await _cursor.WaitAsync(cancel);
            }
            else if (events.Last - news.Id >= MostWaiting)
            {
                Drop(1);
            }
            else if (topics.Wants(news.Topic))
            {
                return news;
            }
        }
    }

    /// <summary>False when the receiver wants nothing more.</summary>
    private async Task<bool> DeliverAsync(NumberedEvent news, CancellationToken cancel)
    {
        string id = $"{news.Node}-{news.Id}";
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (attempt > 0)
            {
                Interlocked.Increment(ref _retries);
                await Task.Delay(Wait(attempt), time, cancel);
            }

            (HttpStatusCode? status, string said) = await SendAsync(id, news, cancel);
            switch (status)
            {
                case >= HttpStatusCode.OK and < HttpStatusCode.Ambiguous:
                    Interlocked.Increment(ref _delivered);
                    Say(null);
                    return true;
                case HttpStatusCode.Gone:
                    return false;
                case HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError or null:
                    Say(said);
                    continue;
                default:
                    // Another attempt would be answered alike.
                    Say(said);
                    Drop(1);
                    return true;
            }
        }

        Drop(1);
        return true;
    }

    /// <summary>1 s, 2 s, 4 s ... with a fifth of it at random, so that the nodes of a rig do not come in one instant.</summary>
    private static TimeSpan Wait(int attempt)
    {
        TimeSpan doubled = TimeSpan.FromSeconds(1 << Math.Min(attempt - 1, 12));
        TimeSpan wait = doubled < LongestWait ? doubled : LongestWait;
        return wait * (1 + (System.Security.Cryptography.RandomNumberGenerator.GetInt32(200) / 1000.0));
    }

    /// <summary>Null as status: no answer came.</summary>
    private async Task<(HttpStatusCode? Status, string Said)> SendAsync(string id, NumberedEvent news, CancellationToken cancel)
    {
        long now = time.GetUtcNow().ToUnixTimeSeconds();
        using HttpRequestMessage request = new(HttpMethod.Post, url);
        request.Content = new StringContent(news.Json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", now.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", key.Sign(id, now, news.Json));
        try
        {
            using HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            return (answer.StatusCode, $"It answers {(int)answer.StatusCode}.");
        }
        catch (HttpRequestException refused) when (refused.InnerException is NotElsewhereException why)
        {
            return (HttpStatusCode.Forbidden, why.Message);
        }
        catch (HttpRequestException failed)
        {
            return (null, failed.Message);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (null, "It does not answer in time.");
        }
    }

    private void Drop(long count) => Interlocked.Add(ref _dropped, count);

    /// <summary>Once for each trouble, and once when it is over.</summary>
    private void Say(string? trouble)
    {
        if (trouble is not null && !_inTrouble)
        {
            WebhookLog.Trouble(log, url.Host, trouble);
        }
        else if (trouble is null && _inTrouble)
        {
            WebhookLog.Recovered(log, url.Host, Status.Dropped);
        }

        _inTrouble = trouble is not null;
    }
}

internal static partial class WebhookLog
{
    [LoggerMessage(
        EventId = 50,
        Level = LogLevel.Warning,
        Message = "The webhook at {Host} does not take events and is tried again: {Reason}"
    )]
    public static partial void Trouble(ILogger log, string host, string reason);

    [LoggerMessage(
        EventId = 51,
        Level = LogLevel.Information,
        Message = "The webhook at {Host} takes events again; {Dropped} were lost to it since the start"
    )]
    public static partial void Recovered(ILogger log, string host, long dropped);

    [LoggerMessage(
        EventId = 52,
        Level = LogLevel.Warning,
        Message = "The webhook at {Host} says that it is gone (410); it gets nothing until webhooks.urls changes"
    )]
    public static partial void Gone(ILogger log, string host);

    [LoggerMessage(EventId = 53, Level = LogLevel.Error, Message = "Webhooks are off: {Reason}")]
    public static partial void Off(ILogger log, string reason);
}
