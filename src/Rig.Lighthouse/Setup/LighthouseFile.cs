using System.Text.Json;
using System.Text.Json.Serialization;
using Rig.Cluster.Joining;

namespace Rig.Lighthouse.Setup;

/// <summary><c>lighthouse.json</c>: what was decided at the first start and stays.</summary>
internal sealed record LighthouseFile
{
    public required string RigId { get; init; }
    public required string Name { get; init; }

    /// <summary>Told to others: the first of the addresses.</summary>
    public required string Address { get; init; }
    public required Ports Ports { get; init; }

    /// <summary>etcd's <c>--initial-cluster</c>, with this member; only read before etcd has data.</summary>
    public required string InitialCluster { get; init; }

    /// <summary>Whether the member began as one of an existing cluster.</summary>
    public bool JoinedExisting { get; init; }

    /// <summary>A member that joined learns first; it votes from its promotion on.</summary>
    public bool Votes { get; init; } = true;

    /// <summary>Client addresses of the other members, as last known.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    [JsonIgnore]
    public string DiscoveryUrl => Url("http", Ports.Discovery);

    [JsonIgnore]
    public string JoinUrl => Url("https", Ports.Join);

    [JsonIgnore]
    public string ClientUrl => Url("https", Ports.Client);

    [JsonIgnore]
    public string PeerUrl => Url("https", Ports.Peer);

    /// <exception cref="SetupException">It cannot be read.</exception>
    public static LighthouseFile Load(DataFolder folder)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(folder.FactsFile), SetupJson.Default.LighthouseFile)
                ?? throw new JsonException("null is no lighthouse.");
        }
        catch (Exception error) when (error is JsonException or IOException)
        {
            throw new SetupException(
                $"{folder.FactsFile} cannot be read: {error.Message} Restore the folder from a backup, or begin anew: rig lighthouse restore SNAPSHOT.",
                error
            );
        }
    }

    public void Save(DataFolder folder) =>
        PrivateFile.Write(folder.FactsFile, JsonSerializer.Serialize(this, SetupJson.Default.LighthouseFile), secret: false);

    /// <summary>An address with scheme and port; brackets around IPv6.</summary>
    private string Url(string scheme, int port) => Addresses.Url(scheme, Address, port);
}

/// <summary>What a snapshot alone does not hold and a rig cannot be restored without; lies beside the snapshots, mode 0600.</summary>
internal sealed record RigSecrets(string RigId, string Ca, string CaKey);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(LighthouseFile))]
[JsonSerializable(typeof(RigSecrets))]
internal sealed partial class SetupJson : JsonSerializerContext;
