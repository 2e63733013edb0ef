using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Rig.Contracts.Access;
using Rig.Node.Dashboard;

namespace Rig.Node.Tests.Rights;

/// <summary>No endpoint is open because somebody forgot: every mapped one is walked.</summary>
[Collection(RightsNode.Name)]
public sealed partial class EndpointTests(RightsNode node)
{
    /// <summary>All that a stranger may ask, with the dashboard's files, which hold nothing of the rig. Whoever adds one says why in docs/reference/rights.md.</summary>
    private static readonly IEnumerable<string> ForEverybody =
    [
        .. (string[])["/healthz", "/readyz", "/login", "/api/v1/me", "/api/v1/login", "/api/v1/logout"],
        .. DashboardFiles.Read().Files.Keys.Append("/").Distinct(),
    ];

    [Fact]
    public void Every_endpoint_names_the_right_that_it_needs()
    {
        Assert.All(
            Endpoints(),
            endpoint =>
                Assert.True(
                    endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null
                        || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null,
                    $"{endpoint.DisplayName} has no policy: add Needs(Role) or AllowAnonymous()."
                )
        );
        Assert.Equal(
            ForEverybody.Order(StringComparer.Ordinal),
            Endpoints()
                .Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
                .Select(endpoint => endpoint.RoutePattern.RawText!)
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_stranger_is_refused_everywhere_and_a_viewer_where_more_is_needed()
    {
        using HttpClient stranger = node.Client(null);
        using HttpClient viewer = node.Client((await node.TokenAsync(Role.Viewer)).Token);
        int asked = 0;
        foreach (RouteEndpoint endpoint in Endpoints().Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null))
        {
            foreach (string method in Methods(endpoint))
            {
                await RefusedAsync(stranger, method, endpoint, HttpStatusCode.Unauthorized, "unauthenticated");
                bool forViewers = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().All(data => data.Policy == "viewer");
                if (!forViewers)
                {
                    await RefusedAsync(viewer, method, endpoint, HttpStatusCode.Forbidden, "not_allowed");
                }

                asked++;
            }
        }

        Assert.True(asked > 30, $"Only {asked} endpoints were found.");
    }

    [Theory]
    [InlineData("/nothing/here")]
    [InlineData("/recordings/../state/access.json")]
    public async Task What_is_not_there_is_not_told_to_strangers(string path)
    {
        using HttpClient stranger = node.Client(null);
        using HttpResponseMessage answer = await stranger.GetAsync(path);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    private static async Task RefusedAsync(HttpClient client, string method, RouteEndpoint endpoint, HttpStatusCode status, string code)
    {
        string path = Parameter()
            .Replace(endpoint.RoutePattern.RawText!, match => match.Value.Contains(":long", StringComparison.Ordinal) ? "1" : "x");
        using HttpRequestMessage request = new(new HttpMethod(method), "/" + path.TrimStart('/'));
        using HttpResponseMessage answer = await client.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{method} {path}: {answer.StatusCode} {text}");
        if (method != "HEAD")
        {
            Assert.Contains($"\"code\":\"{code}\"", text, StringComparison.Ordinal);
        }
    }

    private IEnumerable<RouteEndpoint> Endpoints() =>
        node.Node.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

    /// <summary>CONNECT is WebSocket's over HTTP/2; a plain client cannot send it.</summary>
    private static IEnumerable<string> Methods(RouteEndpoint endpoint) =>
        (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Where(method => method != "CONNECT");

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter();
}
