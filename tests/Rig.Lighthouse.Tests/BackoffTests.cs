using Rig.Cluster.Processes;

namespace Rig.Lighthouse.Tests;

public sealed class BackoffTests
{
    [Fact]
    public void Short_lives_are_followed_by_growing_pauses_up_to_half_a_minute()
    {
        List<double> pauses = [];
        int shortLives = 0;
        for (int life = 0; life < 8; life++)
        {
            (TimeSpan wait, shortLives) = RestartBackoff.Default.Next(shortLives, TimeSpan.FromSeconds(1));
            pauses.Add(wait.TotalSeconds);
        }

        Assert.Equal([0.5, 1, 2, 4, 8, 16, 30, 30], pauses);
    }

    [Fact]
    public void After_a_long_life_it_begins_anew() =>
        Assert.Equal((TimeSpan.FromSeconds(0.5), 1), RestartBackoff.Default.Next(7, TimeSpan.FromMinutes(5)));
}
