using Rig.Node.Configuration.Hocon;

namespace Rig.Node.Tests.Configuration;

/// <summary>"Duration format" and "Size in bytes format".</summary>
public sealed class HoconUnitsTests
{
    [Theory]
    [InlineData("5", 50_000)]
    [InlineData("500 ms", 5_000_000)]
    [InlineData("500milliseconds", 5_000_000)]
    [InlineData("1.5s", 15_000_000)]
    [InlineData(" 5 seconds ", 50_000_000)]
    [InlineData("2 minutes", 1_200_000_000)]
    [InlineData("2m", 1_200_000_000)]
    [InlineData("1h", 36_000_000_000)]
    [InlineData("1 day", 864_000_000_000)]
    [InlineData("1us", 10)]
    [InlineData("100ns", 1)]
    [InlineData("0s", 0)]
    public void A_duration_is_read_with_its_unit(string text, long ticks)
    {
        Assert.True(HoconUnits.TryParseDuration(text, out var duration));
        Assert.Equal(ticks, duration.Ticks);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1024", 1024)]
    [InlineData("400 MB", 400_000_000)]
    [InlineData("4MiB", 4 << 20)]
    [InlineData("4M", 4 << 20)]
    [InlineData("1kB", 1000)]
    [InlineData("1K", 1024)]
    [InlineData("1k", 1024)]
    [InlineData("1.5KiB", 1536)]
    [InlineData("8 gigabytes", 8_000_000_000)]
    [InlineData("1 TiB", 1L << 40)]
    public void A_size_is_read_with_its_unit(string text, long bytes)
    {
        Assert.True(HoconUnits.TryParseSize(text, out var size));
        Assert.Equal(bytes, size);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5 S")]
    [InlineData("5 parsecs")]
    [InlineData("5MB")]
    [InlineData("1e3s")]
    [InlineData("1,5s")]
    [InlineData("99999999999999999999d")]
    [InlineData("5 s s")]
    public void A_wrong_duration_is_refused(string text) => Assert.False(HoconUnits.TryParseDuration(text, out _));

    [Theory]
    [InlineData("")]
    [InlineData("MB")]
    [InlineData("-5MB")]
    [InlineData("5 mb")]
    [InlineData("5s")]
    [InlineData("0.3")]
    [InlineData("99999999999999TiB")]
    public void A_wrong_size_is_refused(string text) => Assert.False(HoconUnits.TryParseSize(text, out _));

    [Theory]
    [InlineData("80%", 80.0)]
    [InlineData("0 %", 0.0)]
    [InlineData("12.5%", 12.5)]
    [InlineData("0.8", null)]
    [InlineData("80", null)]
    [InlineData("101%", null)]
    [InlineData("-1%", null)]
    [InlineData("%", null)]
    public void A_percentage_needs_its_sign(string text, double? percent) =>
        Assert.Equal(percent, HoconUnits.TryParsePercent(text, out var value) ? value : null);

    [Fact]
    public void What_is_formatted_reads_back()
    {
        var random = new Random(3);
        for (var i = 0; i < 5000; i++)
        {
            var span = new TimeSpan(random.NextInt64(1L << random.Next(1, 60)));
            Assert.True(HoconUnits.TryParseDuration(HoconUnits.Format(span), out var read));
            Assert.Equal(span, read);
            var bytes = random.NextInt64(1L << random.Next(1, 50)) * (random.Next(2) == 0 ? 1 : 1000);
            Assert.True(HoconUnits.TryParseSize(HoconUnits.FormatSize(bytes), out var size));
            Assert.Equal(bytes, size);
        }

        Assert.Equal(
            ("30m", "500ms", "64MiB", "400MB"),
            (
                HoconUnits.Format(TimeSpan.FromMinutes(30)),
                HoconUnits.Format(TimeSpan.FromMilliseconds(500)),
                HoconUnits.FormatSize(64 << 20),
                HoconUnits.FormatSize(400_000_000)
            )
        );
    }
}
