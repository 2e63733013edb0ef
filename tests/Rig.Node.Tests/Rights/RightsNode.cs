using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Rig.Contracts.Access;
using Rig.Contracts.Json;
using Rig.Node.Configuration;
using Rig.Node.Hosting;
using Rig.Node.Tests.Configuration;
using Rig.Streams.Sources;

namespace Rig.Node.Tests.Rights;

/// <summary>A node that asks for rights, with a camera, in this process; asked over real connections.</summary>
public sealed class RightsNode : IAsyncLifetime, IAsyncDisposable
{
    public const string Name = "a node that asks for rights";

    /// <summary>What the configuration knows as an admin's.</summary>
    public const string AdminToken = "rig_configured_for_this_test";

    private readonly TemporaryFolder _folder = new();
    private WebApplication? _node;

    public WebApplication Node => _node!;
    public Uri Address => new(Node.Urls.First());
    public string StateFolder => Path.Combine(_folder.Root, "state");

    public async Task InitializeAsync()
    {
        _node = Build(_folder.Root);
        await _node.StartAsync();
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await Node.StopAsync();
        await Node.DisposeAsync();
        _folder.Dispose();
    }

    /// <param name="settings">More HOCON.</param>
    public static WebApplication Build(string folder, string settings = "")
    {
        string file = Path.Combine(folder, "node.conf");
        File.WriteAllText(
            file,
            $$"""
            node { id = GUARDED, data = "{{folder}}" }
            http.port = 0
            access.adminTokens = ["{{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(AdminToken)))}}"]
            gates { clockBlock = warn, diskWarn = 2%, diskBlock = 1%, temperatureBlock = 150 }
            cameras.cam0.source = "test:640x360@5"
            {{settings}}
            """
        );
        return NodeHost.Build(
            ConfigurationStore.Open(new ConfigurationSetup { File = file, Schemes = BuiltInSources.All() }),
            TimeProvider.System
        );
    }

    /// <summary>A client with this token; nobody's when null.</summary>
    public HttpClient Client(string? token)
    {
        HttpClient client = new(new SocketsHttpHandler { UseCookies = token is null }) { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public HttpClient Admin() => Client(AdminToken);

    /// <summary>A new token of a role.</summary>
    public async Task<TokenInfo> TokenAsync(Role role, double? ttl = null)
    {
        using HttpClient admin = Admin();
        using HttpResponseMessage answer = await PostAsync(
            admin,
            "/api/v1/tokens",
            JsonSerializer.Serialize(new NewToken($"a {role}", role, ttl), RigJson.Default.NewToken)
        );
        return await ReadAsync(answer, RigJson.Default.TokenInfo);
    }

    public static async Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string json)
    {
        using StringContent content = new(json, Encoding.UTF8, "application/json");
        return await client.PostAsync(path, content);
    }

    public static async Task<T> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type)
    {
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{answer.RequestMessage?.RequestUri}: {answer.StatusCode} {text}");
        return JsonSerializer.Deserialize(text, type)!;
    }
}

[CollectionDefinition(RightsNode.Name)]
public sealed class RightsNodeGroup : ICollectionFixture<RightsNode>;
