namespace Akka.Actor.Internal;

/// <summary>Names of actors that were given none: <c>$a</c>, <c>$b</c>, ... in Akka's base 64.</summary>
internal static class GeneratedName
{
    private const string Digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+~";

    /// <summary>A prefix of one and the eleven digits that 64 bits need at most.</summary>
    private const int Longest = 12;

    public static string Of(long number, string prefix = "$")
    {
        Span<char> digits = stackalloc char[Longest];
        var length = 0;
        do
        {
            digits[length++] = Digits[(int)(number & 63)];
            number = (long)((ulong)number >> 6);
        } while (number != 0);
        return string.Concat(prefix, digits[..length]);
    }
}
