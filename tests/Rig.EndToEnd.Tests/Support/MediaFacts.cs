using Rig.Contracts.Recordings;
using Rig.Media.Time;
using Rig.Streams.Verification;

namespace Rig.EndToEnd.Tests.Support;

/// <summary>What recordings must hold, in words that tests share.</summary>
internal static class MediaFacts
{
    /// <summary>Decodes the files of one camera, in order of time.</summary>
    public static async Task<CameraReport> VerifyAsync(IReadOnlyList<string> files, DateTimeOffset? t0 = null)
    {
        VerificationReport report = await new FileVerifier().VerifyAsync([files], t0 is { } start ? UtcInstant.From(start) : null);
        return report.Cameras.Single();
    }

    /// <summary>Every picture is there once, and every file decodes.</summary>
    public static void NothingMissing(CameraReport report)
    {
        Assert.All(report.Files, file => Assert.Null(file.Error));
        Assert.Equal((0, 0, 0, 0), (report.Missing, report.Duplicated, report.OutOfOrder, report.Undecodable));
        Assert.True(report.Frames > 0);
    }

    /// <summary>Every hole between two files lies within a gap that the manifest names.</summary>
    public static void HolesAreNamed(CameraReport report, Manifest manifest, TimeSpan period, Func<SegmentGap, bool> cause)
    {
        foreach ((FileReport before, FileReport after) in report.Files.Zip(report.Files.Skip(1)))
        {
            (DateTimeOffset from, DateTimeOffset to) = (before.Last!.Value, after.First!.Value);
            if (to - from > 1.5 * period)
            {
                Assert.True(
                    manifest.Gaps.Any(gap =>
                        cause(gap) && gap.From <= from + (2 * period) && (gap.To is null || gap.To >= to - (2 * period))
                    ),
                    $"No gap of the manifest names the hole from {from:O} to {to:O}: {string.Join("; ", manifest.Gaps.Select(gap => $"{gap.From:O}..{gap.To:O} {gap.Cause}"))}"
                );
            }
        }
    }
}
