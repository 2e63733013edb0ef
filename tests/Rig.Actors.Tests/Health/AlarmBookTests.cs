using Rig.Actors.Health;
using Rig.Actors.Tests.Support;
using Rig.Contracts.Events;
using Rig.Contracts.Nodes;

namespace Rig.Actors.Tests.Health;

public sealed class AlarmBookTests
{
    private readonly AlarmBook _book = new("CAM_L", roundsToClear: 3);

    [Fact]
    public void An_alarm_is_told_once_when_it_comes_and_once_when_it_has_been_gone_for_three_rounds()
    {
        Assert.Equal(["alarm.raised"], Round(Disk(GateLevel.Warn)));
        Assert.Empty(Round(Disk(GateLevel.Warn)));
        Assert.Empty(Round());
        Assert.Empty(Round());
        Assert.Equal(["alarm.cleared"], Round());
        Assert.Empty(Round());
    }

    [Fact]
    public void A_value_on_its_limit_does_not_ring_every_round()
    {
        Round(Disk(GateLevel.Warn));
        for (int round = 0; round < 20; round++)
        {
            Assert.Empty(round % 2 == 0 ? Round() : Round(Disk(GateLevel.Warn)));
        }
    }

    [Fact]
    public void A_worse_level_is_told_again() =>
        Assert.Equal(["alarm.raised", "alarm.raised"], [.. Round(Disk(GateLevel.Warn)), .. Round(Disk(GateLevel.Block))]);

    private IEnumerable<string> Round(params Alarm[] present)
    {
        IReadOnlyList<RigEvent> news = _book.Update(present, Samples.Noon);
        return [.. news.Select(each => each.Topic)];
    }

    private static Alarm Disk(GateLevel level) => new("disk", null, level, "9 % free", "Copy recordings off.");
}
