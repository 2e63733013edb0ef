namespace Akka;

/// <summary>The result of something that has none.</summary>
public sealed class Done
{
    private Done() { }

    /// <summary>The only one.</summary>
    public static readonly Done Instance = new();
}
