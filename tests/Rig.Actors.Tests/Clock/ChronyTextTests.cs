using Rig.Actors.Clock;

namespace Rig.Actors.Tests.Clock;

public sealed class ChronyTextTests
{
    /// <summary>A client 3 ms slow of its server, as chronyc 4.3 wrote it.</summary>
    private const string Client =
        "7F000001,127.0.0.1,9,1795269233.736465622,0.002998269,-0.000000012,0.000000023,-0.033,-0.014,0.398,0.000006468,0.000000984,0.0,Normal\n";

    private const string Master =
        "7F7F0101,,8,1795269229.531847455,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,0.000000000,0.000000000,0.0,Normal\n";

    private const string Waiting =
        "00000000,,0,0.000000000,0.000000000,0.000000000,0.000000000,12.500,0.000,0.000,1.000000000,1.000000000,0.0,Not synchronised\n";

    [Fact]
    public void A_slow_clock_has_a_negative_offset()
    {
        ChronyTracking tracking = Assert.IsType<ChronyTracking>(ChronyTracking.Parse(Client));
        Assert.Equal(("7F000001", "127.0.0.1", 9, true), (tracking.ReferenceId, tracking.Source, tracking.Stratum, tracking.Synchronised));
        Assert.Equal(-0.002998269, tracking.Offset, 12);
        Assert.Equal(-0.033, tracking.FrequencyPpm, 6);
        Assert.Equal(0.000000984 + 0.000003234, tracking.Uncertainty, 12);
        Assert.Equal(
            new DateTimeOffset(2026, 11, 21, 13, 53, 53, 736, TimeSpan.Zero),
            tracking.LastSync!.Value,
            TimeSpan.FromMilliseconds(1)
        );
    }

    [Fact]
    public void A_master_by_its_own_clock_is_synchronised_and_has_nobody_above_it()
    {
        ChronyTracking tracking = Assert.IsType<ChronyTracking>(ChronyTracking.Parse(Master));
        Assert.Equal(
            (ChronyTracking.LocalReference, "", 8, true),
            (tracking.ReferenceId, tracking.Source, tracking.Stratum, tracking.Synchronised)
        );
    }

    [Fact]
    public void A_clock_that_never_heard_a_source_is_not_synchronised_and_has_no_last_time()
    {
        ChronyTracking tracking = Assert.IsType<ChronyTracking>(ChronyTracking.Parse(Waiting));
        Assert.Equal((false, null), (tracking.Synchronised, tracking.LastSync));
    }

    [Theory]
    [InlineData("")]
    [InlineData("506 Cannot talk to daemon")]
    [InlineData("Could not open connection to daemon")]
    [InlineData("7F000001,host,9,1.0,0,0,0,0,0,0,0,0,0")]
    [InlineData("7F000001,host,9,1.0,0,0,0,0,0,0,0,0,0,Normal,more")]
    [InlineData("7F000001,host,-1,1.0,0,0,0,0,0,0,0,0,0,Normal")]
    [InlineData("7F000001,host,17,1.0,0,0,0,0,0,0,0,0,0,Normal")]
    [InlineData("7F000001,host,9,nan,0,0,0,0,0,0,0,0,0,Normal")]
    [InlineData("7F000001,host,9,1e300,0,0,0,0,0,0,0,0,0,Normal")]
    [InlineData("7F000001,host,9,-1,0,0,0,0,0,0,0,0,0,Normal")]
    [InlineData("7F000001,host,9,1.0,Infinity,0,0,0,0,0,0,0,0,Normal")]
    [InlineData("7F000001,host,9,1.0,0,0,0,0,0,0,-1,0,0,Normal")]
    [InlineData("7F000001,host,9,1.0,0,0,0,0,0,0,0,-1,0,Normal")]
    [InlineData("XXXXXXXX,host,9,1.0,0,0,0,0,0,0,0,0,0,Normal")]
    public void Anything_else_than_the_line_of_14_fields_is_no_reading(string text) => Assert.Null(ChronyTracking.Parse(text));

    [Fact]
    public void No_text_brings_the_parsers_down_and_no_reading_holds_what_is_no_number()
    {
        Random random = new(1);
        string lines = Client + Master + Waiting + "^,*,127.0.0.1,8,-6,377,0,0.000000237,0.000000225,0.000004476\n";
        for (int round = 0; round < 20_000; round++)
        {
            char[] text = lines.ToCharArray(0, random.Next(lines.Length));
            for (int change = random.Next(4); change >= 0 && text.Length > 0; change--)
            {
                text[random.Next(text.Length)] = random.Next(3) == 0 ? ',' : (char)random.Next(0x20, 0x100);
            }

            if (ChronyTracking.Parse(new string(text)) is { } tracking)
            {
                Assert.True(double.IsFinite(tracking.Offset) && tracking.Uncertainty >= 0 && tracking.Stratum is >= 0 and <= 16);
            }

            Assert.All(ChronySource.Parse(new string(text)), source => Assert.InRange(source.Stratum, 0, 16));
        }
    }

    [Fact]
    public void Sources_tell_their_kind_and_which_one_is_followed()
    {
        ChronySource[] sources =
        [
            .. ChronySource.Parse(
                """
                #,-,GPS,0,4,377,11,-0.000479480,-0.000479480,0.000322145
                ^,*,127.0.0.1,8,-6,377,0,0.000000237,0.000000225,0.000004476
                =,?,cam-r,0,6,0,4294967295,0.0,0.0,0.0
                ^,*,short
                %,*,no kind,8,-6,377,0,0.0,0.0,0.0
                """
            ),
        ];
        Assert.Equal(
            [
                new ChronySource(ChronySourceKind.ReferenceClock, false, "GPS", 0, true),
                new ChronySource(ChronySourceKind.Server, true, "127.0.0.1", 8, true),
                new ChronySource(ChronySourceKind.Peer, false, "cam-r", 0, false),
            ],
            sources
        );
    }

    [Fact]
    public void A_name_is_shown_without_control_characters_and_not_longer_than_names_are()
    {
        ChronyTracking tracking = Assert.IsType<ChronyTracking>(
            ChronyTracking.Parse(Client.Replace("127.0.0.1", "a\u001b[2J\u0007" + new string('b', 1000), StringComparison.Ordinal))
        );
        Assert.Equal(253, tracking.Source.Length);
        Assert.DoesNotContain(tracking.Source, char.IsControl);
    }
}
