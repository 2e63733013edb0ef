using System.Net;
using System.Security.Cryptography.X509Certificates;
using Rig.Cluster.Joining;
using Rig.Cluster.Joining.Beacons;
using Rig.Cluster.Processes;
using Rig.Lighthouse.Authority;
using Rig.Lighthouse.Etcd;
using Rig.Lighthouse.Http;
using Rig.Lighthouse.Setup;
using Rig.Lighthouse.Tokens;
using Rig.Lighthouse.Upkeep;

namespace Rig.Lighthouse;

/// <summary>One running lighthouse: its etcd, its two doors, its upkeep. Ends all of them with itself.</summary>
internal sealed partial class LighthouseHost : IAsyncDisposable
{
    /// <summary>etcd hands over its leadership and syncs its log within a second.</summary>
    private static readonly TimeSpan EtcdPatience = TimeSpan.FromSeconds(10);

    private readonly LighthouseOptions _options;
    private readonly DataFolder _folder;
    private readonly CertificateAuthority _ca;
    private readonly OwnCertificate _certificate;
    private readonly GuardedProcess _process;
    private readonly EtcdAccess _access;
    private readonly Snapshots _snapshots;
    private readonly Membership _membership;
    private readonly UpkeepLoop _upkeep;
    private readonly WebApplication _server;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private Task _work = Task.CompletedTask;

    private LighthouseHost(
        LighthouseOptions options,
        DataFolder folder,
        LighthouseFile facts,
        CertificateAuthority ca,
        TimeProvider time,
        ILoggerFactory logs
    )
    {
        (_options, _folder, _ca, _time) = (options, folder, ca, time);
        _log = logs.CreateLogger<LighthouseHost>();
        _certificate = new OwnCertificate(ca, folder, facts.Name, options.Addresses, time);
        LogRing ring = new();
        _process = new GuardedProcess(() => MemberCommand.Build(facts, folder, options), ring, time, EtcdPatience)
        {
            Ended = reason => LogEnded(reason, LastWords(ring)),
        };
        _access = EtcdAccess.Open(folder, facts, time);
        Counters counters = new();
        Monitor = new MemberMonitor(_access.Client, _process, folder, facts, time, logs.CreateLogger<MemberMonitor>());
        _snapshots = new Snapshots(folder, facts, ca, options.SnapshotsKept, time);
        _membership = new Membership(_access.Client, _snapshots, time);
        _upkeep = new UpkeepLoop(_access.Client, Monitor, _snapshots, options.Quota, time, logs.CreateLogger<UpkeepLoop>());
        Facts = new PublicFacts(options, ca, _process, Monitor, _snapshots, _upkeep, counters);
        TokenDesk tokens = new(_access.Client, facts.RigId, time);
        JoinDesk desk = new(ca, tokens, Monitor, _membership, time);
        _server = LighthouseServer.Build(options, facts.Ports, _certificate.Current, Facts, desk, counters, logs);
    }

    public PublicFacts Facts { get; }

    public MemberMonitor Monitor { get; }

    /// <summary>What etcd said last.</summary>
    public LogRing EtcdLog => _process.Log;

    /// <summary>etcd's process id; null while it does not run.</summary>
    public int? EtcdProcess => _process.ProcessId;

    /// <summary>Prepares the folder, starts etcd and the servers. Returns when the servers listen; etcd may still be coming up.</summary>
    /// <exception cref="SetupException">It cannot run there.</exception>
    /// <exception cref="JoinException">The other lighthouse does not take it.</exception>
    public static async Task<LighthouseHost> StartAsync(
        LighthouseOptions options,
        TimeProvider time,
        ILoggerFactory logs,
        CancellationToken cancel
    )
    {
        DataFolder folder = DataFolder.Open(options.Data);
        try
        {
            (LighthouseFile facts, CertificateAuthority ca) = await Preparation.PrepareAsync(folder, options, time, cancel);
            LighthouseHost host = new(options, folder, facts, ca, time, logs);
            await host.RunAsync(cancel);
            return host;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        await _server.DisposeAsync();
        await _work;
        await _process.DisposeAsync();
        _access.Dispose();
        _membership.Dispose();
        _snapshots.Dispose();
        _certificate.Dispose();
        _ca.Dispose();
        _folder.Dispose();
        _stop.Dispose();
    }

    private static string LastWords(LogRing ring)
    {
        const int few = 5;
        return string.Join('\n', ring.Lines.TakeLast(few));
    }

    private async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            await _server.StartAsync(cancel);
        }
        catch (IOException error)
        {
            await DisposeAsync();
            throw new SetupException(
                $"The lighthouse cannot listen: {error.Message} Choose other ports: --discovery-port, --join-port.",
                error
            );
        }

        _process.Start();
        _work = Task.WhenAll(
            Monitor.RunAsync(_stop.Token),
            _upkeep.RunAsync(_stop.Token),
            _certificate.KeepAsync(_stop.Token),
            BeaconAsync()
        );
    }

    private async Task BeaconAsync()
    {
        if (!_options.Beacon)
        {
            return;
        }

        try
        {
            LighthouseFile facts = Monitor.Facts;
            IPAddress listen = IPAddress.Parse(_options.Listen);
            await Beacon.AnswerAsync(listen, BeaconMessage.Port, facts.RigId, facts.DiscoveryUrl, _time, _ => { }, _stop.Token);
        }
        catch (System.Net.Sockets.SocketException error)
        {
            LogNoBeacon(error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason}. It is started again. Its last words:\n{Words}")]
    private partial void LogEnded(string reason, string words);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The beacon cannot answer: {Reason}")]
    private partial void LogNoBeacon(string reason);
}
