namespace Rig.Cluster.Etcd;

public sealed partial class EtcdClient
{
    /// <summary>Rewrites the whole file while the member answers nothing else.</summary>
    private static readonly TimeSpan DefragmentLimit = TimeSpan.FromMinutes(2);

    /// <summary>Between two parts of a snapshot: a slow disk, not a dead member.</summary>
    private static readonly TimeSpan SnapshotQuiet = TimeSpan.FromSeconds(10);

    /// <summary>etcd first writes what it holds in memory to its disk, all of it.</summary>
    private static readonly TimeSpan SnapshotOpening = TimeSpan.FromSeconds(60);

    /// <summary>How one member is, by its own word; answered without a majority.</summary>
    public Task<EtcdStatus> StatusAsync(Uri endpoint, CancellationToken cancel) =>
        _transport.CallAsync(
            endpoint,
            "maintenance/status",
            new EtcdEmpty(),
            EtcdJson.Default.EtcdEmpty,
            EtcdJson.Default.EtcdStatus,
            options.AttemptLimit,
            cancel
        );

    /// <summary>Gives the file's unused bytes back. That member answers nothing meanwhile; one member after the other.</summary>
    public Task DefragmentAsync(Uri endpoint, CancellationToken cancel) =>
        _transport.CallAsync(
            endpoint,
            "maintenance/defragment",
            new EtcdEmpty(),
            EtcdJson.Default.EtcdEmpty,
            EtcdJson.Default.EtcdEmpty,
            DefragmentLimit,
            cancel
        );

    public async Task<IReadOnlyList<EtcdAlarm>> AlarmsAsync(CancellationToken cancel) =>
        (await AlarmAsync(new EtcdAlarmRequest("GET"), cancel)).Alarms;

    /// <summary>Takes an alarm back, after its cause is gone; without it etcd goes on refusing writes.</summary>
    public Task DisarmAsync(EtcdAlarm alarm, CancellationToken cancel) =>
        AlarmAsync(new EtcdAlarmRequest("DEACTIVATE", alarm.MemberId, alarm.Alarm), cancel);

    /// <summary>Forgets the past before <paramref name="revision"/>. False when it was forgotten already.</summary>
    public async Task<bool> CompactAsync(long revision, CancellationToken cancel)
    {
        try
        {
            await _transport.CallAsync(
                "kv/compaction",
                new EtcdCompactionRequest(revision, Physical: false),
                EtcdJson.Default.EtcdCompactionRequest,
                EtcdJson.Default.EtcdEmpty,
                Repeat.Safe,
                cancel
            );
            return true;
        }
        catch (EtcdException refused) when (refused.Message == EtcdErrors.Compacted)
        {
            return false;
        }
    }

    /// <summary>
    /// Copies one member's whole store into <paramref name="target"/>: the database followed by its SHA-256 hash, as <c>etcdctl snapshot restore</c> takes it.
    /// </summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ClusterAwayException">It broke off; what was written is not a snapshot.</exception>
    public async Task<long> SnapshotAsync(Uri endpoint, Stream target, CancellationToken cancel)
    {
        long written = 0;
        ulong remaining = 0;
        try
        {
            using EtcdStream stream = await _transport.OpenAsync(
                endpoint,
                "maintenance/snapshot",
                new EtcdEmpty(),
                EtcdJson.Default.EtcdEmpty,
                needsLeader: false,
                SnapshotOpening,
                cancel
            );
            await foreach (EtcdSnapshotPart part in stream.ReadAsync(EtcdJson.Default.StreamedSnapshot, () => SnapshotQuiet, cancel))
            {
                await target.WriteAsync(part.Blob, cancel);
                written += part.Blob.Length;
                remaining = part.RemainingBytes;
            }
        }
        catch (EndpointFailedException failed)
        {
            cancel.ThrowIfCancellationRequested();
            throw new ClusterAwayException($"The snapshot broke off after {written} bytes ({failed.Message}). Take it again.", failed);
        }

        return remaining == 0 && written > 0
            ? written
            : throw new ClusterAwayException($"The snapshot ended {remaining} bytes early. Take it again.");
    }

    private Task<EtcdAlarmsAnswer> AlarmAsync(EtcdAlarmRequest request, CancellationToken cancel) =>
        _transport.CallAsync(
            "maintenance/alarm",
            request,
            EtcdJson.Default.EtcdAlarmRequest,
            EtcdJson.Default.EtcdAlarmsAnswer,
            Repeat.Safe,
            cancel
        );
}
