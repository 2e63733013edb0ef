using System.Security.Cryptography;
using Rig.Cluster.Joining;

namespace Rig.Lighthouse.Tests;

public sealed class TokenTests
{
    private static readonly byte[] Fingerprint = RandomNumberGenerator.GetBytes(32);

    [Theory]
    [InlineData(JoinRole.Camera)]
    [InlineData(JoinRole.Lighthouse)]
    public void A_token_reads_back_as_it_was_written(JoinRole role)
    {
        JoinToken token = JoinToken.Create(role, Fingerprint);
        Assert.True(JoinToken.TryParse($" {token}\n", out JoinToken? read));
        Assert.Equal((role, Convert.ToHexString(Fingerprint)), (read.Role, Convert.ToHexString(read.Fingerprint.Span)));
        Assert.Equal(Convert.ToHexString(token.Secret.Span), Convert.ToHexString(read.Secret.Span));
    }

    [Fact]
    public void Any_letter_mistyped_is_noticed()
    {
        string text = JoinToken.Create(JoinRole.Camera, Fingerprint).ToString();
        int noticed = Enumerable.Range(5, text.Length - 5).Count(at => !JoinToken.TryParse(Mistype(text, at), out _));
        // The check sum has 16 bits: one in 65,536 slips through.
        Assert.InRange(noticed, text.Length - 6, text.Length - 5);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("rig1_")]
    [InlineData("rig1_AQH7")]
    [InlineData("https://example.org")]
    public void What_is_no_token_is_refused_with_a_remedy(string? text)
    {
        Assert.False(JoinToken.TryParse(text, out _));
        JoinException refused = Assert.Throws<JoinException>(() => RigJoin.Read(text ?? "", JoinRole.Camera));
        Assert.Contains("rig lighthouse token", refused.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_for_a_lighthouse_is_not_for_a_camera()
    {
        string token = JoinToken.Create(JoinRole.Lighthouse, Fingerprint).ToString();
        Assert.Equal(JoinProblems.TokenRole, Assert.Throws<JoinException>(() => RigJoin.Read(token, JoinRole.Camera)).Code);
    }

    private static string Mistype(string text, int at) => text[..at] + (text[at] == 'A' ? 'B' : 'A') + text[(at + 1)..];
}
