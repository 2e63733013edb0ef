using Akka.Configuration;

namespace Rig.Kernel.Tests.Configuration;

public sealed class ConfigTests
{
    private const string Sample = """
        # a comment
        akka { loglevel = DEBUG, actor { ask-timeout = 3 s }
          loggers = ["a, b", c]  // another
        }
        akka.test.timefactor = 1.5
        on: on
        "quoted.key" = "with \"quotes\""
        """;

    private readonly Config _config = ConfigurationFactory.ParseString(Sample);

    [Fact]
    public void Values_are_found_by_their_path()
    {
        Assert.Equal("DEBUG", _config.GetString("akka.loglevel"));
        Assert.Equal(TimeSpan.FromSeconds(3), _config.GetTimeSpan("akka.actor.ask-timeout"));
        Assert.Equal(["a, b", "c"], _config.GetStringList("akka.loggers"));
        Assert.Equal(1.5, _config.GetDouble("akka.test.timefactor"));
        Assert.True(_config.GetBoolean("on"));
        Assert.Equal("with \"quotes\"", _config.GetString("quoted.key"));
        Assert.Equal(7, _config.GetInt("not.there", 7));
        Assert.True(_config.HasPath("akka.actor"));
        Assert.Equal("DEBUG", _config.GetConfig("akka").GetString("loglevel"));
    }

    [Fact]
    public void A_fallback_fills_the_gaps()
    {
        var merged = ConfigurationFactory.ParseString("a = 1").WithFallback(ConfigurationFactory.ParseString("a = 2, b = 3"));
        Assert.Equal((1, 3), (merged.GetInt("a"), merged.GetInt("b")));
    }

    [Fact]
    public void What_is_written_is_read_again() =>
        Assert.Equal(_config.ToString(), ConfigurationFactory.ParseString(_config.ToString()).ToString());

    [Theory]
    [InlineData("a = {")]
    [InlineData("a { b = 1")]
    [InlineData("a")]
    [InlineData("= 1")]
    [InlineData("a = [1, 2")]
    [InlineData("a = \"open")]
    [InlineData("a = ${b}")]
    [InlineData("}")]
    public void What_is_not_understood_is_refused(string text) =>
        Assert.Throws<ConfigurationException>(() => ConfigurationFactory.ParseString(text));

    [Fact]
    public void Nesting_is_bounded() =>
        Assert.Throws<ConfigurationException>(() => ConfigurationFactory.ParseString(string.Concat(Enumerable.Repeat("a {", 10_000))));

    [Theory]
    [InlineData("20", 20)]
    [InlineData("20ms", 20)]
    [InlineData("2 seconds", 2_000)]
    [InlineData("1.5m", 90_000)]
    public void Times_have_units(string text, double milliseconds) =>
        Assert.Equal(milliseconds, ConfigurationFactory.ParseString($"a = {text}").GetTimeSpan("a").TotalMilliseconds);

    [Fact]
    public void A_value_of_another_kind_is_refused() =>
        Assert.Throws<ConfigurationException>(() => ConfigurationFactory.ParseString("a = b").GetInt("a"));
}
