using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rig.Node.Configuration.Hocon;

namespace Rig.Node.Tests.Configuration;

/// <summary>What holds for every text.</summary>
public sealed class HoconPropertyTests
{
    private static readonly string[] Pieces =
    [
        "a",
        "b",
        "include ",
        "\"",
        "\"\"\"",
        "${",
        "${?",
        "}",
        "{",
        "[",
        "]",
        "=",
        "+=",
        ":",
        ",",
        "\n",
        "#",
        "//",
        ".",
        " ",
        "\\",
        "\\u00",
        "1",
        "-",
        "1e+",
        "null",
        "true",
        "required(",
        "file(",
        ")",
        "\"x\"",
        "$",
        "\u0000",
        "\uFEFF",
        "\uD800",
        "*",
    ];

    [Fact]
    public void Any_text_is_read_or_refused_with_a_place()
    {
        var seed = new Random(20261121);
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, seed.Next(1, 30)).Select(_ => Pieces[seed.Next(Pieces.Length)]));
            Assert.True(Survives(text), text);
        }
    }

    [Fact]
    public void A_damaged_reference_configuration_is_read_or_refused_with_a_place()
    {
        var text = Rig.Node.Configuration.ReferenceConfiguration.Text;
        var random = new Random(1);
        for (var i = 0; i < 500; i++)
        {
            var damaged = new StringBuilder(text);
            for (var j = random.Next(1, 5); j > 0; j--)
            {
                var at = random.Next(damaged.Length);
                _ = random.Next(3) switch
                {
                    0 => damaged.Remove(at, Math.Min(random.Next(1, 40), damaged.Length - at)),
                    1 => damaged.Insert(at, Pieces[random.Next(Pieces.Length)]),
                    _ => damaged.Insert(at, damaged.ToString(0, random.Next(200))),
                };
            }

            Assert.True(Survives(damaged.ToString()), damaged.ToString());
        }
    }

    [Fact]
    public void Json_means_in_HOCON_what_it_means_in_JSON()
    {
        var random = new Random(7);
        for (var i = 0; i < 500; i++)
        {
            var json = Object(random, 0);
            foreach (var indented in (bool[])[true, false])
            {
                var text = json.ToJsonString(new JsonSerializerOptions(HoconText.Plain) { WriteIndented = indented });
                Assert.Equal(json.ToJsonString(HoconText.Plain), HoconText.Json(text));
            }
        }
    }

    [Fact]
    public void Merging_two_files_is_the_same_as_reading_one_after_the_other()
    {
        var random = new Random(9);
        for (var i = 0; i < 300; i++)
        {
            var (first, second) = (Object(random, 0).ToJsonString(), Object(random, 0).ToJsonString());
            var both = new HoconDocument(_ => null);
            both.AddText(first, "/1.conf");
            both.AddText(second, "/2.conf");
            var separate = HoconDocument.Parse(second, "/2.conf").WithFallback(HoconDocument.Parse(first, "/1.conf"));
            Assert.Equal(HoconText.Json(separate), HoconText.Json(both.Resolve()));
        }
    }

    [Fact]
    public void Hostile_sizes_end_in_an_error_and_not_in_an_exhausted_machine()
    {
        var nested = new string('[', 100_000);
        var keys = string.Join('.', Enumerable.Repeat("a", 100_000));
        var laughs = "a0 = xxxxxxxxxx\n" + string.Concat(Enumerable.Range(1, 60).Select(i => $"a{i} = ${{a{i - 1}}}${{a{i - 1}}}\n"));
        var chain = string.Concat(Enumerable.Range(1, 5000).Select(i => $"a{i} = ${{a{i - 1}}}\n")) + "a0 = ${a5000}";
        Assert.All(
            (string[])
                [
                    $"a = {nested}",
                    "a = " + string.Concat(Enumerable.Repeat("{a=", 100_000)),
                    $"{keys} = 1",
                    $"x = ${{{keys}}}",
                    laughs,
                    chain,
                ],
            text => Assert.Throws<HoconException>(() => HoconText.Json(text))
        );
    }

    private static bool Survives(string text)
    {
        try
        {
            HoconText.Json(HoconDocument.Parse(text, "/fuzz.conf", read: _ => null));
            return true;
        }
        catch (HoconException refused)
        {
            return refused.Origin is { File: "/fuzz.conf", Line: > 0, Column: > 0 } && refused.Problem.Length > 0;
        }
    }

    private static JsonObject Object(Random random, int depth)
    {
        var value = new JsonObject();
        for (var i = random.Next(5); i > 0; i--)
        {
            value[Word(random)] = Value(random, depth + 1);
        }

        return value;
    }

    private static JsonNode? Value(Random random, int depth) =>
        random.Next(depth > 3 ? 2 : 4) switch
        {
            0 => null,
            1 => JsonValue.Create(Word(random)),
            2 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth + 1))]),
            _ => Object(random, depth),
        };

    private static string Word(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => "abc.$\"\\{}#/\n\u00e9 \u2028"[random.Next(15)]));
}
