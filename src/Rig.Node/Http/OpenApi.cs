using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Rig.Contracts.Access;

namespace Rig.Node.Http;

/// <summary>What the API description says of the API as a whole, and an example of each request that has a body.</summary>
internal static class OpenApi
{
    private static readonly Dictionary<string, string> Examples = new(StringComparer.Ordinal)
    {
        ["/api/v1/start"] =
            """{"sessionId":"DEMO","preRollSeconds":5,"cameras":["CAM_L/cam0","CAM_R/cam0"],"metadata":{"match":"U15 semi-final"}}""",
        ["/api/v1/stop"] = """{"sessionId":"DEMO"}""",
        ["/api/v1/cluster/join"] = """{"lighthouse":"http://10.0.0.2:9110","token":"rig1_..."}""",
        ["/api/v1/cluster/leave"] = """{"node":"CAM_R"}""",
        ["/api/v1/cluster/down"] = """{"node":"CAM_R"}""",
        ["/api/v1/cameras/{name}/snapshot"] = """{"at":"2026-03-01T14:30:05.000000Z","width":1280,"quality":85,"keep":true}""",
        ["/api/v1/cameras/{node}/{name}/snapshot"] = """{"keep":false}""",
        ["/api/v1/snapshots"] = """{"cameras":["CAM_L/cam0","CAM_R/cam0"],"at":"2026-03-01T14:30:05.000000Z"}""",
        ["/api/v1/marks"] = """{"name":"kick-off"}""",
        ["/api/v1/recordings/confirm"] =
            """{"file":"DEMO/DEMO_cam0_20260301_143000.mp4","sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","by":"Kim"}""",
        ["/api/v1/login"] = """{"user":"kim","password":"correct horse battery"}""",
        ["/api/v1/me/password"] = """{"old":"correct horse battery","new":"staple of many words"}""",
        ["/api/v1/users"] = """{"name":"kim","password":"correct horse battery","role":"operator"}""",
        ["/api/v1/tokens"] = """{"name":"wall","role":"viewer","ttlSeconds":86400}""",
        ["/api/v1/links"] = """{"role":"viewer","ttlSeconds":3600}""",
        ["/api/v1/config"] = """{"set":{"recording.rotation":"10m","gates.diskWarn":null},"ifVersion":3}""",
    };

    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer(
            (document, _, _) =>
            {
                document.Info.Title = "RecorderRig";
                document.Info.Version = "v1";
                document.Info.Description =
                    "One recorder made of several camera computers. Errors are RFC 9457 problem details with a stable `code`; times are RFC 3339 UTC "
                    + "with microseconds, sizes bytes, rates bits per second.";
                document.Components ??= new OpenApiComponents();
                document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
                document.Components.SecuritySchemes["token"] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    Description =
                        "A token from `rig token create` or `POST /api/v1/tokens`. Browsers have the cookie of `POST /api/v1/login` instead.",
                };
                return Task.CompletedTask;
            }
        );
        options.AddOperationTransformer(
            (operation, context, _) =>
            {
                string path = "/" + context.Description.RelativePath;
                NameRole(operation, context);
                if (Examples.TryGetValue(path, out string? example) && operation.RequestBody?.Content is { } content)
                {
                    foreach (OpenApiMediaType media in content.Values.OfType<OpenApiMediaType>())
                    {
                        media.Example = JsonNode.Parse(example);
                    }
                }

                return Task.CompletedTask;
            }
        );
    }

    /// <summary>Who may: the highest role that the endpoint names.</summary>
    private static void NameRole(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        IList<object> metadata = context.Description.ActionDescriptor.EndpointMetadata;
        string[] roles = [.. metadata.OfType<IAuthorizeData>().Select(data => data.Policy).OfType<string>()];
        if (metadata.OfType<IAllowAnonymous>().Any() || roles.Length == 0)
        {
            return;
        }

        Role role = roles.Max(name => Enum.Parse<Role>(name, ignoreCase: true));
        operation.Description = $"Role: {role.ToString().ToLowerInvariant()}.";
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("token", context.Document)] = [] }];
    }
}
