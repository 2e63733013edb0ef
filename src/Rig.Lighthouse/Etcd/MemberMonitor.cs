using System.Text.Json;
using Rig.Cluster;
using Rig.Cluster.Etcd;
using Rig.Cluster.Joining;
using Rig.Cluster.Processes;
using Rig.Contracts.Cluster;
using Rig.Contracts.Json;
using Rig.Lighthouse.Setup;
using Rig.Lighthouse.Tokens;

namespace Rig.Lighthouse.Etcd;

/// <summary>Looks at the member again and again, restarts one that hangs, lets it vote once it has caught up, and keeps its announced addresses right.</summary>
internal sealed partial class MemberMonitor(
    EtcdClient etcd,
    GuardedProcess process,
    DataFolder folder,
    LighthouseFile facts,
    TimeProvider time,
    ILogger<MemberMonitor> log
)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>A member on a slow card reads its log for tens of seconds after a crash; one that is silent for longer will not speak any more.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);

    private readonly RigKeys _keys = new(facts.RigId);
    private readonly Uri _own = new(facts.ClientUrl);
    private volatile MemberView _view = new() { Since = time.GetUtcNow() };
    private bool _registered;

    public MemberView View => _view;

    public LighthouseFile Facts { get; private set; } = facts;

    /// <summary>Client addresses of all members that have one, the own first.</summary>
    public IReadOnlyList<string> Endpoints =>
        [
            .. _view
                .Members.SelectMany(member => member.ClientUrls)
                .Concat(Facts.Others)
                .Prepend(Facts.ClientUrl)
                .Distinct(StringComparer.Ordinal),
        ];

    /// <summary>Discovery addresses of all lighthouses, the own first.</summary>
    public IReadOnlyList<string> DiscoveryUrls =>
        [.. _view.Lighthouses.Select(one => one.Discovery).Prepend(Facts.DiscoveryUrl).Distinct(StringComparer.Ordinal)];

    /// <summary>Looks until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using PeriodicTimer timer = new(Period, time);
        try
        {
            do
            {
                await TryLookAsync(cancel);
            } while (await timer.WaitForNextTickAsync(cancel));
        }
        catch (OperationCanceledException)
        {
            // The lighthouse ends.
        }
    }

    private async Task TryLookAsync(CancellationToken cancel)
    {
        try
        {
            await LookAsync(cancel);
        }
        catch (Exception error) when (error is EtcdException or ClusterAwayException or IOException or UnauthorizedAccessException)
        {
            _view = _view with { Away = error.Message };
        }
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        EtcdStatus? own = await StatusAsync(cancel);
        DateTimeOffset now = time.GetUtcNow();
        _view = _view with { Own = own, Since = own is null == _view.Own is null ? _view.Since : now };
        if (own is null && now - _view.Since > LongestSilence && now - process.Since > LongestSilence)
        {
            process.Restart($"etcd did not answer for {LongestSilence.TotalSeconds:0} s");
        }

        EtcdMembersAnswer members = await etcd.ListMembersAsync(cancel);
        _view = _view with { Members = members.Members };
        await KeepPlaceAsync(members.Members, cancel);
        _view = _view with
        {
            Alarms = await etcd.AlarmsAsync(cancel),
            Lighthouses = await ReadAsync(_keys.Lighthouses, TokenJson.Default.LighthouseRecord, cancel),
            Nodes =
            [
                .. (await ReadAsync(_keys.Members, RigJson.Default.Member, cancel)).Select(one => new RigNodeAddress(
                    one.NodeId,
                    one.HttpAddress
                )),
            ],
            Away = null,
        };
    }

    private async Task<EtcdStatus?> StatusAsync(CancellationToken cancel)
    {
        try
        {
            return await etcd.StatusAsync(_own, cancel);
        }
        catch (Exception error) when (error is EtcdException or ClusterAwayException)
        {
            return null;
        }
    }

    /// <summary>The member as the others should know it: it votes, its peers find it, and nodes find the lighthouse.</summary>
    private async Task KeepPlaceAsync(IReadOnlyList<EtcdMember> members, CancellationToken cancel)
    {
        if (members.FirstOrDefault(member => member.Name == Facts.Name) is not { } own)
        {
            return;
        }

        if (own.IsLearner)
        {
            await PromoteAsync(own.Id, cancel);
            return;
        }

        IReadOnlyList<string> others = [.. members.Where(member => member.Id != own.Id).SelectMany(member => member.ClientUrls)];
        if (!Facts.Votes || !others.SequenceEqual(Facts.Others, StringComparer.Ordinal))
        {
            Facts = Facts with { Votes = true, Others = others };
            Facts.Save(folder);
        }

        if (!own.PeerUrls.Contains(Facts.PeerUrl, StringComparer.Ordinal))
        {
            LogMoved(Facts.PeerUrl);
            await etcd.UpdateMemberAsync(own.Id, [new Uri(Facts.PeerUrl)], cancel);
        }

        if (!_registered)
        {
            LighthouseRecord record = new(Facts.Name, Facts.DiscoveryUrl, time.GetUtcNow(), own.Id);
            await etcd.PutAsync(
                _keys.Lighthouse(Facts.Name),
                JsonSerializer.SerializeToUtf8Bytes(record, TokenJson.Default.LighthouseRecord),
                cancel
            );
            _registered = true;
        }
    }

    private async Task PromoteAsync(ulong id, CancellationToken cancel)
    {
        try
        {
            await etcd.PromoteMemberAsync(id, cancel);
            LogPromoted();
        }
        catch (EtcdException notYet)
        {
            // Normal until it has caught up: asked again at the next look.
            _view = _view with
            {
                Away = notYet.Message,
            };
        }
    }

    private async Task<IReadOnlyList<T>> ReadAsync<T>(
        string prefix,
        System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type,
        CancellationToken cancel
    )
        where T : class
    {
        const int most = 1000;
        EtcdRangeAnswer answer = await etcd.RangeAsync(EtcdRange.Prefix(prefix) with { Limit = most, Serializable = true }, cancel);
        return [.. answer.Kvs.Select(one => TokenJson.TryRead(one.Value.Span, type)).OfType<T>()];
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "This lighthouse has caught up and votes now.")]
    private partial void LogPromoted();

    [LoggerMessage(Level = LogLevel.Warning, Message = "This computer's address has changed; the other lighthouses are told {Address}.")]
    private partial void LogMoved(string address);
}
