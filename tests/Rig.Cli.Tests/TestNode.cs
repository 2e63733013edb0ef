using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rig.Contracts.Json;
using Rig.Contracts.Problems;

namespace Rig.Cli.Tests;

/// <summary>A real server on a free loopback port that answers as a node does, with what a test puts in, and keeps the requests' bodies.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestNode(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    /// <summary>Method, path and body of every request, in order.</summary>
    public List<(string Request, string Body)> Requests { get; } = [];

    public static async Task<TestNode> StartAsync(params (string Route, RequestDelegate Answer)[] routes)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        var node = new TestNode(builder.Build());
        node._app.Use(node.KeepAsync);
        foreach (var (route, answer) in routes)
        {
            var parts = route.Split(' ');
            node._app.MapMethods(parts[1], [parts[0]], answer);
        }

        await node._app.StartAsync();
        return node;
    }

    /// <summary>Answers with a record of Rig.Contracts.</summary>
    public static RequestDelegate Json<T>(T answer, JsonTypeInfo<T> type, int status = 200) =>
        context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(JsonSerializer.Serialize(answer, type));
        };

    /// <summary>Answers with problem details.</summary>
    public static RequestDelegate Refuse(Problem problem) =>
        context =>
        {
            context.Response.StatusCode = problem.Status;
            context.Response.ContentType = "application/problem+json";
            return context.Response.WriteAsync(JsonSerializer.Serialize(problem, RigJson.Default.Problem));
        };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task KeepAsync(HttpContext context, RequestDelegate next)
    {
        context.Request.EnableBuffering();
        using var reader = new StreamReader(context.Request.Body, leaveOpen: true);
        var body = await reader.ReadToEndAsync();
        lock (Requests)
        {
            Requests.Add(($"{context.Request.Method} {context.Request.Path}", body));
        }

        await next(context);
    }
}
