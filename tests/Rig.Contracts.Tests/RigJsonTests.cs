using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Rig.Contracts.Cameras;
using Rig.Contracts.Events;
using Rig.Contracts.Json;
using Rig.Contracts.Nodes;
using Rig.Contracts.Sessions;

namespace Rig.Contracts.Tests;

public sealed class RigJsonTests
{
    private static readonly DateTimeOffset Noon = new DateTimeOffset(2026, 3, 1, 13, 0, 0, TimeSpan.FromHours(1)).AddMicroseconds(250);

    [Fact]
    public void Times_are_RFC_3339_in_UTC_with_microseconds()
    {
        string json = JsonSerializer.Serialize(new Mark("goal", Noon), RigJson.Default.Mark);
        Assert.Equal("""{"name":"goal","at":"2026-03-01T12:00:00.000250Z"}""", json);
    }

    [Theory]
    [InlineData("""{"name":"goal","at":"yesterday"}""")]
    [InlineData("""{"name":"goal","at":12}""")]
    [InlineData("""{"at":"2026-03-01T12:00:00Z"}""")]
    public void Broken_messages_are_refused(string json) =>
        Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize(json, RigJson.Default.Mark));

    [Fact]
    public void States_travel_in_snake_case_and_not_as_numbers()
    {
        string json = JsonSerializer.Serialize(new IngestStatus { State = IngestState.NoSignal }, RigJson.Default.IngestStatus);
        Assert.Contains("\"state\":\"no_signal\"", json, StringComparison.Ordinal);
        Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize("""{"state":3}""", RigJson.Default.IngestStatus));
    }

    [Fact]
    public void An_event_carries_its_topic_and_comes_back_as_the_same_record()
    {
        RigEvent sent = new RecordingStarted("cam0", "DEMO", Noon.ToUniversalTime(), 0) { Time = Noon.ToUniversalTime(), Node = "CAM_L" };
        string json = JsonSerializer.Serialize(sent, RigJson.Default.RigEvent);
        Assert.Contains("\"topic\":\"recording.start\"", json, StringComparison.Ordinal);
        Assert.Equal(sent, JsonSerializer.Deserialize(json, RigJson.Default.RigEvent));
    }

    [Fact]
    public void Every_event_has_one_topic_of_its_own()
    {
        Type[] events = [.. typeof(RigEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(RigEvent)))];
        string[] topics = [.. events.Select(type => (string)type.GetField("TopicName")!.GetValue(null)!)];
        Assert.NotEmpty(events);
        Assert.Equal(topics.Length, topics.Distinct(StringComparer.Ordinal).Count());
        Assert.All(events, type => Assert.Contains(type, DerivedTypes()));
    }

    /// <summary>A constructor parameter without a default is required when reading, but a null property is left out when writing.</summary>
    [Fact]
    public void What_may_be_null_is_written_or_need_not_be_there()
    {
        NullabilityInfoContext nullability = new();
        IEnumerable<ParameterInfo> parameters = typeof(RigEvent)
            .Assembly.GetExportedTypes()
            .SelectMany(type => type.GetConstructors())
            .SelectMany(constructor => constructor.GetParameters())
            .Where(parameter => nullability.Create(parameter).ReadState == NullabilityState.Nullable && !parameter.HasDefaultValue);
        Assert.All(
            parameters,
            parameter =>
            {
                PropertyInfo property = parameter.Member.DeclaringType!.GetProperty(parameter.Name!)!;
                Assert.Equal(
                    JsonIgnoreCondition.Never,
                    property.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition ?? JsonIgnoreCondition.WhenWritingNull
                );
            }
        );
    }

    [Fact]
    public void An_event_without_what_may_be_missing_comes_back()
    {
        RigEvent[] events =
        [
            new AlarmRaised("disk.space", null, GateLevel.Warn, "Little space.", "Make some.")
            {
                Time = Noon.ToUniversalTime(),
                Node = "N",
            },
            new AlarmCleared("disk.space") { Time = Noon.ToUniversalTime(), Node = "N" },
            new CameraStateChanged("cam0", IngestState.Idle, IngestState.Starting) { Time = Noon.ToUniversalTime(), Node = "N" },
        ];
        Assert.All(
            events,
            sent =>
                Assert.Equal(
                    sent,
                    JsonSerializer.Deserialize(JsonSerializer.Serialize(sent, RigJson.Default.RigEvent), RigJson.Default.RigEvent)
                )
        );
    }

    private static IEnumerable<Type> DerivedTypes() =>
        typeof(RigEvent)
            .GetCustomAttributes(typeof(System.Text.Json.Serialization.JsonDerivedTypeAttribute), inherit: false)
            .Cast<System.Text.Json.Serialization.JsonDerivedTypeAttribute>()
            .Select(attribute => attribute.DerivedType);
}
