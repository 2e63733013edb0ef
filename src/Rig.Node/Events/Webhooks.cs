using Microsoft.Extensions.Primitives;
using Rig.Node.Configuration;

namespace Rig.Node.Events;

/// <summary>The webhooks that the configuration names; made anew when it changes.</summary>
internal sealed class Webhooks(ConfigurationStore configuration, EventHub hub, ILoggerFactory loggers, TimeProvider time)
    : BackgroundService
{
    /// <summary>A receiver that works longer on one event should answer first and work then.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    private readonly ILogger _log = loggers.CreateLogger("rig.webhooks");
    private volatile IReadOnlyList<Webhook> _hooks = [];

    public IReadOnlyList<WebhookStatus> Status() => [.. _hooks.Select(hook => hook.Status)];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            using CancellationTokenSource changed = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            WebhookOptions options = configuration.Current.Options.Webhooks;
            using IDisposable watch = ChangeToken.OnChange(configuration.GetReloadToken, () => CancelIfOther(options, changed));
            await RunAsync(options, changed.Token);
        }
    }

    private void CancelIfOther(WebhookOptions options, CancellationTokenSource changed)
    {
        WebhookOptions now = configuration.Current.Options.Webhooks;
        if (!now.Urls.SequenceEqual(options.Urls) || !now.Topics.SequenceEqual(options.Topics) || now.AllowLocal != options.AllowLocal)
        {
            try
            {
                changed.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // An earlier change has ended this run already; the next one reads the newest options.
            }
        }
    }

    private async Task RunAsync(WebhookOptions options, CancellationToken cancel)
    {
        using HttpClient http = WebhookHttp.Create(options.AllowLocal, AnswerLimit);
        if (options.Urls.Count > 0 && Key(options) is { } key)
        {
            TopicFilter topics = new(options.Topics);
            _hooks = [.. options.Urls.Select(url => new Webhook(new Uri(url), topics, hub.Own, key, http, _log, time))];
        }
        else
        {
            _hooks = [];
        }

        await Task.WhenAll(_hooks.Select(hook => hook.RunAsync(cancel)));
        await Task.Delay(Timeout.InfiniteTimeSpan, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private WebhookKey? Key(WebhookOptions options)
    {
        try
        {
            return WebhookKey.Open(Path.Combine(configuration.Current.Options.Node.StateFolder(), options.KeyFile));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            WebhookLog.Off(_log, error.Message);
            return null;
        }
    }
}
