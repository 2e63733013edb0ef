using Rig.Node.Configuration.Hocon;

namespace Rig.Node.Tests.Configuration;

/// <summary>The rules of the HOCON specification, section by section, as a table of texts and what they mean.</summary>
public sealed class HoconRulesTests
{
    [Theory]
    // Comments; omitted root braces; key-value separator; commas
    [InlineData("", "{}")]
    [InlineData("# only\n// comments", "{}")]
    [InlineData("{ \"a\" : 1 }", """{"a":"1"}""")]
    [InlineData("a=1", """{"a":"1"}""")]
    [InlineData("a : 1 // one\nb = 2 # two", """{"a":"1","b":"2"}""")]
    [InlineData("a = 1,\n b = 2,", """{"a":"1","b":"2"}""")]
    [InlineData("a = 1\n\n,\nb = 2", """{"a":"1","b":"2"}""")]
    [InlineData("a { b = 1 }", """{"a":{"b":"1"}}""")]
    [InlineData("a : { b = 1 }, c : [1, 2\n3,]", """{"a":{"b":"1"},"c":["1","2","3"]}""")]
    [InlineData("a =\n\n # later\n 5", """{"a":"5"}""")]
    [InlineData("\uFEFFa\u00A0=\u00A01\u2003", """{"a":"1"}""")]
    // Duplicate keys and object merging
    [InlineData("a = 1, a = 2", """{"a":"2"}""")]
    [InlineData("foo { a = 42 }, foo { b = 43 }", """{"foo":{"a":"42","b":"43"}}""")]
    [InlineData("foo { a = 42 }, foo = null, foo { b = 43 }", """{"foo":{"b":"43"}}""")]
    [InlineData("foo { a { x = 1, y = 2 } }, foo { a { y = 3 } }", """{"foo":{"a":{"x":"1","y":"3"}}}""")]
    [InlineData("a = 1, b = 2, a = 3", """{"a":"3","b":"2"}""")]
    // Unquoted strings and numbers
    [InlineData("a = hello world ", """{"a":"hello world"}""")]
    [InlineData("a = 10s", """{"a":"10s"}""")]
    [InlineData("a = 1e+3", """{"a":"1e+3"}""")]
    [InlineData("a = -7.5", """{"a":"-7.5"}""")]
    [InlineData("a = a/b/c", """{"a":"a/b/c"}""")]
    [InlineData("a = true, b = null", """{"a":"true","b":null}""")]
    [InlineData("a = null and void", """{"a":"null and void"}""")]
    [InlineData("a = 80%", """{"a":"80%"}""")]
    // Quoted and multi-line strings
    [InlineData("""a = "x\ty\u0041\\\"/" """, """{"a":"x\tyA\\\"/"}""")]
    [InlineData("a = \"null\"", """{"a":"null"}""")]
    [InlineData("a = \"\"", """{"a":""}""")]
    [InlineData("a = \"\"\"x\ny \\n \"quoted\" \"\"\"", """{"a":"x\ny \\n \"quoted\" "}""")]
    [InlineData("a = \"\"\"foo\"\"\"\"", """{"a":"foo\""}""")]
    // Value concatenation
    [InlineData("a =  one   two  three  # four", """{"a":"one   two  three"}""")]
    [InlineData("a = x\" y \"z", """{"a":"x y z"}""")]
    [InlineData("a = [1, 2] [3]", """{"a":["1","2","3"]}""")]
    [InlineData("a = { b = 1 } { c = 2 }", """{"a":{"b":"1","c":"2"}}""")]
    [InlineData("a = [ 1 2, { b = 1 } { c = 2 } ]", """{"a":["1 2",{"b":"1","c":"2"}]}""")]
    // Path expressions and paths as keys
    [InlineData("foo.bar : 42", """{"foo":{"bar":"42"}}""")]
    [InlineData("foo.bar.baz : 42, foo.bar.qux = 1", """{"foo":{"bar":{"baz":"42","qux":"1"}}}""")]
    [InlineData("\"foo.bar\" : 42", """{"foo.bar":"42"}""")]
    [InlineData("a.\"b.c\".d : 42", """{"a":{"b.c":{"d":"42"}}}""")]
    [InlineData("a b c : 42", """{"a b c":"42"}""")]
    [InlineData("3.14 : 42", """{"3":{"14":"42"}}""")]
    [InlineData("true : 42", """{"true":"42"}""")]
    [InlineData("\"\" : 1, a.\"\".b : 2", """{"":"1","a":{"":{"b":"2"}}}""")]
    [InlineData("a.b = 1, a { c = 2 }", """{"a":{"b":"1","c":"2"}}""")]
    // Substitutions
    [InlineData("a = 1, b = ${a}", """{"a":"1","b":"1"}""")]
    [InlineData("b = ${a}, a = 1", """{"b":"1","a":"1"}""")]
    [InlineData("a.b = 1, c = ${a.b}px, d = \"<\"${a.b}\">\"", """{"a":{"b":"1"},"c":"1px","d":"<1>"}""")]
    [InlineData("a = [1], b = ${a} [2] ${a}", """{"a":["1"],"b":["1","2","1"]}""")]
    [InlineData("g { x = 1 }, d = ${g} { y = 2 }", """{"g":{"x":"1"},"d":{"x":"1","y":"2"}}""")]
    [InlineData("g { x = 1 }, d = { x = 2 } ${g}", """{"g":{"x":"1"},"d":{"x":"1"}}""")]
    [InlineData("g { x = 1, z = 1 }, d = ${g} { x = 2, y = ${d.x}0 }", """{"g":{"x":"1","z":"1"},"d":{"x":"2","z":"1","y":"20"}}""")]
    [InlineData("a = ${?no}, b = 1", """{"b":"1"}""")]
    [InlineData("a = 1, a = ${?no}", """{"a":"1"}""")]
    [InlineData("a = x${?no}y, b = ${?no}${?no}, c = [1, ${?no}], d = ${?no} [2]", """{"a":"xy","c":["1"],"d":["2"]}""")]
    [InlineData("a = ${?no} foo", """{"a":" foo"}""")]
    [InlineData("a = ${no}, a = 1", """{"a":"1"}""")]
    [InlineData("a = \"${b}\", b = 1", """{"a":"${b}","b":"1"}""")]
    [InlineData("a = null, b = ${a}", """{"a":null,"b":null}""")]
    [InlineData("a = [{ b = ${c} }], c = 1", """{"a":[{"b":"1"}],"c":"1"}""")]
    [InlineData("a.\"b.c\" = 1, d = ${a.\"b.c\"}", """{"a":{"b.c":"1"},"d":"1"}""")]
    // Self-referential substitutions
    [InlineData("p = a:b:c, p = ${p}:d", "")]
    [InlineData("p = \"a:b\", p = ${p}\":d\"", """{"p":"a:b:d"}""")]
    [InlineData("p = [1], p = ${p} [2], p = ${p} [3]", """{"p":["1","2","3"]}""")]
    [InlineData("p = [1], p = [${p}, 2]", """{"p":[["1"],"2"]}""")]
    [InlineData("a = ${?a}foo", """{"a":"foo"}""")]
    [InlineData("a = 1, a = ${a}${a}", """{"a":"11"}""")]
    [InlineData("foo : { a : { c : 1 } }, foo : ${foo.a}, foo : { a : 2 }", """{"foo":{"a":"2","c":"1"}}""")]
    [InlineData("bar : { foo : 42, baz : ${bar.foo} }", """{"bar":{"foo":"42","baz":"42"}}""")]
    [InlineData("bar : { foo : 42, baz : ${bar.foo} }, bar : { foo : 43 }", """{"bar":{"foo":"43","baz":"43"}}""")]
    [InlineData(
        "bar : { a : ${foo.d}, b : 1 }, bar.b = 3, foo : { c : ${bar.b}, d : 2 }, foo.d = 4",
        """{"bar":{"a":"4","b":"3"},"foo":{"c":"3","d":"4"}}"""
    )]
    [InlineData("a = 1, b = 2, a = ${b}, b = ${a}", """{"a":"1","b":"1"}""")]
    // The += field separator
    [InlineData("a += 1", """{"a":["1"]}""")]
    [InlineData("a = [1], a += 2, a += [3]", """{"a":["1","2",["3"]]}""")]
    [InlineData("a { b = [1] }, a { b += 2 }", """{"a":{"b":["1","2"]}}""")]
    [InlineData("x = [{ b += 1, b += 2 }]", """{"x":[{"b":["1","2"]}]}""")]
    [InlineData("c = 3, a += ${c}", """{"c":"3","a":["3"]}""")]
    // "include" as a key
    [InlineData("\"include\" = 1, a include = 2, includes = 3", """{"include":"1","a include":"2","includes":"3"}""")]
    public void A_text_means_what_the_specification_says(string hocon, string expected)
    {
        if (expected.Length == 0)
        {
            Assert.Throws<HoconException>(() => HoconText.Json(hocon));
        }
        else
        {
            Assert.Equal(expected, HoconText.Json(hocon));
        }
    }

