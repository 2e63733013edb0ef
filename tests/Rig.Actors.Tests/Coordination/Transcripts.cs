namespace Rig.Actors.Tests.Coordination;

/// <summary>The agreed transcripts, <c>Transcripts/NAME.txt</c>: read them like a play. A change of a decision shows as a difference there.</summary>
internal static class Transcripts
{
    public static void Same(string name, object script)
    {
        string file = Path.Combine(AppContext.BaseDirectory, "Coordination", "Transcripts", name + ".txt");
        string expected = File.Exists(file) ? File.ReadAllText(file).TrimEnd() : "";
        Assert.Equal(expected, script.ToString());
    }
}
