using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Rig.Contracts.Json;
using Rig.Contracts.Recordings;

namespace Rig.Contracts.Tests;

/// <summary>The published JSON Schema of manifests is the one that the records have.</summary>
public sealed class ManifestSchemaTests
{
    [Fact]
    public void The_published_schema_is_that_of_the_record()
    {
        string path = Path.Combine(Root(), "docs", "reference", "manifest.schema.json");
        string generated = Generate();
        if (Environment.GetEnvironmentVariable("RIG_WRITE_SCHEMA") is not null)
        {
            File.WriteAllText(path, generated);
        }

        Assert.True(
            File.ReadAllText(path) == generated,
            "docs/reference/manifest.schema.json is not up to date: run this test with RIG_WRITE_SCHEMA=1 and commit the file."
        );
    }

    private static string Generate()
    {
        JsonNode schema = RigJson.Default.Options.GetJsonSchemaAsNode(
            typeof(Manifest),
            new JsonSchemaExporterOptions
            {
                TreatNullObliviousAsNonNullable = true,
                TransformSchemaNode = (context, node) =>
                {
                    Type type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
                    return type == typeof(DateTimeOffset) ? new JsonObject { ["type"] = "string", ["format"] = "date-time" } : node;
                },
            }
        );
        JsonObject root = schema.AsObject();
        root.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        root.Insert(1, "title", $"RecorderRig manifest, version {Manifest.CurrentSchema}");
        return root.ToJsonString(RigJson.Indented.Options) + "\n";
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "RecorderRig.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("RecorderRig.sln is in no folder above the tests.");
    }
}