    [Theory]
    [InlineData("a = ${HOME}", """{"a":"/here"}""")]
    [InlineData("a = ${?NONE}, b = ${?EMPTY}", """{"b":""}""")]
    [InlineData("HOME = mine, a = ${HOME}", """{"HOME":"mine","a":"mine"}""")]
    [InlineData("HOME = ${HOME}/x", """{"HOME":"/here/x"}""")]
    [InlineData("HOME = null, a = ${HOME}", """{"HOME":null,"a":null}""")]
    [InlineData("port = 8080, port = ${?PORT}", """{"port":"99"}""")]
    [InlineData("n = ${?NULL}", """{"n":"null"}""")]
    public void The_environment_is_asked_last(string hocon, string expected) =>
        Assert.Equal(expected, HoconText.Json(hocon, ("HOME", "/here"), ("EMPTY", ""), ("PORT", "99"), ("NULL", "null")));

    [Theory]
    [InlineData("a = 1\n  b = ]", 2, 7, "where a value is expected")]
    [InlineData("a = 1,,b = 2", 1, 7, "where a key is expected")]
    [InlineData(",a = 1", 1, 1, "where a key is expected")]
    [InlineData("a = [1,,2]", 1, 8, "where an item is expected")]
    [InlineData("a = [,]", 1, 6, "where an item is expected")]
    [InlineData("a {\n b = 1", 2, 7, "is a '}' missing?")]
    [InlineData("a = [1\n", 2, 1, "is a ']' missing?")]
    [InlineData("a = 1 }", 1, 7, "where a key")]
    [InlineData("{ a = 1 } b = 2", 1, 11, "after the end of the configuration")]
    [InlineData("[1]", 1, 1, "an array cannot stand at its root")]
    [InlineData("a", 1, 2, "expected is =, :, += or {")]
    [InlineData("a = \"x\ny\"", 1, 5, "not closed on its line")]
    [InlineData("a = \"\"\"x\ny", 1, 5, "not closed")]
    [InlineData("a = \"\\q\"", 1, 6, "unknown escape")]
    [InlineData("a = \"\\u12\"", 1, 6, "four hexadecimal digits")]
    [InlineData("a = \"x\u0001\"", 1, 7, "U+0001")]
    [InlineData("a = x*y", 1, 6, "'*' is not allowed in a value outside quotes")]
    [InlineData("a = b:c", 1, 6, "':' is not allowed")]
    [InlineData("a = $x", 1, 5, "plain dollar sign stands in quotes")]
    [InlineData("a = ${x", 1, 8, "expected is '}'")]
    [InlineData("a = ${ ?x}", 1, 8, "where a path is expected")]
    [InlineData("${x} = 1", 1, 1, "where a key is expected")]
    [InlineData("a..b = 1", 1, 3, "nothing before this dot")]
    [InlineData(".a = 1", 1, 1, "nothing before this dot")]
    [InlineData("a. = 1", 1, 4, "cannot end with a dot")]
    [InlineData("a = ${x}", 1, 5, "${?x} may be unset")]
    [InlineData("a = ${a}", 1, 5, "before itself")]
    [InlineData("a = ${b}\nb = ${a}", 2, 5, "before itself")]
    [InlineData("a { b = ${a} }", 1, 9, "refers to an object that contains it")]
    [InlineData("a = [1]\nb = ${a}x", 2, 9, "cannot be joined")]
    [InlineData("a = x, b = ${a} { c = 1 }", 1, 12, "only with objects")]
    [InlineData("a = x { c = 1 }", 1, 5, "only with objects")]
    [InlineData("a = 1\na += 2", 2, 6, "+= adds to an array")]
    [InlineData("include foo", 1, 9, "include takes \"FILE\"")]
    [InlineData("include = 1", 1, 9, "include stands in quotes")]
    [InlineData("include url(\"http://example.org\")", 1, 9, "include takes \"FILE\"")]
    [InlineData("include required(\"x\"", 1, 21, "expected is ')'")]
    public void A_broken_text_is_refused_at_the_right_place(string hocon, int line, int column, string problem)
    {
        var error = Assert.Throws<HoconException>(() => HoconText.Json(hocon));
        Assert.Equal(new HoconOrigin("/case.conf", line, column), error.Origin);
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_value_knows_where_it_was_written()
    {
        var tree = HoconDocument.Parse("a {\n  b = [x,\n    y]\n}\nc = ${a.b}\n", "/f.conf");
        Assert.Equal("/f.conf:1:3", tree.Find(["a"])!.Origin.ToString());
        var list = Assert.IsType<HoconArray>(tree.Find(["a", "b"]));
        Assert.Equal(["/f.conf:2:8", "/f.conf:3:5"], list.Items.Select(item => item.Origin.ToString()));
        Assert.True(tree.TryGet("c", out var c));
        Assert.Equal("/f.conf:5:1", c.KeyOrigin.ToString());
    }
}
