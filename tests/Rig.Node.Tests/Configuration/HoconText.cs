using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rig.Node.Configuration.Hocon;

namespace Rig.Node.Tests.Configuration;

/// <summary>Resolved values as JSON, to compare with what a case expects: every scalar is a string, since HOCON keeps texts.</summary>
internal static class HoconText
{
    public static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Json(string hocon, params (string Name, string Value)[] environment) =>
        Json(HoconDocument.Parse(hocon, "/case.conf", Environment(environment), _ => null));

    public static string Json(HoconValue value) => Node(value)?.ToJsonString(Plain) ?? "null";

    public static Func<string, string?> Environment(params (string Name, string Value)[] variables) =>
        name => variables.FirstOrDefault(variable => variable.Name == name).Value;

    private static JsonNode? Node(HoconValue value) =>
        value switch
        {
            HoconScalar { IsNull: true } => null,
            HoconScalar scalar => JsonValue.Create(scalar.Text),
            HoconArray array => new JsonArray([.. array.Items.Select(Node)]),
            HoconObject members => new JsonObject(members.Members.Select(member => KeyValuePair.Create(member.Name, Node(member.Value)))),
            _ => throw new InvalidOperationException(),
        };
}
