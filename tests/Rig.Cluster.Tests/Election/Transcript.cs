using System.Globalization;
using System.Text;
using Rig.Cluster.Election;
using static Rig.Cluster.Election.CandidacyInput;

namespace Rig.Cluster.Tests.Election;

/// <summary>
/// A run of one <see cref="Candidacy"/> as text, a line for each input: <c>1.667 tick -> renew 7</c>. Times are seconds; what stands after the arrow is compared with what the
/// machine did. A request is answered with the time at which it was sent: <c>1.700 renewed 7 @1.667</c>.
/// </summary>
internal static class Transcript
{
    private const int Arrow = 36;

    /// <summary>Runs the left sides and holds the right sides against what happened.</summary>
    public static Candidacy Holds(string expected, CandidacyTiming? timing = null)
    {
        Candidacy machine = new("CAM_L", timing ?? CandidacyTiming.Default);
        StringBuilder happened = new();
        string[] lines = expected.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (string line in lines)
        {
            string input = line.Split("->")[0].Trim();
            string[] words = input.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            IReadOnlyList<CandidacyEffect> effects = machine.Step(Seconds(words[0]), Input(words[1..]));
            happened.Append(Line(input, effects));
        }

        Assert.Equal(string.Concat(lines.Select(Normal)), happened.ToString());
        return machine;
    }

    private static string Normal(string line)
    {
        string[] sides = line.Split("->", StringSplitOptions.TrimEntries);
        return sides.Length == 1 ? $"{sides[0]}\n" : $"{sides[0].PadRight(Arrow)}-> {sides[1]}\n";
    }

    private static string Line(string input, IReadOnlyList<CandidacyEffect> effects) =>
        effects.Count == 0 ? $"{input}\n" : $"{input.PadRight(Arrow)}-> {string.Join(", ", effects.Select(Text))}\n";

    private static CandidacyInput Input(string[] words) =>
        words switch
        {
            ["tick"] => new Tick(),
            ["granted", var lease, var sent] => new LeaseGranted(Number(lease), Seconds(sent), TimeSpan.FromSeconds(5)),
            ["granted", var lease, var sent, "for", var ttl] => new LeaseGranted(Number(lease), Seconds(sent), Seconds(ttl)),
            ["grant-failed"] => new GrantFailed("no answer"),
            ["renewed", var lease, var sent] => new LeaseRenewed(Number(lease), Seconds(sent), TimeSpan.FromSeconds(5)),
            ["renew-failed", var lease] => new RenewFailed(Number(lease), "no answer"),
            ["lease-lost", var lease] => new LeaseLost(Number(lease)),
            ["acquired", var lease, var token] => new Acquired(Number(lease), Token(token)),
            ["denied", var lease, var holder, var token] => new Denied(Number(lease), holder, Token(token)),
            ["acquire-failed", var lease] => new AcquireFailed(Number(lease), "no answer"),
            ["released", var token] => new Released(Token(token)),
            ["seen", var holder, var token] => new HolderSeen(holder, Token(token)),
            ["gone", var token] => new HolderGone(Token(token)),
            ["resign"] => new Resign(),
            ["withdraw"] => new Withdraw(),
            _ => throw new FormatException($"No such input: {string.Join(' ', words)}"),
        };

    private static string Text(CandidacyEffect effect) =>
        effect switch
        {
            CandidacyEffect.GrantLease => "grant",
            CandidacyEffect.RenewLease renew => $"renew {renew.Lease}",
            CandidacyEffect.RevokeLease revoke => $"revoke {revoke.Lease}",
            CandidacyEffect.TryAcquire attempt => $"try {attempt.Lease}",
            CandidacyEffect.Release release => $"release {release.Token}",
            CandidacyEffect.StepUp up => $"UP {up.Token}",
            CandidacyEffect.StepDown down => $"DOWN {down.Token}: {down.Reason}",
            CandidacyEffect.LeaderIs { Leader.NodeId: null } => "nobody leads",
            CandidacyEffect.LeaderIs known => $"{known.Leader.NodeId} leads with {known.Leader.Token}",
            _ => throw new ArgumentOutOfRangeException(nameof(effect)),
        };

    private static FencingToken Token(string text) => new(Number(text));

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text.TrimStart('@'), CultureInfo.InvariantCulture));
}
