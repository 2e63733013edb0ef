using System.Net;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rig.Node.Events;
using Rig.Node.Tests.Configuration;

namespace Rig.Node.Tests.Events;

/// <summary>Webhooks against a real server that takes them, refuses them, or is not there.</summary>
public sealed class WebhookTests : IAsyncLifetime, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly Channel<(string Id, string Timestamp, string Signature, string Body)> _received = Channel.CreateUnbounded<(
        string,
        string,
        string,
        string
    )>();
    private readonly Queue<int> _answers = new();
    private readonly EventBroker _events = new(TimeProvider.System);
    private readonly CancellationTokenSource _stop = new();
    private WebApplication? _receiver;

    public async Task InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _receiver = builder.Build();
        _receiver.Run(ReceiveAsync);
        await _receiver.StartAsync();
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _receiver!.DisposeAsync();
        _stop.Dispose();
        _folder.Dispose();
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Chosen_events_come_signed_as_Standard_Webhooks_says()
    {
        string file = Path.Combine(_folder.Root, "webhook.key");
        (Webhook hook, _) = Start(WebhookKey.Open(file), "mark.*");
        _events.Publish("N", "recording.start", """{"topic":"recording.start"}""");
        _events.Publish("N", "mark.added", """{"topic":"mark.added"}""");
        (string id, string timestamp, string signature, string body) = await NextAsync();
        Assert.Equal("""{"topic":"mark.added"}""", body);
        byte[] key = Convert.FromBase64String((await File.ReadAllTextAsync(file))["whsec_".Length..]);
        byte[] expected = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}"));
        Assert.Equal($"v1,{Convert.ToBase64String(expected)}", signature);
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        await UntilAsync(() => hook.Status.Delivered == 1);
        Assert.Equal(0, hook.Status.Dropped);
    }

    [Fact]
    public async Task What_is_not_taken_comes_again_with_the_same_id_and_in_order()
    {
        _answers.Enqueue(503);
        _answers.Enqueue(302);
        (Webhook hook, _) = Start(Key(), "*");
        _events.Publish("N", "one", "1");
        _events.Publish("N", "two", "2");
        _events.Publish("N", "three", "3");
        (string id, _, _, string body) = await NextAsync();
        (string again, _, _, string same) = await NextAsync();
        Assert.Equal((id, body), (again, same));
        // A redirect is not followed and would be answered alike: that event is given up.
        Assert.Equal("2", (await NextAsync()).Body);
        await UntilAsync(() => hook.Status is { Delivered: 2, Dropped: 1, Retries: 1 });
    }

    [Fact]
    public async Task A_receiver_that_is_gone_for_good_gets_nothing_more()
    {
        _answers.Enqueue(410);
        (_, Task run) = Start(Key(), "*");
        _events.Publish("N", "one", "1");
        await run.WaitAsync(Patience);
        _events.Publish("N", "two", "2");
        Assert.Equal("1", (await NextAsync()).Body);
        Assert.False(_received.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_receiver_on_this_machine_is_not_sent_to_unless_it_is_meant()
    {
        (Webhook hook, _) = Start(Key(), "*", allowLocal: false);
        _events.Publish("N", "one", "1");
        await UntilAsync(() => hook.Status.Dropped == 1);
        Assert.False(_received.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_receiver_that_is_down_costs_the_oldest_events_and_nothing_else()
    {
        _answers.Enqueue(500);
        (Webhook hook, _) = Start(Key(), "*");
        for (int i = 0; i < 3000; i++)
        {
            _events.Publish("N", "many", $"{i}");
        }

        await UntilAsync(() => hook.Status.Delivered + hook.Status.Dropped == 3000);
        // The first one was taken up before the others came.
        Assert.InRange(hook.Status.Delivered, 1000, 1001);
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.9.9.9", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:169.254.169.254", false)]
    [InlineData("192.168.1.20", true)]
    [InlineData("10.0.0.1", true)]
    [InlineData("2001:db8::1", true)]
    public void Only_addresses_elsewhere_are_sent_to(string address, bool elsewhere) =>
        Assert.Equal(elsewhere, WebhookHttp.IsElsewhere(IPAddress.Parse(address)));

    [Theory]
    [InlineData("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", true)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false)]
    [InlineData("whsec_AAAA", false)]
    [InlineData("whsec_not base64", false)]
    [InlineData("", false)]
    public void A_key_is_read_as_the_standard_writes_it(string text, bool usable) =>
        Assert.Equal(usable, WebhookKey.Parse(text) is not null);

    private (Webhook Hook, Task Run) Start(WebhookKey key, string topics, bool allowLocal = true)
    {
        HttpClient http = WebhookHttp.Create(allowLocal, TimeSpan.FromSeconds(5));
        Webhook hook = new(
            new Uri(_receiver!.Urls.Single()),
            TopicFilter.Parse(topics),
            _events,
            key,
            http,
            NullLogger.Instance,
            TimeProvider.System
        );
        Task run = hook.RunAsync(_stop.Token);
        _ = run.ContinueWith(_ => http.Dispose(), TaskScheduler.Default);
        return (hook, run);
    }

    private WebhookKey Key() => WebhookKey.Open(Path.Combine(_folder.Root, "webhook.key"));

    private async Task ReceiveAsync(HttpContext http)
    {
        using StreamReader reader = new(http.Request.Body);
        IHeaderDictionary headers = http.Request.Headers;
        string body = await reader.ReadToEndAsync();
        _received.Writer.TryWrite(($"{headers["webhook-id"]}", $"{headers["webhook-timestamp"]}", $"{headers["webhook-signature"]}", body));
        int status = _answers.TryDequeue(out int planned) ? planned : 204;
        http.Response.StatusCode = status;
        if (status == 302)
        {
            http.Response.Headers.Location = "/elsewhere";
        }
    }

    private async Task<(string Id, string Timestamp, string Signature, string Body)> NextAsync()
    {
        using CancellationTokenSource limit = new(Patience);
        return await _received.Reader.ReadAsync(limit.Token);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource limit = new(Patience);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        while (!condition())
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
