using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

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
                return Task.CompletedTask;
            }
        );
        options.AddOperationTransformer(
            (operation, context, _) =>
            {
                string path = "/" + context.Description.RelativePath;
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
}
