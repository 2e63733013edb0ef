namespace Rig.Bench;

internal static class Statistics
{
    /// <summary>The middle one, the upper of two.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
