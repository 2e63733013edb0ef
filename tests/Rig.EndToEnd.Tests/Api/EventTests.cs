using System.Net.ServerSentEvents;
using System.Text.Json;
using Rig.Contracts.Events;
using Rig.Contracts.Json;
using Rig.Contracts.Sessions;
using Rig.EndToEnd.Tests.Support;

namespace Rig.EndToEnd.Tests.Api;

/// <summary>The event stream.</summary>
[Collection(ApiNode.Name)]
public sealed class EventTests(ApiNode fixture)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private RunningNode Node => fixture.Node;

    [Fact]
    public async Task A_session_is_told_from_start_to_end()
    {
        Task<List<SseItem<string>>> reading = ReadAsync(
            "/api/v1/events",
            null,
            item => item.EventType == SessionChanged.TopicName && item.Data.Contains("finished", StringComparison.Ordinal),
            out Task connected
        );
        await connected;
        await Node.StartAsync(new StartSession { SessionId = "TOLD" });
        await Node.PostAsync("/api/v1/marks", """{ "name": "Goal" }""");
        await Node.RecordedAsync("cam0", 30);
        await Node.StopAsync();
        List<SseItem<string>> items = await reading;
        Assert.Superset(
            new HashSet<string>([
                SessionChanged.TopicName,
                RecordingStarted.TopicName,
                MarkAdded.TopicName,
                RecordingStopped.TopicName,
                SegmentClosed.TopicName,
            ]),
            new HashSet<string>(items.Select(item => item.EventType))
        );
        long[] ids =
        [
            .. items
                .Where(item => item.EventId is not null)
                .Select(item => long.Parse(item.EventId!, System.Globalization.CultureInfo.InvariantCulture)),
        ];
        Assert.Equal(Enumerable.Range(0, ids.Length).Select(index => ids[0] + index), ids);
        MarkAdded mark = (MarkAdded)
            JsonSerializer.Deserialize(items.First(item => item.EventType == MarkAdded.TopicName).Data, RigJson.Default.RigEvent)!;
        Assert.Equal(("TOLD", "Goal", "E2E"), (mark.SessionId, mark.Mark.Name, mark.Node));
    }

    [Fact]
    public async Task Who_comes_back_with_the_last_number_gets_what_it_missed_once()
    {
        await Node.StartAsync(new StartSession { SessionId = "REPLAYED" });
        await Node.StopAsync();
        List<SseItem<string>> all = await ReadAsync("/api/v1/events", "0", IsEnd, out _);
        SseItem<string>[] numbered = [.. all.Where(item => item.EventId is not null)];
        SseItem<string> seen = numbered[numbered.Length / 2];
        List<SseItem<string>> rest = await ReadAsync("/api/v1/events", seen.EventId, IsEnd, out _);
        Assert.Equal(
            numbered.Skip((numbered.Length / 2) + 1).Select(item => (item.EventId, item.Data)),
            rest.Where(item => item.EventId is not null).Select(item => (item.EventId, item.Data))
        );

        static bool IsEnd(SseItem<string> item) =>
            item.EventType == SessionChanged.TopicName
            && item.Data.Contains("REPLAYED", StringComparison.Ordinal)
            && item.Data.Contains("finished", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_chosen_topics_come()
    {
        Task<List<SseItem<string>>> reading = ReadAsync(
            "/api/v1/events?topics=recording.*,mark.added",
            null,
            item => item.EventType == RecordingStopped.TopicName,
            out Task connected
        );
        await connected;
        await Node.StartAsync(new StartSession { SessionId = "CHOSEN" });
        await Node.PostAsync("/api/v1/marks", """{ "name": "Goal" }""");
        await Node.StopAsync();
        string[] topics = [.. (await reading).Where(item => item.EventId is not null).Select(item => item.EventType)];
        Assert.Contains(MarkAdded.TopicName, topics);
        Assert.All(
            topics,
            topic => Assert.True(topic == MarkAdded.TopicName || topic.StartsWith("recording.", StringComparison.Ordinal), topic)
        );
    }

    private Task<List<SseItem<string>>> ReadAsync(string path, string? last, Func<SseItem<string>, bool> isEnd, out Task connected)
    {
        TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        connected = ready.Task;
        return Read();

        async Task<List<SseItem<string>>> Read()
        {
            using CancellationTokenSource limit = new(Patience);
            using HttpRequestMessage request = new(HttpMethod.Get, path);
            if (last is not null)
            {
                request.Headers.Add("Last-Event-ID", last);
            }

            using HttpResponseMessage answer = await Node.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
            List<SseItem<string>> items = [];
            await foreach (
                SseItem<string> item in SseParser.Create(await answer.Content.ReadAsStreamAsync(limit.Token)).EnumerateAsync(limit.Token)
            )
            {
                ready.TrySetResult();
                items.Add(item);
                if (isEnd(item))
                {
                    break;
                }
            }

            return items;
        }
    }
}
