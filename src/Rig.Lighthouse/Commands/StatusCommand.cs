using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;
using Rig.Lighthouse.Http;
using Rig.Lighthouse.Setup;

namespace Rig.Lighthouse.Commands;

/// <summary><c>lighthouse status</c>: how the lighthouse and its etcd are.</summary>
internal static class StatusCommand
{
    public static Command Create(RunFlags flags)
    {
        Option<Uri?> at = new("--at")
        {
            Description = "A lighthouse elsewhere, http://host:9110; the one of --data when left out.",
            CustomParser = Urls.Parse,
        };
        Option<bool> json = new("--json") { Description = "As JSON." };
        Command command = new("status", "Shows the lighthouse, its etcd, members, alarms and the newest snapshot.") { at, json };
        command.SetAction(
            (parsed, cancel) =>
                Guarded.RunAsync(async () =>
                {
                    Uri address = parsed.GetValue(at) ?? OwnAddress(parsed.GetValue(flags.Data)!);
                    LighthouseStatus status = await AskAsync(address, cancel);
                    await Console.Out.WriteLineAsync(
                        parsed.GetValue(json) ? JsonSerializer.Serialize(status, StatusJson.Default.LighthouseStatus) : Text(status)
                    );
                    return status.Healthy ? ExitCodes.Ok : ExitCodes.Failed;
                })
        );
        return command;
    }

    private static Uri OwnAddress(string data)
    {
        using DataFolder folder = DataFolder.Peek(data);
        return new Uri(LighthouseFile.Load(folder).DiscoveryUrl);
    }

    private static async Task<LighthouseStatus> AskAsync(Uri address, CancellationToken cancel)
    {
        using HttpClient http = new() { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = 256 * 1024 };
        try
        {
            return await http.GetFromJsonAsync(new Uri(address, "/status"), StatusJson.Default.LighthouseStatus, cancel)
                ?? throw new SetupException($"{address} is no lighthouse.");
        }
        catch (Exception error)
            when (error is HttpRequestException or JsonException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            throw new SetupException($"The lighthouse at {address} does not answer: {error.Message} Start it: rig lighthouse.", error);
        }
    }

    private static string Text(LighthouseStatus status)
    {
        EtcdMemberStatus etcd = status.Etcd;
        List<string> lines =
        [
            $"rig        {status.RigId}",
            $"lighthouse {status.Name} {status.Version} ({(status.Healthy ? "healthy" : "not healthy")})",
            $"etcd       {etcd.Version ?? "does not answer"}, leader {etcd.Leader ?? "none"}, restarts {etcd.Restarts}",
            $"database   {etcd.DatabaseBytes / 1024} kB, in use {etcd.DatabaseBytesInUse / 1024} kB, at most {etcd.QuotaBytes >> 20} MB",
            $"snapshot   {(status.LastSnapshot is { } last ? $"{last:u}" : "none yet")}",
            .. status.Members.Select(member =>
                $"member     {(member.Name.Length > 0 ? member.Name : "(not started)")} {string.Join(' ', member.Peer)}{(member.Votes ? "" : ", learns")}"
            ),
            .. status.Alarms.Select(alarm => $"alarm      {alarm}"),
            .. status.Warnings.Select(warning => $"warning    {warning}"),
            .. status.Requests.Select(count => $"requests   {count.Key} {count.Value}"),
        ];
        if (etcd.Away is { } away)
        {
            lines.Add($"away       {away}");
        }

        return string.Join('\n', lines);
    }
}
