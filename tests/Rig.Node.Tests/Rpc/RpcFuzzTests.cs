using System.Text;
using System.Text.Json;
using Rig.Node.Rpc;

namespace Rig.Node.Tests.Rpc;

/// <summary>Whatever bytes come, the parser gives something that can be answered, and what it takes for a call is one.</summary>
public sealed class RpcFuzzTests
{
    private static readonly string[] Seeds =
    [
        """{"jsonrpc":"2.0","id":1,"method":"ping"}""",
        """{"jsonrpc":"2.0","id":"a\u0041","method":"start_recording","params":{"camera":"CAM_L/cam0","metadata":{"a":"b"}}}""",
        """[{"jsonrpc":"2.0","id":null,"method":"x","params":["cam0"]},{"jsonrpc":"2.0","method":"y"}]""",
        """{"jsonrpc":"2.0","id":1e400,"method":"\ud800","params":{"\udfff":1}}""",
        """{"id":1,"id":2,"jsonrpc":"2.0","jsonrpc":"1.0","method":"m","params":[[[[[[]]]]]]}""",
    ];

    [Fact]
    public void Damaged_requests_are_answered_or_are_requests()
    {
        Random random = new(20261121);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(Seeds[random.Next(Seeds.Length)]);
            for (int damage = random.Next(6); damage > 0; damage--)
            {
                bytes = Damage(bytes, random);
            }

            Check(RpcParser.Parse(bytes), Convert.ToHexString(bytes));
        }
    }

    [Theory]
    [InlineData(31, true)]
    [InlineData(40, false)]
    [InlineData(100_000, false)]
    public void Nesting_is_bounded(int depth, bool taken)
    {
        string nested = $$"""{"jsonrpc":"2.0","id":1,"method":"ping","params":{{new string('[', depth)}}{{new string(']', depth)}}}""";
        RpcEntry entry = RpcParser.Parse(Encoding.UTF8.GetBytes(nested)).Entries.Single();
        Assert.Equal(taken, entry is RpcEntry.Call);
        Assert.True(taken || entry is RpcEntry.Broken { Error.Code: -32700 });
    }

    [Theory]
    [InlineData(RpcParser.LargestBatch, true)]
    [InlineData(RpcParser.LargestBatch + 1, false)]
    [InlineData(60_000, false)]
    public void Batches_are_bounded(int size, bool taken)
    {
        RpcMessage message = RpcParser.Parse(Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat("{}", size))}]"));
        Assert.Equal((taken, taken ? size : 1), (message.IsBatch, message.Entries.Count));
    }

    [Theory]
    [InlineData("22ff22")]
    [InlineData("7b22c0af223a317d")]
    [InlineData("eda080")]
    [InlineData("f8888080")]
    public void Bytes_that_are_no_UTF8_are_no_JSON(string hex) =>
        Assert.Equal(-32700, Assert.IsType<RpcEntry.Broken>(RpcParser.Parse(Convert.FromHexString(hex)).Entries.Single()).Error.Code);

    private static void Check(RpcMessage message, string hex)
    {
        Assert.NotEmpty(message.Entries);
        List<(string, RpcAnswer)> answers = [];
        foreach (RpcEntry entry in message.Entries)
        {
            if (entry is RpcEntry.Call call)
            {
                Assert.True(call.Method.Length > 0, hex);
                Assert.True(call.Params.ValueKind is JsonValueKind.Undefined or JsonValueKind.Object or JsonValueKind.Array, hex);
                answers.Add((call.Id ?? "null", RpcAnswer.Of(RpcError.NoMethod(call.Method))));
            }
            else
            {
                RpcEntry.Broken broken = (RpcEntry.Broken)entry;
                Assert.True(broken.Error.Code is -32700 or -32600, hex);
                answers.Add((broken.Id, RpcAnswer.Of(broken.Error)));
            }
        }

        using JsonDocument written = JsonDocument.Parse(RpcWriter.Write(message.IsBatch, answers)!.Value);
        Assert.Equal(message.IsBatch ? JsonValueKind.Array : JsonValueKind.Object, written.RootElement.ValueKind);
    }

    private static byte[] Damage(byte[] bytes, Random random)
    {
        int at = random.Next(bytes.Length + 1);
        return random.Next(4) switch
        {
            0 when bytes.Length > 0 => [.. bytes[..Math.Min(at, bytes.Length - 1)], .. bytes[Math.Min(at + 1, bytes.Length)..]],
            1 => [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]],
            2 => bytes[..at],
            _ => [.. bytes[..at], .. "{}[]\":,\\0"u8[random.Next(9)..], .. bytes[at..]],
        };
    }
}
