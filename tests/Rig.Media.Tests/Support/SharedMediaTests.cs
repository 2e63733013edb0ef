namespace Rig.Media.Tests.Support;

public sealed class SharedMediaTests
{
    [SharedMediaFact]
    public void The_shared_media_are_found_from_the_test_assembly()
    {
        Assert.True(File.Exists(SharedMedia.Path("truth.json")));
    }

    [ToolFact("ffmpeg")]
    public async Task A_tools_output_errors_and_exit_code_are_captured()
    {
        ToolResult good = await Tools.Run("ffmpeg", "-hide_banner", "-version");
        ToolResult bad = await Tools.Run("ffmpeg", "-hide_banner", "-i", "/nonexistent");

        Assert.Equal(0, good.ExitCode);
        Assert.StartsWith("ffmpeg version", good.Lines[0], StringComparison.Ordinal);
        Assert.NotEqual(0, bad.ExitCode);
        Assert.Contains("nonexistent", bad.Errors, StringComparison.Ordinal);
    }
}
