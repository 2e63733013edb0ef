// "Did you mean": the nearest of some words, by edit distance.
namespace Rig.Node.Configuration;

internal static class Suggestion
{
    /// <summary>Longer words are not compared: no key is nearly as long, and the cost grows with the product of the lengths.</summary>
    private const int LongestWord = 64;

    /// <summary>The nearest word, or null when none is near: a third of its letters may differ, letter case does not count.</summary>
    public static string? For(string word, IEnumerable<string> words) =>
        word.Length > LongestWord
            ? null
            : words
                .Select(candidate => (Word: candidate, Distance: Distance(word, candidate)))
                .Where(near => near.Distance <= Math.Max(1, near.Word.Length / 3))
                .OrderBy(near => near.Distance)
                .Select(near => near.Word)
                .FirstOrDefault();

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn one into the other (Damerau, restricted).</summary>
    private static int Distance(string left, string right)
    {
        var table = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                table[i, j] = i == 0 || j == 0 ? i + j : Cheapest(table, left, right, i, j);
            }
        }

        return table[left.Length, right.Length];
    }

    private static int Cheapest(int[,] table, string left, string right, int i, int j)
    {
        var replace = Same(left[i - 1], right[j - 1]) ? 0 : 1;
        var best = Math.Min(Math.Min(table[i - 1, j] + 1, table[i, j - 1] + 1), table[i - 1, j - 1] + replace);
        var swapped = i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]);
        return swapped ? Math.Min(best, table[i - 2, j - 2] + 1) : best;
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
