using System.Diagnostics;
using Rig.EndToEnd.Tests.Support;
using Rig.MultiNode.Tests.Network;

namespace Rig.MultiNode.Tests.Support;

/// <summary>A lighthouse on a host of its own. The ports are the product's own: nobody else lives in the namespace.</summary>
internal sealed class LabLighthouse(LabHost host, string folder) : IAsyncDisposable
{
    private static readonly string Program = Programs.Built("Rig.Lighthouse", "rig-lighthouse");

    public LabHost Host => host;
    public LabProcess Process { get; } = new(host, Program);
    public string Discovery => $"http://{host.Address}:9110";
    private string Data => Path.Combine(folder, $"lighthouse{host.Number}");

    /// <param name="entry">For the second and third: another's address and a token.</param>
    public void Start((string Lighthouse, string Token)? entry = null)
    {
        string[] rig = entry is null ? ["--rig", "lab"] : ["--join", entry.Value.Lighthouse, "--token", entry.Value.Token];
        Process.Start([
            .. (string[])["lighthouse", "--data", Data, "--name", $"light{host.Number}"],
            .. (string[])["--listen", "0.0.0.0", "--address", host.Address],
            .. rig,
        ]);
    }

    /// <summary>After a kill: what it knows is in its folder.</summary>
    public void StartAgain() => Process.Start("lighthouse", "--data", Data, "--listen", "0.0.0.0", "--address", host.Address);

    /// <summary>A one-use token; null while its etcd is not up.</summary>
    public async Task<string?> TokenAsync(string role)
    {
        ProcessStartInfo start = host.Start(Program, "lighthouse", "token", "--role", role, "--ttl", "10m", "--data", Data);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        (int code, string output, _) = await Programs.RunAsync(start);
        return code == 0 ? output.Trim() : null;
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
