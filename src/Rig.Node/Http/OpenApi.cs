using Microsoft.AspNetCore.OpenApi;

namespace Rig.Node.Http;

/// <summary>What the API description says of the API as a whole.</summary>
internal static class OpenApi
{
    public static void Configure(OpenApiOptions options) =>
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
}
