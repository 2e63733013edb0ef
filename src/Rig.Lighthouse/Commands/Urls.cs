using System.CommandLine.Parsing;

namespace Rig.Lighthouse.Commands;

/// <summary>Addresses of lighthouses as people write them: <c>http://host:9110</c>, or <c>host</c> alone.</summary>
internal static class Urls
{
    private const int Default = 9110;

    public static Uri? Parse(ArgumentResult argument)
    {
        string text = argument.Tokens is [{ Value: var one }] ? one : "";
        bool bare = !text.Contains("://", StringComparison.Ordinal);
        if (
            Uri.TryCreate(bare ? $"http://{text}" : text, UriKind.Absolute, out Uri? url)
            && url.Scheme == Uri.UriSchemeHttp
            && url.Host.Length > 0
        )
        {
            return bare && url.IsDefaultPort ? new UriBuilder(url) { Port = Default }.Uri : url;
        }

        argument.AddError($"'{text}' is no address of a lighthouse: write http://host:{Default}.");
        return null;
    }
}
