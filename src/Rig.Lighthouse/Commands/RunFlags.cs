using System.CommandLine;
using System.Globalization;
using System.Net;
using Rig.Cluster.Joining;
using Rig.Lighthouse.Setup;

namespace Rig.Lighthouse.Commands;

/// <summary>The flags of <c>rig lighthouse</c>; each may also stand in its file, without the dashes.</summary>
internal sealed class RunFlags
{
    public RunFlags()
    {
        foreach (
            Option shared in (Option[])
                [Data, Name, _config, _addresses, _listen, _discoveryPort, _joinPort, _clientPort, _peerPort, _etcdctl, _snapshots]
        )
        {
            shared.Recursive = true;
        }

        Check(Name, text => RigCertificates.IsId(text) ? null : "is no name: letters, digits, dot, dash, underscore, at most 64");
        Check(_rig, text => RigCertificates.IsId(text) ? null : "is no rig id: letters, digits, dot, dash, underscore, at most 64");
        Check(_listen, text => IPAddress.TryParse(text, out _) ? null : "is no IP address");
        _profile.AcceptOnlyFromAmong("wired", "wifi");
        _addresses.Validators.Add(found =>
        {
            foreach (string wrong in found.Tokens.Select(token => token.Value).Where(text => !Addresses.IsHost(text)))
            {
                found.AddError($"--address {wrong} is no host name and no IP address");
            }
        });
    }

    public Option<string> Data { get; } =
        new("--data") { Description = "Folder for the CA, etcd's data and snapshots.", DefaultValueFactory = _ => "lighthouse" };

    public Option<string?> Name { get; } = new("--name") { Description = "Name of this lighthouse; the computer's name when left out." };

    private readonly Option<string?> _config = new("--config") { Description = "A file with these flags, one a line: name = value." };
    private readonly Option<string?> _rig = new("--rig") { Description = "Id of a new rig; made up when left out." };
    private readonly Option<string[]> _addresses = new("--address")
    {
        Description = "Host name or IP address of this computer for the others; the first counts most. All its own when left out.",
    };
    private readonly Option<string> _listen = new("--listen")
    {
        Description = "IP address to listen on.",
        DefaultValueFactory = _ => "0.0.0.0",
    };
    private readonly Option<int> _discoveryPort = Port("--discovery-port", Ports.Default.Discovery, "Discovery (http).");
    private readonly Option<int> _joinPort = Port("--join-port", Ports.Default.Join, "Joining (https).");
    private readonly Option<int> _clientPort = Port("--etcd-client-port", Ports.Default.Client, "etcd, for nodes.");
    private readonly Option<int> _peerPort = Port("--etcd-peer-port", Ports.Default.Peer, "etcd, for the other lighthouses.");
    private readonly Option<string> _profile = new("--profile")
    {
        Description = "Heartbeat and election times: wired (100 ms, 1 s) or wifi (300 ms, 3 s). The same on all lighthouses.",
        DefaultValueFactory = _ => "wired",
    };
    private readonly Option<string> _etcd = new("--etcd")
    {
        Description = "The etcd program (Debian: etcd-server).",
        DefaultValueFactory = _ => "etcd",
    };
    private readonly Option<string> _etcdctl = new("--etcdctl")
    {
        Description = "The etcdctl program (Debian: etcd-client), for restore.",
        DefaultValueFactory = _ => "etcdctl",
    };
    private readonly Option<int> _quota = new("--quota") { Description = "Largest database, MB.", DefaultValueFactory = _ => 256 };
    private readonly Option<int> _snapshots = new("--keep-snapshots") { Description = "Snapshots kept.", DefaultValueFactory = _ => 7 };
    private readonly Option<bool> _beacon = new("--beacon") { Description = "Answer the multicast beacon on the local network." };
    private readonly Option<Uri?> _join = new("--join")
    {
        Description = "First start: another lighthouse of the rig to join, http://host:9110.",
        CustomParser = Urls.Parse,
    };
    private readonly Option<string?> _token = new("--token")
    {
        Description = "For --join: made there by rig lighthouse token --role lighthouse.",
    };

    public IEnumerable<Option> All =>
        [
            Data,
            Name,
            _config,
            _rig,
            _addresses,
            _listen,
            _discoveryPort,
            _joinPort,
            _clientPort,
            _peerPort,
            _profile,
            _etcd,
            _etcdctl,
            _quota,
            _snapshots,
            _beacon,
            _join,
            _token,
        ];

    public LighthouseOptions Read(ParseResult parsed)
    {
        string data = parsed.GetValue(Data)!;
        string[] addresses = parsed.GetValue(_addresses) ?? [];
        return new LighthouseOptions
        {
            Data = data,
            Name = parsed.GetValue(Name) ?? NameBefore(data) ?? Addresses.NameOfThisComputer(),
            Rig = parsed.GetValue(_rig),
            Addresses = addresses.Length > 0 ? addresses : Addresses.OfThisComputer(),
            Listen = parsed.GetValue(_listen)!,
            Ports = new Ports(
                parsed.GetValue(_discoveryPort),
                parsed.GetValue(_joinPort),
                parsed.GetValue(_clientPort),
                parsed.GetValue(_peerPort)
            ),
            Profile = EtcdProfile.Parse(parsed.GetValue(_profile)!),
            EtcdProgram = parsed.GetValue(_etcd)!,
            EtcdctlProgram = parsed.GetValue(_etcdctl)!,
            Quota = (long)Math.Max(parsed.GetValue(_quota), 16) << 20,
            SnapshotsKept = Math.Max(parsed.GetValue(_snapshots), 1),
            Beacon = parsed.GetValue(_beacon),
            Join = parsed.GetValue(_join),
            Token = parsed.GetValue(_token),
        };
    }

    private static string? NameBefore(string data)
    {
        using DataFolder folder = DataFolder.Look(data);
        return File.Exists(folder.FactsFile) ? LighthouseFile.Load(folder).Name : null;
    }

    private static Option<int> Port(string name, int port, string description)
    {
        Option<int> option = new(name) { Description = $"{description} 0: any free one, kept.", DefaultValueFactory = _ => port };
        option.Validators.Add(found =>
        {
            if (
                found.Tokens is [{ Value: var text }]
                && !(int.TryParse(text, CultureInfo.InvariantCulture, out int value) && value is >= 0 and < 65536)
            )
            {
                found.AddError($"{name} {text} is no port: 0 to 65535");
            }
        });
        return option;
    }

    private static void Check<T>(Option<T> option, Func<string, string?> complaint) =>
        option.Validators.Add(found =>
        {
            if (found.Tokens is [{ Value: var text }] && complaint(text) is { } wrong)
            {
                found.AddError($"{option.Name} {text} {wrong}");
            }
        });
}
