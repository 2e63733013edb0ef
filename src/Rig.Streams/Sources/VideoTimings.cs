using System.Globalization;
using System.Text.RegularExpressions;

namespace Rig.Streams.Sources;

/// <summary>What <c>v4l2-ctl --query-dv-timings</c> says about an HDMI input.</summary>
/// <param name="HasSignal">Whether something is connected that the receiver is locked to.</param>
/// <param name="Width">Active pixels; 0 without signal.</param>
/// <param name="Height">Active lines; 0 without signal.</param>
/// <param name="FramesPerSecond">From pixel clock and total size; 0 when unknown.</param>
/// <param name="Interlaced">Whether fields are sent.</param>
public sealed partial record VideoTimings(bool HasSignal, int Width, int Height, double FramesPerSecond, bool Interlaced)
{
    private static readonly VideoTimings NoSignal = new(HasSignal: false, 0, 0, 0, Interlaced: false);

    /// <summary>
    /// Reads the tool's answer. Null when the device has no such input (a USB camera): the tool says "Inappropriate ioctl" or "No data available".
    /// </summary>
    /// <param name="output">Its standard output.</param>
    /// <param name="errors">Its error output: "Link has been severed" without a cable, "Numerical result out of range" for a signal it cannot lock to.</param>
    public static VideoTimings? Parse(string output, string errors)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(errors);
        int width = Number(output, WidthLine());
        int height = Number(output, HeightLine());
        if (width > 0 && height > 0)
        {
            double rate = RateLine().Match(output) is { Success: true } line
                ? double.Parse(line.Groups["value"].ValueSpan, CultureInfo.InvariantCulture)
                : 0;
            bool interlaced = output.Contains("Frame format: interlaced", StringComparison.OrdinalIgnoreCase);
            return new VideoTimings(HasSignal: true, width, height, rate, interlaced);
        }

        string all = output + errors;
        bool isInput =
            width == 0 && output.Contains("Active width", StringComparison.Ordinal)
            || all.Contains("severed", StringComparison.OrdinalIgnoreCase)
            || all.Contains("out of range", StringComparison.OrdinalIgnoreCase);
        return isInput ? NoSignal : null;
    }

    private static int Number(string text, Regex line) =>
        line.Match(text) is { Success: true } match
        && int.TryParse(match.Groups["value"].ValueSpan, CultureInfo.InvariantCulture, out int value)
            ? value
            : 0;

    [GeneratedRegex(@"Active width:\s*(?<value>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WidthLine();

    [GeneratedRegex(@"Active height:\s*(?<value>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HeightLine();

    [GeneratedRegex(@"\((?<value>\d+(\.\d+)?) frames per second\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RateLine();
}
