using System.Text.Json;
using System.Text.Json.Serialization;
using Rig.Contracts.Cameras;
using Rig.Contracts.Cluster;
using Rig.Contracts.Configuration;
using Rig.Contracts.Events;
using Rig.Contracts.Live;
using Rig.Contracts.Nodes;
using Rig.Contracts.Operations;
using Rig.Contracts.Problems;
using Rig.Contracts.Recordings;
using Rig.Contracts.Sessions;

namespace Rig.Contracts.Json;

/// <summary>Source-generated JSON of every message of the rig: camelCase names, nulls left out, RFC 3339 times. The closed set of what may travel.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(UtcTimeConverter)],
    NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(NodeStatus))]
[JsonSerializable(typeof(CameraStatus))]
[JsonSerializable(typeof(IReadOnlyList<CameraStatus>), TypeInfoPropertyName = "CameraStatusList")]
[JsonSerializable(typeof(IngestSummary))]
[JsonSerializable(typeof(StartSession))]
[JsonSerializable(typeof(StopSession))]
[JsonSerializable(typeof(AddMark))]
[JsonSerializable(typeof(SessionOutcome))]
[JsonSerializable(typeof(DesiredSession))]
[JsonSerializable(typeof(Mark))]
[JsonSerializable(typeof(Manifest))]
[JsonSerializable(typeof(RecordingsPage))]
[JsonSerializable(typeof(ConfirmOffload))]
[JsonSerializable(typeof(ConfirmedOffload))]
[JsonSerializable(typeof(DeletedOffloaded))]
[JsonSerializable(typeof(RigEvent))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(ConfigurationView))]
[JsonSerializable(typeof(ConfigurationChange))]
[JsonSerializable(typeof(ConfigurationChanged))]
[JsonSerializable(typeof(SelfTestReport))]
[JsonSerializable(typeof(LogPage))]
[JsonSerializable(typeof(Member))]
[JsonSerializable(typeof(RigStatus))]
[JsonSerializable(typeof(RemoteMessage))]
[JsonSerializable(typeof(LinkFrame))]
[JsonSerializable(typeof(IReadOnlyList<LinkStatus>), TypeInfoPropertyName = "LinkStatusList")]
[JsonSerializable(typeof(ActorNode))]
[JsonSerializable(typeof(ClusterRequest))]
[JsonSerializable(typeof(ClusterJoin))]
[JsonSerializable(typeof(ClusterChanged))]
[JsonSerializable(typeof(R58RecordAnswer))]
[JsonSerializable(typeof(R58PreviewStatus))]
[JsonSerializable(typeof(TakeSnapshot))]
[JsonSerializable(typeof(TakeSnapshots))]
[JsonSerializable(typeof(SnapshotInfo))]
[JsonSerializable(typeof(SnapshotsTaken))]
[JsonSerializable(typeof(LockViewTaken))]
[JsonSerializable(typeof(PlaybackIndex))]
[JsonSerializable(typeof(IReadOnlyList<PlaybackEntry>), TypeInfoPropertyName = "PlaybackEntryList")]
[JsonSerializable(typeof(LiveFormatMessage))]
[JsonSerializable(typeof(LiveTimeMessage))]
[JsonSerializable(typeof(LiveDropMessage))]
[JsonSerializable(typeof(LiveAwayMessage))]
[JsonSerializable(typeof(LiveBackMessage))]
[JsonSerializable(typeof(LivePongMessage))]
[JsonSerializable(typeof(LiveRequest))]
public sealed partial class RigJson : JsonSerializerContext
{
    /// <summary>The same for files that people read: indented.</summary>
    public static RigJson Indented => field ??= new RigJson(new JsonSerializerOptions(Default.Options) { WriteIndented = true });
}
